"""Security headers of every answer: pages, refusals, errors, static files (SECURITY.md §3.10, S1)."""

import pytest
from litestar import Litestar, get
from litestar.testing import TestClient

from factories.web import client_of, trial_app
from zhizhao.storage.database import Database
from zhizhao.web.assets import WORKERS, Assets
from zhizhao.web.csp import ALWAYS, CSP, WORKER_CSP
from zhizhao.web.guards import PUBLIC

STRICT = (
    "default-src 'self'; img-src 'self' data:; script-src 'self'; style-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)
PATHS = (
    "/trial/page",
    "/trial/cacheable",
    "/trial/refuse",
    "/trial/break",
    "/trial/undeclared",
    "/trial/desk",
    "/nothing/here",
    "/preferences?theme=dark",
    "/healthz",
    "/static/css/zhizhao.css",
    "/static/none.css",
)


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_every_header(client: TestClient[Litestar], path: str, accept: str) -> None:
    """No route, no error and no file escapes the policy."""
    answer = client.get(path, headers={"accept": accept})
    for name, _ in ALWAYS:
        assert name.decode() in answer.headers, name
    assert answer.headers["content-security-policy"] == CSP == STRICT
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-request-id"]
    assert "server" not in answer.headers


def test_a_missing_header_is_found(sqlite_url: str) -> None:
    """The control: an application without the hook lacks the headers, so the test above can fail."""
    app = trial_app(Database(sqlite_url))
    app.before_send.clear()
    with client_of(app) as client:
        assert "content-security-policy" not in client.get("/trial/page").headers


def test_hsts_outside_demonstration_only(sqlite_url: str) -> None:
    """A demonstration on localhost must not pin https for the machine."""
    for demo in (True, False):
        with client_of(trial_app(Database(sqlite_url), demo=demo)) as client:
            assert ("strict-transport-security" in client.get("/healthz").headers) is not demo


def test_camera_on_scanner_pages_only(client: TestClient[Litestar]) -> None:
    """The camera is named by the page that scans and by no other."""
    assert "camera=(self)" in client.get("/trial/camera").headers["permissions-policy"]
    assert "camera=()" in client.get("/trial/page").headers["permissions-policy"]


def test_webassembly_only_in_the_workers_answer(client: TestClient[Litestar]) -> None:
    """A worker obeys the policy of its own response; pages and other scripts stay strict."""
    for name in Assets().names():
        policy = client.get(f"/static/{name}").headers["content-security-policy"]
        assert policy == (WORKER_CSP if name in WORKERS else CSP), name
    assert "'wasm-unsafe-eval'" in WORKER_CSP
    assert "'wasm-unsafe-eval'" not in CSP


def test_pages_are_not_stored_unless_chosen(client: TestClient[Litestar]) -> None:
    """`no-store` is what nobody asked for; a hashed file is kept for a year."""
    assert client.get("/trial/page").headers["cache-control"] == "no-store"
    assert client.get("/nothing").headers["cache-control"] == "no-store"
    hashed = Assets().url("css/zhizhao.css")
    assert client.get(hashed).headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_response_may_tighten_its_policy(sqlite_url: str) -> None:
    """A header that the handler sets is kept once, not doubled."""

    @get("/trial/own", permission=PUBLIC, response_headers={"content-security-policy": "sandbox"})
    async def own() -> str:
        return "own"

    with client_of(trial_app(Database(sqlite_url), handlers=[own])) as client:
        assert client.get("/trial/own").headers.get_list("content-security-policy") == ["sandbox"]


@pytest.mark.parametrize("path", PATHS)
def test_head_tells_what_get_would(client: TestClient[Litestar], path: str) -> None:
    """The same status and headers, and no body."""
    got, head = client.get(path), client.head(path)
    assert head.status_code == got.status_code
    assert head.content == b""
    for name in ("content-type", "content-length", "cache-control", "content-security-policy"):
        assert head.headers.get(name) == got.headers.get(name), name


def test_a_page_that_is_cached_sets_no_cookie(client: TestClient[Litestar]) -> None:
    """What shared caches keep carries nobody's token; an ordinary page does set its own."""
    assert "set-cookie" not in client.get("/trial/cacheable").headers
    assert "set-cookie" not in client.get("/static/css/zhizhao.css").headers
    cookie = client.get("/trial/page").headers["set-cookie"]
    assert cookie.startswith("__Host-csrf=")
    for word in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie
