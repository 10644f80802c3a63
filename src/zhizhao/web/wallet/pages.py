"""The phone pages: shells that hold nothing personal; the part that does is fetched with the device's proof."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency

from zhizhao.wallet.holding import DECLARATION_VERSION
from zhizhao.web.guards import PUBLIC
from zhizhao.web.pages import page
from zhizhao.web.wallet.verbs import WalletVerbs

PURPOSES: Final = ("pin", "revive", "licence", "refresh")
"""What a new proof of the person may be for, besides the first registration."""
REASONS: Final = ("frozen", "retired", "revoked")


def _shell(name: str) -> Any:
    """Return a handler that sends one shell without further context."""

    async def handler(request: Request[Any, Any, Any]) -> Response[bytes]:
        return page(request, f"wallet/{name}.html")

    handler.__doc__ = f"Send the shell of the page {name}."
    return handler


def _shell_route(path: str, name: str) -> Any:
    return get(path, permission=PUBLIC, include_in_schema=False, name=f"wallet-{name}")(_shell(name))


shells: Final = [
    _shell_route(path, name)
    for path, name in (
        ("/wallet", "home"),
        ("/wallet/licence", "licence"),
        ("/wallet/show", "show"),
        ("/wallet/records", "records"),
        ("/wallet/record", "record"),
        ("/wallet/devices", "devices"),
        ("/wallet/me", "me"),
        ("/wallet/pin", "pin"),
        ("/wallet/offline", "offline"),
    )
]


@get("/wallet/choose", permission=PUBLIC, include_in_schema=False)
async def choose(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Send the shell of the list to download from, with the declaration in force."""
    return page(request, "wallet/choose.html", declaration=DECLARATION_VERSION)


@get("/wallet/declaration", permission=PUBLIC, include_in_schema=False)
async def declaration(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Send the text of the download declaration, for other channels to show."""
    return page(request, "wallet/declaration.html", declaration=DECLARATION_VERSION)


@get("/wallet/enrol", permission=PUBLIC, include_in_schema=False)
async def enrol(request: Request[Any, Any, Any], wallet_verbs: NamedDependency[WalletVerbs]) -> Response[bytes]:
    """Send the page of the first registration; a slip's QR leads here, its code behind the `#`."""
    return page(request, "wallet/prove.html", camera=True, purpose="enrol", real_name=wallet_verbs.real_name)


@get("/wallet/prove", permission=PUBLIC, include_in_schema=False)
async def prove(request: Request[Any, Any, Any], wallet_verbs: NamedDependency[WalletVerbs]) -> Response[bytes]:
    """Send the page of a new proof of the person; the query `for` says what it opens."""
    wanted = request.query_params.get("for", "")
    purpose = wanted if wanted in PURPOSES else "refresh"
    return page(request, "wallet/prove.html", camera=True, purpose=purpose, real_name=wallet_verbs.real_name)


@get("/wallet/scan", permission=PUBLIC, include_in_schema=False)
async def scan(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Send the scanner for other people's codes: a licence's face, a slip."""
    return page(request, "wallet/scan.html", camera=True)


@get("/wallet/stopped", permission=PUBLIC, include_in_schema=False)
async def stopped(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Say why this device may not act, and what helps."""
    wanted = request.query_params.get("why", "")
    return page(request, "wallet/stopped.html", why=wanted if wanted in REASONS else "retired")
