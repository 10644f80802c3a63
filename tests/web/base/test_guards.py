"""Every route names a permission or says that it is public; the role decides (STYLE.md §8)."""

import importlib
import pkgutil
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar, Router
from litestar.handlers import BaseRouteHandler
from litestar.testing import TestClient

import zhizhao.web
from factories.web import NOW, client_of, trial_app
from zhizhao.staff.account import Account, AccountState, Role
from zhizhao.staff.errors import SessionEnded
from zhizhao.staff.session import Method, Session
from zhizhao.storage.database import Database
from zhizhao.web.guards import PUBLIC, ROLES, TOKEN_SCOPES, Permission

DOORS = sorted(
    module.name
    for module in pkgutil.walk_packages(zhizhao.web.__path__, "zhizhao.web.")
    if module.name.endswith(".routes")
)


def session(*roles: Role) -> Session:
    """Return a session of an account with some roles."""
    account = Account(
        account_id="1", username="clerk", name="王", roles=frozenset(roles), unit="任城", state=AccountState.ACTIVE
    )
    return Session(
        account=account,
        method=Method.PASSKEY,
        opened_at=NOW,
        seen_at=NOW,
        ends_at=NOW + timedelta(hours=12),
        idle=timedelta(minutes=30),
    )


def finder(known: dict[str, Session]) -> Callable[[str], Awaitable[Session]]:
    """Return a stand-in for the store of sessions."""

    async def find(token: str) -> Session:
        if token not in known:
            raise SessionEnded
        return known[token]

    return find


def opened(item: Any, options: Mapping[str, Any]) -> list[BaseRouteHandler]:
    """Return the handlers of a handler or of a router, with the router's options beneath their own."""
    if isinstance(item, Router):
        return [handler for inner in item.routes for handler in opened_route(inner, {**options, **item.opt})]
    item.opt.update({**options, **item.opt})
    return [item]


def opened_route(route: Any, options: Mapping[str, Any]) -> list[BaseRouteHandler]:
    """Return the handlers of one route, without the framework's own answer to OPTIONS."""
    handlers = [handler for handler in route.route_handlers if handler.handler_name != "options_handler"]
    return [found for handler in handlers for found in opened(handler, options)]


def routes(name: str) -> list[BaseRouteHandler]:
    """Return every handler that a door exports."""
    return [handler for item in importlib.import_module(name).handlers for handler in opened(item, {})]


def undeclared(handlers: list[BaseRouteHandler]) -> list[str]:
    """Return the handlers that say neither a permission nor that they are public."""
    return [
        f"{handler.handler_name} {sorted(handler.paths)}"
        for handler in handlers
        if not isinstance(handler.opt.get("permission"), Permission) and handler.opt.get("permission") != PUBLIC
    ]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the door's own tests say it
def test_every_route_declares_who_may_use_it(door: str) -> None:
    """A new route without a declaration fails here; at run time it answers 500 and never runs."""
    assert not undeclared(routes(door))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the door's own tests say it
def test_token_scopes_and_bearer_go_together(door: str) -> None:
    """A token scope stands on bearer routes, a staff permission never does; no unsafe route is bare."""
    for handler in routes(door):
        permission = handler.opt["permission"]
        if permission != PUBLIC:
            assert (permission.split(":")[0] in TOKEN_SCOPES) == bool(handler.opt.get("bearer")), handler.handler_name
        methods = getattr(handler, "http_methods", set())
        if methods - {"GET", "HEAD"} and handler.opt.get("exclude_from_csrf"):
            assert handler.opt.get("bearer"), (
                f"{handler.handler_name}: an unsafe route without CSRF check takes a token"
            )


def test_a_route_without_a_declaration_is_found(app: Litestar) -> None:
    """The control: the trial application has exactly one such route, and it is refused."""
    handlers = [handler for route in app.routes for handler in getattr(route, "route_handlers", [])]
    assert [name for name in undeclared(handlers) if "options" not in name] == [
        "trial_undeclared ['/trial/undeclared']"
    ]


def test_an_undeclared_route_never_runs(client: TestClient[Litestar]) -> None:
    """Fail closed."""
    answer = client.get("/trial/undeclared")
    assert answer.status_code == 500
    assert "never seen" not in answer.text


def test_permissions_are_well_formed_and_used() -> None:
    """The grammar holds; every staff permission has roles; every value is named by some code of a door."""
    source = "".join(
        path.read_text("utf-8") for path in Path("src/zhizhao/web").rglob("*.py") if path.name != "guards.py"
    )
    for permission in Permission:
        assert re.fullmatch(r"[a-z]+:[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*", permission), permission
        scope = permission.split(":")[0]
        if scope not in TOKEN_SCOPES and permission is not Permission.STAFF_SESSION_USE:
            assert ROLES[permission], permission
        assert f"Permission.{permission.name}" in source, f"{permission.name} is used by no route"


@pytest.fixture
def staffed(sqlite_url: str) -> Litestar:
    """Give an application that knows two sessions."""
    known = {"clerk": session(Role.COUNTER_CLERK), "registrar": session(Role.REGISTRAR_CLERK)}
    return trial_app(Database(sqlite_url), find_session=finder(known))


def test_the_role_decides(staffed: Litestar) -> None:
    """A counter clerk may scan, a registrar may not, nobody may without a session."""
    with client_of(staffed) as client:
        client.cookies.set("__Host-session", "clerk")
        assert client.get("/trial/desk").text == "desk"
        client.cookies.set("__Host-session", "registrar")
        refused = client.get("/trial/desk")
        assert (refused.status_code, refused.json()["code"]) == (403, "role-forbidden")
        client.cookies.clear()
        unknown = client.get("/trial/desk")
        assert (unknown.status_code, unknown.json()["code"]) == (401, "sign-in-required")


def test_an_ended_session_asks_to_sign_in_again(staffed: Litestar) -> None:
    """A person is led to the sign-in page and back; htmx gets a redirect of the whole page."""
    with client_of(staffed) as client:
        client.cookies.set("__Host-session", "gone")
        answer = client.get("/trial/desk", headers={"accept": "text/html"})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/sign-in?next=/trial/desk"
        partial = client.get("/trial/desk", headers={"hx-request": "true", "accept": "text/html"})
        assert partial.status_code == 401
        assert partial.headers["hx-redirect"].startswith("/sign-in")
