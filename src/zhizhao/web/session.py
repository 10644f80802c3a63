"""The session of a signed-in official: a random id in a cookie, everything else on the server (SECURITY.md §3.8).

The slice `staff` keeps sessions and their limits; this file carries the cookie and puts the found session where guards
and handlers read it. A request whose route is public, or knows its caller by a token, asks the store nothing.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.types import ASGIApp, Receive, Scope, Send

from zhizhao.staff.errors import SessionEnded
from zhizhao.staff.session import ABSOLUTE, Session

COOKIE: Final = "__Host-session"
KEY: Final = "zhizhao_session"

FindSession = Callable[[str], Awaitable[Session]]
"""Finds the live session of a cookie's token and moves its idle limit; raises SessionEnded."""


def session_of(scope: MutableMapping[str, Any] | Scope) -> Session | None:
    """Return the official's session of this request, None when nobody is signed in."""
    found = scope["state"].get(KEY)
    return found if isinstance(found, Session) else None


def token_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """Return the session id that the browser sent; for signing out only."""
    return connection.cookies.get(COOKIE)


def start_session(response: Response[Any], token: str) -> None:
    """Give the browser the id of a session that was just opened; always a new id, never one the browser brought."""
    response.set_cookie(
        Cookie(
            key=COOKIE,
            value=token,
            path="/",
            max_age=int(ABSOLUTE.total_seconds()),
            secure=True,
            httponly=True,
            samesite="lax",
        )
    )


def end_session(response: Response[Any]) -> None:
    """Take the id away from the browser; the store forgets the session in the verb."""
    response.set_cookie(Cookie(key=COOKIE, value="", path="/", max_age=0, secure=True, httponly=True, samesite="lax"))


def session_middleware(find: FindSession) -> Callable[[ASGIApp], ASGIApp]:
    """Return a Litestar middleware that looks the session up for routes that need one."""

    def build(app: ASGIApp) -> ASGIApp:
        async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
            options = scope["route_handler"].opt
            if options.get("permission") != "public" or options.get("staff_aware"):
                token = None if options.get("bearer") else token_of(ASGIConnection(scope))
                if token:
                    scope["state"][KEY] = await _found(find, token)
            await app(scope, receive, send)

        return middleware

    return build


async def _found(find: FindSession, token: str) -> Session | None:
    """Return the session, None when it ended: the guard then asks for a new sign-in."""
    try:
        return await find(token)
    except SessionEnded:
        return None
