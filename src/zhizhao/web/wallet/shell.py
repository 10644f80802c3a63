"""What makes the wallet installable: the manifest, and the worker that keeps its offline shell."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from zhizhao.settings import Settings
from zhizhao.web.assets import asset_response
from zhizhao.web.guards import PUBLIC
from zhizhao.web.i18n import gettext, speaking
from zhizhao.web.pages import Pages, reader_of


@get("/wallet/manifest.webmanifest", permission=PUBLIC, include_in_schema=False)
async def manifest(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> Response[bytes]:
    """Send the web app manifest (W3C), in the reader's language."""
    pages: Pages = request.app.state.pages
    reader = reader_of(request)
    with speaking(reader.lang):
        name = gettext("手机执照（演示）") if settings.demo else gettext("手机执照")
        short = gettext("执照")
    body = {
        "id": "/wallet",
        "name": name,
        "short_name": short,
        "lang": reader.lang,
        "start_url": "/wallet",
        "scope": "/wallet",
        "display": "standalone",
        "background_color": "#f4f6f9",
        "theme_color": "#0b4f9e",
        "icons": [
            {"src": pages.assets.url("img/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            {"src": pages.assets.url("img/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": pages.assets.url("img/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": pages.assets.url("img/icon-maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
    }
    return Response(
        msgspec.json.encode(body), media_type="application/manifest+json", headers={"cache-control": "no-cache"}
    )


@get("/wallet/sw.js", permission=PUBLIC, include_in_schema=False)
async def worker(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Send the service worker from an address whose scope it may have."""
    pages: Pages = request.app.state.pages
    response = asset_response(request, pages.assets.asset("js/wallet-sw.js"), cache="no-cache")
    response.headers["service-worker-allowed"] = "/wallet"
    return response
