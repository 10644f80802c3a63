"""What programs outside need to check our signatures: keys, issuer metadata, credential type, status lists.

RFC 7517 (JWK Set), SD-JWT VC §5 and §6 (issuer and type metadata), Token Status List §8. Public, cacheable, and
readable from other origins, because verifiers are also web pages.
"""

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from zhizhao.licence.errors import LicenceUnknown
from zhizhao.licence.status_list import TYP
from zhizhao.web.guards import COOKIELESS, PUBLIC
from zhizhao.web.public.verbs import PublicVerbs

OPEN: Final = {
    "cache-control": "public, max-age=60",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
"""A minute: a withdrawn key must not be believed much longer."""
LAST_LIST: Final = 2**31 - 1
"""No list has a greater number; what is beyond is not even asked of the store."""
Verbs = NamedDependency[PublicVerbs]


@get("/.well-known/jwks.json", permission=PUBLIC, sync_to_thread=False, **COOKIELESS)
def jwks(public_verbs: Verbs) -> Response[dict[str, Any]]:
    """Publish the keys of credentials, status lists, receipts, ledger heads and login."""
    return Response(public_verbs.published.jwks(), headers=OPEN, media_type="application/jwk-set+json")


@get("/.well-known/jwt-vc-issuer", permission=PUBLIC, sync_to_thread=False, **COOKIELESS)
def issuer(public_verbs: Verbs) -> Response[dict[str, Any]]:
    """Say who issues our credentials, with the keys that may (SD-JWT VC §5)."""
    return Response(public_verbs.published.issuer(), headers=OPEN)


@get("/.well-known/zhizhao-anchors.json", permission=PUBLIC, sync_to_thread=False, **COOKIELESS)
def anchors(public_verbs: Verbs) -> Response[bytes]:
    """Publish roots and keys together; who fetches them here trusts this server's name."""
    return Response(public_verbs.published.anchors(), headers=OPEN, media_type="application/json")


@get("/vct/business-licence/1", permission=PUBLIC, sync_to_thread=False, **COOKIELESS)
def credential_type(public_verbs: Verbs) -> Response[dict[str, Any]]:
    """Describe the type of our credentials (SD-JWT VC §6)."""
    return Response(dict(public_verbs.published.credential_type), headers=OPEN)


@get("/status/{number:int}", permission=PUBLIC, **COOKIELESS)
async def status_list(number: FromPath[int], public_verbs: Verbs) -> Response[bytes]:
    """Publish a signed status list."""
    if number > LAST_LIST:
        raise LicenceUnknown(list_number=number)
    token = await public_verbs.published.status_list(number)
    return Response(token.encode(), headers=OPEN, media_type=f"application/{TYP}")
