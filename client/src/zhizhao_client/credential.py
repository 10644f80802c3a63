"""Check a licence credential (SD-JWT VC, RFC 9901) with its holder binding and its place in the status list."""

import base64
import hashlib
import json
import zlib
from typing import Any

from zhizhao_client.errors import NotGenuine
from zhizhao_client.jose import unb64url, verify

CREDENTIAL = "dc+sd-jwt"
STATUS_LIST = "statuslist+jwt"
STATES = ("valid", "invalid", "suspended", "changed")
"""Two bits, INTERFACES.md §3; `changed` means: download again."""
LARGEST_LIST = 16 * 1024 * 1024
RESERVED = frozenset({"_sd", "_sd_alg", "..."})


def verify_credential(credential: str, *, jwks: dict[str, Any], expected_issuer: str) -> dict[str, Any]:
    """Return every claim, visible and disclosed, of a credential of this issuer. Raises NotGenuine."""
    issuer_jwt, *disclosures, last = credential.split("~")
    if last:
        raise NotGenuine(reason="form")
    claims = verify(issuer_jwt, jwks=jwks, expected_typ=CREDENTIAL)
    if claims.get("iss") != expected_issuer:
        raise NotGenuine(reason="iss")
    digests = claims.pop("_sd", [])
    if claims.pop("_sd_alg", "sha-256") != "sha-256":
        raise NotGenuine(reason="_sd_alg")
    for disclosure in disclosures:
        name, value = _opened(disclosure)
        if _digest(disclosure) not in digests:
            raise NotGenuine(reason="disclosure")
        if name in claims or name in RESERVED:
            raise NotGenuine(reason="claim twice")
        claims[name] = value
    return claims


def bound_to(claims: dict[str, Any], jwk: dict[str, str]) -> bool:
    """Say whether a credential is bound to this device key (RFC 7800)."""
    bound = claims.get("cnf", {}).get("jwk", {})
    return bool(bound) and all(bound.get(part) == jwk[part] for part in ("kty", "crv", "x", "y"))


def status_of(claims: dict[str, Any], list_token: str, *, jwks: dict[str, Any], now: int) -> str:
    """Return what the signed status list says about a credential. Raises NotGenuine."""
    place = claims["status"]["status_list"]
    told = verify(list_token, jwks=jwks, expected_typ=STATUS_LIST)
    if told.get("sub") != place["uri"] or int(told.get("exp", 0)) <= now:
        raise NotGenuine(reason="status list")
    bits = told["status_list"]["bits"]
    if bits != 2:  # noqa: PLR2004 two bits, as published
        raise NotGenuine(reason="bits")
    inflater = zlib.decompressobj()
    packed = inflater.decompress(unb64url(told["status_list"]["lst"]), LARGEST_LIST)
    index = int(place["idx"])
    if index // 4 >= len(packed):
        raise NotGenuine(reason="idx")
    return STATES[packed[index // 4] >> (index % 4 * 2) & 3]


def _opened(disclosure: str) -> tuple[str, Any]:
    try:
        _salt, name, value = json.loads(unb64url(disclosure))
    except ValueError as cause:
        raise NotGenuine(reason="disclosure") from cause
    return str(name), value


def _digest(disclosure: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(disclosure.encode()).digest()).rstrip(b"=").decode()
