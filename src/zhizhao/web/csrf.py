"""Cross-site requests: a token in every unsafe form, a strict cookie, and the Origin header (SECURITY.md §3.10)."""

from typing import Any, Final
from urllib.parse import urlsplit

from litestar.config.csrf import CSRFConfig
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from zhizhao.web.errors import OriginRefused

COOKIE: Final = "__Host-csrf"
HEADER: Final = "x-csrf-token"
FIELD: Final = "_csrf_token"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_config(secret: str) -> CSRFConfig:
    """Return Litestar's check with a cookie that is Secure, HttpOnly and SameSite=Strict; none of it is the default."""
    return CSRFConfig(
        secret=secret,
        cookie_name=COOKIE,
        header_name=HEADER,
        cookie_secure=True,
        cookie_httponly=True,
        cookie_samesite="strict",
    )


async def require_same_origin(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse an unsafe request that a browser sent from another origin. Raises OriginRefused.

    Routes that authenticate by a token (`bearer`) carry no ambient authority and may be called from anywhere.
    """
    scope = connection.scope
    if scope.get("method", "GET") in SAFE or handler.opt.get("exclude_from_csrf"):
        return
    origin = connection.headers.get("origin")
    if origin is None:
        if connection.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            raise OriginRefused(site=connection.headers["sec-fetch-site"])
        return
    own = connection.headers.get("host", "")
    if urlsplit(origin).netloc != own:
        raise OriginRefused(origin=origin, host=own)
