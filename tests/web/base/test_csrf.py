"""Cross-site requests are refused: token, strict cookie, Origin (SECURITY.md §3.10, T20)."""

import re

from litestar import Litestar
from litestar.testing import TestClient

from factories.web import ORIGIN


def token_of(client: TestClient[Litestar]) -> str:
    """Return the token that a page's form carries."""
    client.get("/trial/page")
    return client.cookies["__Host-csrf"]


def test_a_form_with_its_token_is_taken(client: TestClient[Litestar]) -> None:
    """The hidden field and the cookie agree."""
    sent = {"_csrf_token": token_of(client), "note": "备注"}
    assert client.post("/trial/note", data=sent, headers={"origin": ORIGIN}).text == "备注"


def test_htmx_sends_the_token_in_a_header(client: TestClient[Litestar]) -> None:
    """The header does the same as the field."""
    headers = {"x-csrf-token": token_of(client), "origin": ORIGIN}
    assert client.post("/trial/note", data={"note": "a"}, headers=headers).status_code == 200


def test_a_form_without_its_token_is_refused(client: TestClient[Litestar]) -> None:
    """No token, a foreign token, a cut token: refused with a word that helps, nothing run."""
    good = token_of(client)
    for bad in ("", "x" * len(good), good[:-1], good[:-1] + ("0" if good[-1] != "0" else "1")):
        answer = client.post("/trial/note", data={"_csrf_token": bad, "note": "a"})
        assert answer.status_code == 403
        assert answer.json()["code"] == "csrf-refused"


def test_a_form_without_the_cookie_is_refused(client: TestClient[Litestar]) -> None:
    """A stolen token is nothing without the browser's cookie."""
    good = token_of(client)
    client.cookies.clear()
    assert client.post("/trial/note", data={"_csrf_token": good, "note": "a"}).status_code == 403


def test_another_origin_is_refused_even_with_a_good_token(client: TestClient[Litestar]) -> None:
    """The Origin header is a second, independent line."""
    sent = {"_csrf_token": token_of(client), "note": "a"}
    for origin in ("https://evil.test", "null", "https://zhizhao.test.evil.test", "https://zhizhao.test:8443"):
        answer = client.post("/trial/note", data=sent, headers={"origin": origin})
        assert answer.status_code == 403, origin
        assert answer.json()["code"] == "origin-refused"
    cross = client.post("/trial/note", data=sent, headers={"sec-fetch-site": "cross-site"})
    assert cross.json()["code"] == "origin-refused"


def test_a_token_route_sees_no_cookie(client: TestClient[Litestar]) -> None:
    """A bearer route needs no CSRF token, because no cookie reaches it."""
    client.cookies.set("__Host-session", "somebody", domain="zhizhao.test")
    token_of(client)
    answer = client.post("/api/trial", json={"data": 1}, headers={"origin": "https://elsewhere.test"})
    assert answer.json() == {"cookies": {}, "kind": "int"}


def test_the_field_stands_in_the_page(client: TestClient[Litestar]) -> None:
    """A page's form fields and the cookie carry the same token from the first visit on."""
    first = client.get("/trial/page")
    assert re.search(r"__Host-csrf=([0-9a-f]{128})", first.headers["set-cookie"])
    assert "set-cookie" not in client.get("/trial/page").headers
