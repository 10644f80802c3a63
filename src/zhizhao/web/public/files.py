"""Files that browsers and robots ask for at fixed addresses."""

from typing import Any, Final

from litestar import Request, Response, get

from zhizhao.web.assets import asset_response
from zhizhao.web.guards import COOKIELESS, PUBLIC

DAY: Final = "public, max-age=86400"
ROBOTS: Final = """User-agent: *
Disallow: /api/
Disallow: /desk
Disallow: /office
Disallow: /preferences
Disallow: /sign-in
Disallow: /wallet
"""


@get("/robots.txt", permission=PUBLIC, sync_to_thread=False, media_type="text/plain", **COOKIELESS)
def robots() -> Response[str]:
    """Keep robots out of what is personal; the public display may be found."""
    return Response(ROBOTS, headers={"cache-control": DAY}, media_type="text/plain")


@get("/favicon.ico", permission=PUBLIC, sync_to_thread=False, **COOKIELESS)
def favicon(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer browsers that do not read the page's icon."""
    pages = request.app.state.pages
    return asset_response(request, pages.assets.asset("img/favicon.ico"), cache=DAY)
