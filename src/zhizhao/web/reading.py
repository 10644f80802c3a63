"""Sets up a request before its handler runs: language, number in the log, and no cookie for token routes."""

from typing import Any

import structlog
from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from zhizhao.web.i18n import speak
from zhizhao.web.preferences import preferences_of
from zhizhao.web.request_id import request_id


def reading_middleware(app: ASGIApp) -> ASGIApp:
    """Return the middleware of every route."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            if scope["route_handler"].opt.get("bearer"):
                # SECURITY.md §3.10: a bearer-only route refuses cookies; none reaches it, so none can speak for anyone.
                scope["headers"] = [header for header in scope["headers"] if header[0] != b"cookie"]
            request: Request[Any, Any, Any] = Request(scope)
            speak(preferences_of(request).lang)
            structlog.contextvars.bind_contextvars(request_id=request_id(scope))
        await app(scope, receive, send)

    return middleware
