"""Compact JWS of others: client assertions and whatever a registered key signs (RFC 7523 §3, RFC 8725)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from zhizhao.trust.errors import PublicKeyRefused, TokenClaimRefused, TokenUntrusted
from zhizhao.trust.jwk import read_jwk_set
from zhizhao.trust.jws import LONGEST_TOKEN, Unverified, claims_of, require_signature, take_apart
from zhizhao.trust.keys import PublicKey
from zhizhao.trust.signature_cache import SignatureCache
from zhizhao.trust.token_claims import LEEWAY, check_parties, check_times, numeric_date

CLIENT_ASSERTION_TYPES = frozenset({None, "JWT", "client-authentication+jwt"})
"""Kinds a client assertion may call itself: none or JWT by RFC 7523, the third by its successor."""
LONGEST_ASSERTION_LIFE = timedelta(minutes=10)


def verify_with_key(
    token: str,
    key: PublicKey,
    *,
    expected_typ: str,
    seen: SignatureCache | None = None,
    longest: int = LONGEST_TOKEN,
) -> dict[str, Any]:
    """Return the claims of a token that this very key must have signed; its header's `kid` does not matter.

    Checks, in order: (1) length and form; (2) `typ` exact; (3) `alg` is the key's; (4) the signature; (5) claims are
    an object. `seen` remembers good signatures. Raises TokenMalformed, TokenUntrusted.
    """
    parts = take_apart(token, longest=longest)  # (1)
    return _verified(parts, key, types=(expected_typ,), seen=seen)  # (2) to (5)


def verify_with_jwks(
    token: str,
    jwks: object,
    *,
    expected_types: Collection[str | None],
    longest: int = LONGEST_TOKEN,
) -> dict[str, Any]:
    """Return the claims of a token signed by one key of a JWK Set.

    Checks, in order: (1) length and form; (2) the set holds only public keys; (3) the key by `kid`, or the only one if
    the token names none; (4) `typ` one of the expected; (5) `alg` is the key's; (6) the signature; (7) claims are an
    object. Raises TokenMalformed, TokenUntrusted.
    """
    parts = take_apart(token, longest=longest)  # (1)
    try:
        known = read_jwk_set(jwks)  # (2)
    except PublicKeyRefused as cause:
        raise TokenUntrusted(reason="jwks") from cause
    wanted = parts.header.kid
    fitting = [key for kid, key in known if wanted is None or wanted in {kid, key.kid}]
    if len(fitting) != 1:  # (3)
        raise TokenUntrusted(reason="kid", kid=wanted, fitting=len(fitting))
    return _verified(parts, fitting[0], types=expected_types, seen=None)  # (4) to (7)


def verify_client_assertion(
    token: str, jwks: object, *, expected_client: str, expected_aud: frozenset[str], now: datetime
) -> dict[str, Any]:
    """Return the claims of a `private_key_jwt` assertion (RFC 7523 §3, OpenID Connect Core §9).

    Checks, in order: (1) all of `verify_with_jwks`; (2) issuer and subject are the client, the audience is us;
    (3) within its time and at most ten minutes long; (4) `jti` present. The caller refuses a `jti`
    that it has seen, and remembers it until `exp` plus LEEWAY. Raises TokenRefused.
    """
    claims = verify_with_jwks(token, jwks, expected_types=CLIENT_ASSERTION_TYPES)  # (1)
    check_parties(claims, expected_iss=expected_client, expected_aud=expected_aud)  # (2)
    if claims["sub"] != expected_client:
        raise TokenClaimRefused(claim="sub", value=claims["sub"])
    check_times({"iat": int(now.timestamp()), **claims}, now=now)  # (3) `iat` is optional in RFC 7523 §3
    if numeric_date(claims, "exp") - now.timestamp() > (LONGEST_ASSERTION_LIFE + LEEWAY).total_seconds():
        raise TokenClaimRefused(claim="exp", value=claims["exp"], reason="too far away")
    require_jti(claims)  # (4)
    return claims


def require_jti(claims: dict[str, Any]) -> str:
    """Return the token's own id, 1 to 256 characters. Raises TokenClaimRefused."""
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= 256:  # noqa: PLR2004 stated in the docstring
        raise TokenClaimRefused(claim="jti", value=jti)
    return jti


def _verified(
    parts: Unverified, key: PublicKey, *, types: Collection[str | None], seen: SignatureCache | None
) -> dict[str, Any]:
    if parts.header.typ not in types:
        raise TokenUntrusted(reason="typ", typ=parts.header.typ)
    # a foreign key belongs to no epoch of ours; its own thumbprint is in the cache's key
    require_signature(parts, key, seen=seen, epoch=0)
    return claims_of(parts)
