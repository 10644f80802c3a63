"""S1: every route of the whole application, listed by code: headers, sign-in, CSRF; there is no list of exceptions."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from factories.house import open_house
from zhizhao.app import build
from zhizhao.app.http import build_app
from zhizhao.storage.database import Database
from zhizhao.trust.demo_authority import DemoAuthority
from zhizhao.web.csp import ALWAYS, CSP, WORKER_CSP
from zhizhao.web.guards import PUBLIC, Permission

ORIGIN = "http://localhost:8420"
PARAMETER = re.compile(r"\{(\w+)(?::(\w+))?\}")
EXAMPLES = {"int": "1", "uuid": "00000000-0000-7000-8000-000000000000", "path": "x"}
SAFE = {"GET", "HEAD"}


def routes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Return method, address with example values, and options of every route."""
    names = ("api", "desk", "office", "public", "staff", "wallet")
    app = build_app(
        handlers=build.HANDLERS,
        dependencies={f"{name}_verbs": object() for name in names},
        settings=build.Settings(base_url=ORIGIN, data_dir="/nowhere", demo=True),
        clock=build.SystemClock(),
        database=Database("sqlite+aiosqlite:////nowhere/none.db"),
        csrf_secret="x" * 32,
    )
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            for method in sorted(getattr(handler, "http_methods", ())):
                if method != "OPTIONS":
                    path = PARAMETER.sub(lambda found: EXAMPLES.get(found[2] or "", "x"), route.path)
                    yield method, path, dict(handler.opt)


ROUTES = sorted(routes(), key=lambda route: (route[1], route[0]))
IDS = [f"{method} {path}" for method, path, _ in ROUTES]


@pytest.fixture
async def client(sqlite_url: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of the whole application over an empty installation."""
    async with open_house(sqlite_url, tmp_path) as house:
        DemoAuthority(tmp_path / "keys", house.parts.keys, clock=house.parts.clock, demo=True).ensure()
        transport = httpx.ASGITransport(build.serve_parts(house.parts), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as opened:
            yield opened


async def test_every_route_of_the_application(client: httpx.AsyncClient) -> None:
    """Asked by nobody in particular: all headers, no defect, and nothing that needs a name is given."""
    wrong: list[str] = []
    for method, path, options in ROUTES:
        if path.endswith("/events"):
            continue  # a stream does not end; its headers are those of the others
        answer = await client.request(method, path, headers={"accept": "text/html"})
        wrong += [f"{method} {path}: {fault}" for fault in faults(answer, method=method, options=options)]
    assert not wrong, "\n".join(wrong)


def faults(answer: httpx.Response, *, method: str, options: dict[str, Any]) -> list[str]:
    """Return what is wrong with an answer to a stranger."""
    found = [f"{name.decode()} is missing" for name, _ in ALWAYS if name.decode() not in answer.headers]
    policy = answer.headers.get("content-security-policy", "")
    if policy not in {CSP, WORKER_CSP} and not policy.startswith("default-src 'none'"):
        found.append(f"policy {policy}")
    if answer.status_code >= 500:
        found.append(f"answers {answer.status_code}")
    if options.get("permission") != PUBLIC and answer.is_success:
        found.append("serves a stranger")
    if method not in SAFE and not options.get("bearer") and answer.status_code not in {401, 403}:
        found.append(f"takes an unsafe request without a token ({answer.status_code})")
    if answer.headers.get("access-control-allow-origin") and (method != "GET" or options.get("permission") != PUBLIC):
        found.append("opens itself to other origins")
    return found


async def test_an_unprotected_route_is_found(client: httpx.AsyncClient) -> None:
    """The control: the same judgement on answers as they must not be."""
    page = await client.get("/", headers={"accept": "text/html"})
    assert not faults(page, method="GET", options={"permission": PUBLIC})
    assert "serves a stranger" in faults(page, method="GET", options={"permission": Permission.OFFICE_SLIP_MAKE})
    assert any("without a token" in fault for fault in faults(page, method="POST", options={"permission": PUBLIC}))
    bare = httpx.Response(200)
    assert len(faults(bare, method="GET", options={"permission": PUBLIC})) > len(ALWAYS)


def test_the_list_is_the_whole() -> None:
    """Every door is in it."""
    for path in ("/", "/wallet", "/desk", "/office", "/sign-in", "/api/v1/presentations", "/oauth/token", "/healthz"):
        assert any(address == path for _, address, _ in ROUTES), path
    assert len(ROUTES) > 80
