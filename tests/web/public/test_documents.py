"""Keys, metadata, status lists and the plain files of the site (INTERFACES.md §8)."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

PAGES = ("/", "/guide", "/guide/holder", "/guide/clerk", "/accessibility", "/sitemap", "/problems")
OPEN = ("/.well-known/jwks.json", "/.well-known/jwt-vc-issuer", "/.well-known/zhizhao-anchors.json", "/status/1")


@pytest.mark.parametrize("path", [*OPEN, "/vct/business-licence/1"])
def test_verifiers_on_other_sites_may_read_them(client: TestClient[Litestar], path: str) -> None:
    """Public, cacheable for a minute, from every origin, without a cookie."""
    answer = client.get(path, headers={"origin": "https://bank.test"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert "set-cookie" not in answer.headers


def test_types_are_those_of_the_standards(client: TestClient[Litestar]) -> None:
    """RFC 7517, Token Status List, SD-JWT VC."""
    assert client.get("/.well-known/jwks.json").headers["content-type"].startswith("application/jwk-set+json")
    assert client.get("/status/1").headers["content-type"].startswith("application/statuslist+jwt")
    issuer = client.get("/.well-known/jwt-vc-issuer").json()
    assert issuer == {"issuer": "https://zhizhao.test", "jwks": {"keys": []}}
    assert client.get("/vct/business-licence/1").json()["vct"] == "https://zhizhao.test/vct/business-licence/1"


def test_a_status_list_that_is_not(client: TestClient[Litestar]) -> None:
    """Unknown numbers and words are not found, as JSON."""
    assert client.get("/status/2").json()["code"] == "licence-unknown"
    assert client.get("/status/x", headers={"accept": "text/html"}).status_code == 404


def test_files_of_the_site(client: TestClient[Litestar]) -> None:
    """Robots stay out of what is personal; the icon exists, so no browser logs a failure."""
    robots = client.get("/robots.txt")
    assert "Disallow: /wallet" in robots.text
    assert "Disallow: /d/" not in robots.text
    assert client.get("/favicon.ico").headers["content-type"] == "image/x-icon"


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
@pytest.mark.parametrize(
    "path", ["/", "/guide", "/guide/holder", "/guide/clerk", "/accessibility", "/sitemap", "/problems"]
)
def test_every_page_is_there_in_both_languages(client: TestClient[Litestar], path: str, lang: str) -> None:
    """200, the language the reader chose on another page, one `h1`, the banner inside the header."""
    client.cookies.set("zz-lang", lang)
    text = client.get(path).text
    assert f'<html lang="{lang}"' in text
    assert text.count("<h1") == 1
    header = text[text.index("<header>") : text.index("</header>")]
    assert "zz-demo" in header


@pytest.mark.parametrize("path", PAGES)
def test_no_shared_cache_keeps_what_depends_on_the_reader(client: TestClient[Litestar], path: str) -> None:
    """Language, theme and size come in cookies; a copy kept by a proxy would give one reader another's page."""
    assert client.get(path).headers["cache-control"] == "no-store"


def test_accounts_are_shown_in_a_demonstration(client: TestClient[Litestar]) -> None:
    """The table is there with what a visitor needs to try the doors."""
    text = client.get("/").text
    for word in ("张三恕", "K7M2-9QXT-44", "counter03", "482913"):
        assert word in text
