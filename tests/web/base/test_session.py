"""The cookie of an official's session, and when the store is asked (SECURITY.md §3.8)."""

from datetime import timedelta

import pytest
from litestar import Response, get
from litestar.exceptions import HTTPException

from factories.web import NOW, client_of, trial_app
from zhizhao.staff.account import Account, AccountState, Role
from zhizhao.staff.session import ABSOLUTE, Method, Session
from zhizhao.storage.database import Database
from zhizhao.web import guards
from zhizhao.web.guards import PUBLIC, Permission
from zhizhao.web.session import end_session, session_of, start_session

CLERK = Session(
    account=Account(
        account_id="1",
        username="clerk",
        name="王",
        roles=frozenset({Role.COUNTER_CLERK, Role.SECURITY_ADMIN}),
        unit="任城",
        state=AccountState.ACTIVE,
    ),
    method=Method.PASSWORD,
    opened_at=NOW,
    seen_at=NOW,
    ends_at=NOW + timedelta(hours=12),
    idle=timedelta(minutes=30),
)


@get("/trial/in", permission=PUBLIC)
async def sign_in() -> Response[None]:
    """Open a session."""
    response: Response[None] = Response(None, status_code=204)
    start_session(response, "new-token")
    return response


@get("/trial/out", permission=PUBLIC)
async def sign_out() -> Response[None]:
    """End it."""
    response: Response[None] = Response(None, status_code=204)
    end_session(response)
    return response


class Asked:
    """A stand-in for the store that remembers what it was asked."""

    def __init__(self) -> None:
        self.tokens: list[str] = []

    async def __call__(self, token: str) -> Session:
        """Find the clerk."""
        self.tokens.append(token)
        return CLERK


@pytest.fixture
def asked() -> Asked:
    """Give the stand-in."""
    return Asked()


def test_the_cookie_is_strict(sqlite_url: str, asked: Asked) -> None:
    """`__Host-`, Secure, HttpOnly, Lax, twelve hours, no domain; signing out empties it."""
    app = trial_app(Database(sqlite_url), handlers=[sign_in, sign_out], find_session=asked)
    with client_of(app) as client:
        cookies = [c for c in client.get("/trial/in").headers.get_list("set-cookie") if "session" in c]
        assert len(cookies) == 1
        assert cookies[0].startswith("__Host-session=new-token;")
        for word in ("Secure", "HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={int(ABSOLUTE.total_seconds())}"):
            assert word in cookies[0]
        assert "Domain" not in cookies[0]
        ended = [c for c in client.get("/trial/out").headers.get_list("set-cookie") if "session" in c]
        assert "Max-Age=0" in ended[0]


def test_the_store_is_asked_only_where_it_matters(sqlite_url: str, asked: Asked) -> None:
    """A public page and a token route ask nothing; a page of officials asks once."""
    with client_of(trial_app(Database(sqlite_url), find_session=asked)) as client:
        client.cookies.set("__Host-session", "t")
        client.get("/trial/page")
        client.get("/static/css/zhizhao.css")
        client.post("/api/trial", json={"data": 1})
        assert asked.tokens == []
        assert client.get("/trial/desk").text == "desk"
        assert asked.tokens == ["t"]


@pytest.mark.parametrize(("role", "status"), [(Role.COUNTER_CLERK, 200), (Role.SECURITY_ADMIN, 403)])
def test_administration_needs_a_key(
    sqlite_url: str, asked: Asked, monkeypatch: pytest.MonkeyPatch, role: Role, status: int
) -> None:
    """A password session carries the clerk's role and not the administrator's, although the account has both."""
    monkeypatch.setattr(guards, "ROLES", {Permission.DESK_PRESENTATION_REDEEM: frozenset({role})})
    with client_of(trial_app(Database(sqlite_url), find_session=asked)) as client:
        client.cookies.set("__Host-session", "t")
        assert client.get("/trial/desk").status_code == status


def test_a_failing_store_is_no_session(sqlite_url: str) -> None:
    """When the store breaks the answer is an error, never a page."""

    async def broken(_token: str) -> Session:
        raise HTTPException(status_code=503)

    with client_of(trial_app(Database(sqlite_url), find_session=broken)) as client:
        client.cookies.set("__Host-session", "t")
        assert client.get("/trial/desk").status_code == 503


def test_nobody_is_nobody() -> None:
    """Without a session there is none, whatever else stands in the scope."""
    assert session_of({"state": {}}) is None
    assert session_of({"state": {"zhizhao_session": "clerk"}}) is None
