"""DPoP proofs (RFC 9449 §4.3): who sends this request holds this key. Pure."""

import hashlib
import hmac
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from zhizhao.trust.base64url import b64url_text
from zhizhao.trust.errors import PublicKeyRefused, TokenClaimRefused, TokenOutOfTime, TokenUntrusted
from zhizhao.trust.es256 import P256Public
from zhizhao.trust.foreign_jws import require_jti
from zhizhao.trust.jwk import read_public_jwk
from zhizhao.trust.jws import claims_of, require_signature, require_typ, take_apart
from zhizhao.trust.token_claims import LEEWAY, numeric_date

TYP: Final = "dpop+jwt"
LONGEST_PROOF: Final = 4 * 1024
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof that passed every check of `verify_proof`; no other module builds one."""

    thumbprint: str
    """RFC 7638 thumbprint of the sender's key (`jkt`)."""
    jwk: dict[str, str]
    """The public key, reduced to its members that count."""
    jti: str
    """For the caller's replay store, unique per thumbprint, to be kept until `expires_at`."""
    issued_at: float
    """`iat`, seconds since 1970."""
    expires_at: float
    """When the proof is too old by itself, with one more window for a store whose clock is behind ours."""


def verify_proof(
    proof: str,
    *,
    expected_method: str,
    expected_url: str,
    now: datetime,
    access_token: str | None = None,
    expected_thumbprint: str | None = None,
    expected_nonces: Collection[str] | None = None,
    window: timedelta = LEEWAY,
) -> Proof:
    """Verify one DPoP proof for one request.

    Checks, in order (RFC 9449 §4.3): (1) one compact JWS, ≤ 4 KiB; (2) `typ` is `dpop+jwt`; (3) `jwk` is a public P-256
    key without private part, and the bound one if a token was bound; (4) `alg` ES256; (5) the signature is that key's;
    (6) `htm`; (7) `htu` without query and fragment; (8) `iat` within the window before and after now; (9) `nonce`, if
    we gave one; (10) `ath` is the hash of the access token, if one came with it; (11) `jti` present. The caller then
    refuses a `jti` it has seen. Raises TokenRefused.
    """
    parts = take_apart(proof, longest=LONGEST_PROOF)  # (1)
    require_typ(parts.header, TYP)  # (2)
    key = _sender(parts.raw_header, expected_thumbprint)  # (3)
    require_signature(parts, key, seen=None, epoch=0)  # (4) (5)
    claims = claims_of(parts)
    _require(claims, "htm", expected_method)  # (6)
    _require_url(claims, expected_url)  # (7)
    issued = _require_fresh(claims, now, window=window)  # (8)
    if expected_nonces is not None and claims.get("nonce") not in expected_nonces:  # (9)
        raise TokenClaimRefused(claim="nonce")
    if access_token is not None:
        _require(claims, "ath", b64url_text(hashlib.sha256(access_token.encode()).digest()))  # (10)
    return Proof(
        thumbprint=key.kid,
        jwk={name: value for name, value in key.jwk().items() if name != "kid"},
        jti=require_jti(claims),  # (11)
        issued_at=issued,
        expires_at=issued + 2 * window.total_seconds(),
    )


def _sender(raw_header: bytes, expected_thumbprint: str | None) -> P256Public:
    """Return the key that the proof carries. Raises TokenUntrusted."""
    try:
        key = _carried(raw_header)
    except PublicKeyRefused as cause:
        raise TokenUntrusted(reason="jwk", because=cause.facts.get("reason")) from cause
    if expected_thumbprint is not None and not hmac.compare_digest(key.kid, expected_thumbprint):
        raise TokenUntrusted(reason="another key", thumbprint=key.kid)
    return key


@lru_cache(maxsize=4096)
def _carried(raw_header: bytes) -> P256Public:
    """Return the key in a header that `take_apart` has already read strictly; a device sends the same every time."""
    return read_public_jwk(json.loads(raw_header.decode()).get("jwk"))


def _require(claims: dict[str, Any], name: str, expected: str) -> None:
    given = claims.get(name)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected.encode()):
        raise TokenClaimRefused(claim=name, value=given)


def _require_url(claims: dict[str, Any], expected: str) -> None:
    given = claims.get("htu")
    if not isinstance(given, str) or _plain(given) != _plain(expected):
        raise TokenClaimRefused(claim="htu", value=given)


def _plain(url: str) -> tuple[str, str, int | None, str] | None:
    """Return scheme, host, port and path, normalised (RFC 3986 §6.2.2, §6.2.3); None: no URL."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return parts.scheme, (parts.hostname or "").lower(), port, parts.path or "/"


def _require_fresh(claims: dict[str, Any], now: datetime, *, window: timedelta) -> float:
    issued = numeric_date(claims, "iat")
    if abs(now.timestamp() - issued) > window.total_seconds():
        raise TokenOutOfTime(claim="iat", value=issued)
    return issued
