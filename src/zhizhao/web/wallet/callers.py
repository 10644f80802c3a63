"""Who sends a request of the wallet: a key (DPoP, RFC 9449), or an active device with a token bound to that key.

Dependencies of the wallet's routes. The proof is spent before anything else, so a request can never be sent twice.
"""

from typing import Any, Final

from litestar import Request
from litestar.di import NamedDependency, Provide

from zhizhao.settings import Settings
from zhizhao.wallet.access import Caller, require_unlocked
from zhizhao.wallet.admit import Admitted, Ask
from zhizhao.web.guards import BEARER, Permission
from zhizhao.web.wallet.verbs import WalletVerbs

SCHEME: Final = "dpop "
WALLET: Final = {"permission": Permission.WALLET_LICENCE_USE, "cookieless": True, **BEARER}
"""Options of every route of a phone. Cookies do not reach it, so language and size come in the query."""


def ask_of(request: Request[Any, Any, Any], settings: Settings) -> Ask:
    """Return what the phone sent; a second `DPoP` header makes the first worthless (RFC 9449 §4.3)."""
    proofs = request.headers.getall("dpop", [])
    scheme = request.headers.get("authorization", "")
    token = scheme[len(SCHEME) :].strip() if scheme.lower().startswith(SCHEME) else None
    return Ask(
        proof=proofs[0] if len(proofs) == 1 else None,
        method=request.method,
        url=settings.base_url + request.url.path,
        token=token,
    )


async def _holder(
    request: Request[Any, Any, Any], settings: NamedDependency[Settings], wallet_verbs: NamedDependency[WalletVerbs]
) -> Admitted:
    return await wallet_verbs.admit(ask_of(request, settings))


async def _caller(
    request: Request[Any, Any, Any], settings: NamedDependency[Settings], wallet_verbs: NamedDependency[WalletVerbs]
) -> Caller:
    return await wallet_verbs.call(ask_of(request, settings))


async def _unlocked(
    request: Request[Any, Any, Any], settings: NamedDependency[Settings], wallet_verbs: NamedDependency[WalletVerbs]
) -> Caller:
    return require_unlocked(await wallet_verbs.call(ask_of(request, settings)))


CALLERS: Final = {"holder": Provide(_holder), "caller": Provide(_caller), "unlocked": Provide(_unlocked)}
"""`holder: Admitted` proved a key; `caller: Caller` is an active device; `unlocked: Caller` gave its PIN."""
