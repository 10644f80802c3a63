"""How large a request may be (SECURITY.md §3.10, L3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from zhizhao.web.errors import JsonNotText, JsonTooDeep
from zhizhao.web.limits import JSON_DEPTH, JSON_ITEMS, check_json

DEEP = b"[" * JSON_DEPTH + b"]" * JSON_DEPTH
LONG = b"[" + b"1," * (JSON_ITEMS - 1) + b"1]"


def test_what_just_fits_passes() -> None:
    """32 levels and 1,000 items."""
    check_json(DEEP)
    check_json(LONG)
    check_json(b'{"text": "' + b"[{," * 5000 + b'"}')  # brackets inside a text are no structure


@pytest.mark.parametrize(
    "body",
    [
        b"[" + DEEP + b"]",
        b'{"a":' * 33 + b"1" + b"}" * 33,
        LONG[:-1] + b",1]",
        b'{"a": 1, "b": ' + LONG[:-1] + b",1]}",
        b"[" * 100_000,
        b"{" + b",".join(b'"k%d":1' % n for n in range(1001)) + b"}",
    ],
)
def test_one_more_is_refused(body: bytes) -> None:
    """One level or one item more, closed or not."""
    with pytest.raises(JsonTooDeep):
        check_json(body)


@pytest.mark.parametrize("body", [b'{"a":"\xff"}', b"\xff\xfe{\x00}\x00", b'{"a":"\xed\xa0\x80"}', b'{"a":"\xc0\xaf"}'])
def test_other_codings_are_refused(body: bytes) -> None:
    """JSON is UTF-8; the decoder below would fail with an error that nobody expects."""
    with pytest.raises(JsonNotText):
        check_json(body)


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner, max_size=5), max_leaves=30))
def test_ordinary_json_passes(value: object) -> None:
    """No ordinary document is refused, whatever its texts hold."""
    import json  # noqa: PLC0415 only this property needs it

    text = json.dumps(value).encode()
    if text.count(b"[") <= JSON_DEPTH:
        check_json(text)


def test_the_routes_are_limited(client: TestClient[Litestar]) -> None:
    """Depth, list and size at a real route: refused with a status that says so, at once."""
    deep = client.post("/api/trial", content=b'{"data": ' + b"[" * 40 + b"]" * 40 + b"}")
    assert (deep.status_code, deep.json()["code"]) == (413, "json-too-large")
    other = client.post("/api/trial", content=b'{"data": "\xff"}')
    assert (other.status_code, other.json()["code"]) == (400, "request-malformed")
    large = client.post("/api/trial", content=b'{"data": "' + b"x" * (1024 * 1024) + b'"}')
    assert (large.status_code, large.json()["code"]) == (413, "body-too-large")
    fits = client.post("/api/trial", content=b'{"data": "' + b"x" * (1024 * 1024 - 20) + b'"}')
    assert fits.status_code == 200
