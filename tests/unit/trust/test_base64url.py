"""Base64url, strict both ways."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizhao.trust.base64url import b64url, b64url_text, unb64url


@given(st.binary(max_size=200))
def test_there_and_back(data: bytes) -> None:
    """The standard library agrees, and what we write we read."""
    text = b64url(data)
    assert text == base64.urlsafe_b64encode(data).rstrip(b"=") == b64url_text(data).encode()
    assert unb64url(text) == data


@given(st.binary(max_size=40))
def test_only_one_spelling(text: bytes) -> None:
    """Whatever is accepted is exactly what we would write: no two texts mean the same bytes."""
    try:
        data = unb64url(text)
    except ValueError:
        return
    assert b64url(data) == text


@pytest.mark.parametrize("text", [b"QQ==", b"QQ=", b"+w", b"/w", b"QR", b"Q", b"QQ\n", b" QQ", b"Q Q", b"\xc3\xa9Q"])
def test_refused(text: bytes) -> None:
    """Padding, the other alphabet, loose bits, white space and cut text."""
    with pytest.raises(ValueError):  # noqa: PT011 any reason
        unb64url(text)


def test_control_the_library_is_lenient() -> None:
    """Control: the standard decoder takes foreign characters and loose bits."""
    assert base64.urlsafe_b64decode(b"Q!R==") == b"A"
