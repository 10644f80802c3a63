"""长辈版, 深色 and English: cookies, plain buttons, a way back of our own only (UX.md §4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from zhizhao.web.local_path import local_path
from zhizhao.web.preferences import Preferences, read_preferences


def test_a_choice_is_kept_for_a_year(client: TestClient[Litestar]) -> None:
    """One cookie each, Secure, HttpOnly, Lax; then back to the page."""
    answer = client.get("/preferences?size=elder&theme=dark&lang=en&back=/trial/page")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/trial/page"
    cookies = answer.headers.get_list("set-cookie")
    names = {cookie.split("=")[0] for cookie in cookies}
    assert names >= {"zz-size", "zz-theme", "zz-lang"}
    for cookie in cookies:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
    page = client.get("/trial/page").text
    assert '<html lang="en" data-bs-theme="dark" data-size="elder">' in page


def test_buttons_say_what_they_will_do(client: TestClient[Litestar]) -> None:
    """The word swaps and `aria-pressed` tells the state."""
    first = client.get("/trial/page").text
    assert 'value="elder"' in first
    assert ">长辈版</button>" in first
    client.get("/preferences?size=elder")
    second = client.get("/trial/page").text
    assert ">标准版</button>" in second
    assert 'value="standard" data-preference="size"' in second
    assert 'aria-pressed="true"' in second


def test_unknown_values_are_ignored(client: TestClient[Litestar]) -> None:
    """Nothing but the listed values reaches the page."""
    client.get('/preferences?theme="><script>&size=huge&lang=xx')
    client.cookies.set("zz-theme", '"><script>')
    assert '<html lang="zh-Hans">' in client.get("/trial/page").text
    assert read_preferences({"zz-theme": "blue", "zz-size": 3, "zz-lang": None}) == Preferences()


def test_a_cacheable_page_takes_them_from_its_query(client: TestClient[Litestar]) -> None:
    """Its buttons ask the page itself; the button pressed wins over the hidden field; cookies are not read."""
    client.cookies.set("zz-theme", "dark")
    plain = client.get("/trial/cacheable").text
    assert "data-bs-theme" not in plain.split(">")[1]
    assert 'action=""' in plain
    chosen = client.get("/trial/cacheable?theme=dark&size=elder&theme=light").text
    assert '<html lang="zh-Hans" data-bs-theme="light" data-size="elder">' in chosen


@pytest.mark.parametrize(
    "text",
    ["//evil.test", "https://evil.test", "/\\evil.test", "\\/evil.test", "javascript:alert(1)", "/a\r\nb", "", "evil"],
)
def test_the_way_back_stays_here(client: TestClient[Litestar], text: str) -> None:
    """No open redirector."""
    assert local_path(text) == "/"
    assert client.get("/preferences", params={"back": text}).headers["location"] == "/"


@given(st.text(max_size=60))
def test_the_way_back_is_always_a_path(text: str) -> None:
    """Whatever is asked for, the answer begins with one slash."""
    back = local_path("/" + text)
    assert back.startswith("/")
    assert not back.startswith(("//", "/\\"))
