"""Compact JWS: our own tokens and receipts, fast to sign and strict to verify (RFC 7515, RFC 8725).

What is remembered is that bytes carried a good signature (`signature_cache.py`); the key's standing, times and claims
are asked anew every time.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NoReturn

import msgspec

from zhizhao.trust.base64url import b64url, unb64url
from zhizhao.trust.errors import KeyUnknown, SignatureBad, TokenMalformed, TokenUntrusted
from zhizhao.trust.keys import SUITES, KeyProvider, PublicKey, Purpose, Suite
from zhizhao.trust.signature_cache import SignatureCache

ALGORITHM: Final = "ES256"
LONGEST_TOKEN: Final = 8 * 1024
LONGEST_CREDENTIAL: Final = 64 * 1024
_encode = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The only header parameters that count; `jku`, `x5u`, `x5c` and `jwk` are read by nobody here."""

    alg: str
    typ: str | None
    kid: str | None


class Unverified(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A token taken apart, nothing about it believed yet; a struct because hot paths make one per request."""

    header: Header
    raw_header: bytes
    """The decoded JSON text, for kinds whose header itself carries the key (DPoP)."""
    token: bytes
    signed: bytes
    """What the signature is over: header and payload as received."""
    payload: bytes
    signature: bytes
    """Still in base64url: decoded only where it must be computed."""


def sign_compact(keys: KeyProvider, purpose: Purpose, claims: Mapping[str, Any] | bytes, *, typ: str) -> str:
    """Return the compact JWS of claims, or of bytes as they are, with the purpose's current key."""
    kid = keys.current(purpose)
    payload = claims if isinstance(claims, bytes) else _encode(claims)
    signed = _header(kid, typ) + b64url(payload)
    return (signed + b"." + b64url(keys.sign(kid, purpose, signed))).decode()


@lru_cache(maxsize=256)
def _header(kid: str, typ: str) -> bytes:
    """Return the header of this key and kind, encoded, with the dot behind it; built once."""
    return b64url(_encode({"alg": ALGORITHM, "typ": typ, "kid": kid})) + b"."


def verify_compact(
    token: str,
    *,
    keys: KeyProvider,
    expected_purpose: Purpose,
    expected_typ: str,
    longest: int = LONGEST_TOKEN,
) -> dict[str, Any]:
    """Return the claims of one of our own tokens.

    Checks, in order: (1) length and form; (2) `typ` exact, no `crit`; (3) the key by `kid` among our own live keys
    of that purpose; (4) `alg` is that key's; (5) the signature, once per bytes, kid and epoch; (6) claims are a JSON
    object. The caller goes on with `check_times` and its own claims. Raises TokenMalformed, TokenUntrusted.
    """
    parts = take_apart(token, longest=longest)  # (1)
    require_typ(parts.header, expected_typ)  # (2)
    kid = parts.header.kid
    try:
        key = keys.public_for(kid or "", expected_purpose)  # (3)
    except KeyUnknown as cause:
        raise TokenUntrusted(reason="kid", kid=kid, purpose=expected_purpose) from cause
    require_signature(parts, key, seen=keys.signatures, epoch=keys.epoch)  # (4) (5)
    return claims_of(parts)  # (6)


def take_apart(token: str, *, longest: int = LONGEST_TOKEN) -> Unverified:
    """Return the parts of a compact JWS with strict base64url and a strict header. Raises TokenMalformed."""
    if len(token) > longest:
        raise TokenMalformed(reason="length", length=len(token))
    try:
        raw = token.encode("ascii")
        head, body, tail = raw.split(b".")
        payload = unb64url(body)
    except ValueError as cause:
        raise TokenMalformed(reason="form") from cause
    header, raw_header = _read_header(head)
    signed = raw[: len(head) + 1 + len(body)]
    return Unverified(header=header, raw_header=raw_header, token=raw, signed=signed, payload=payload, signature=tail)


@lru_cache(maxsize=1024)
def _read_header(segment: bytes) -> tuple[Header, bytes]:
    """Return the header of one segment; the same segment is read once. Raises TokenMalformed, TokenUntrusted."""
    try:
        raw = unb64url(segment)
        # decoded first: the library would take UTF-16, UTF-32 and a byte order mark from bytes
        fields = json.loads(raw.decode(), object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as cause:
        raise TokenMalformed(reason="header") from cause
    if not isinstance(fields, dict):
        raise TokenMalformed(reason="header is no object")
    if "crit" in fields or "b64" in fields or "zip" in fields:  # we understand no extension (RFC 7515 §4.1.11)
        raise TokenUntrusted(reason="extension", header=sorted(fields))
    texts = {name: fields.get(name) for name in ("alg", "typ", "kid")}
    if any(value is not None and not _is_name(value) for value in texts.values()):
        raise TokenMalformed(reason="header types")
    return Header(alg=texts["alg"] or "", typ=texts["typ"], kid=texts["kid"]), raw


def _is_name(value: object) -> bool:
    """Return whether a header value is text without control characters and lone surrogates."""
    return isinstance(value, str) and value.isprintable()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs as a mapping; a name given twice is refused (RFC 7515 §4)."""
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise ValueError(pairs)
    return mapping


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and infinities are no JSON


def require_typ(header: Header, expected_typ: str) -> None:
    """Return if the token says it is of the expected kind, letter by letter. Raises TokenUntrusted."""
    if header.typ != expected_typ:
        raise TokenUntrusted(reason="typ", typ=header.typ, expected=expected_typ)


def require_signature(parts: Unverified, key: PublicKey, *, seen: SignatureCache | None, epoch: int) -> None:
    """Return if the key, whose algorithm is the only one allowed, signed these bytes. Raises TokenUntrusted.

    `none` and every other algorithm fall here: the key's suite decides, the header only has to agree.
    """
    if key.suite is not Suite.ES256 or parts.header.alg != ALGORITHM:
        raise TokenUntrusted(reason="alg", alg=parts.header.alg, kid=key.kid)
    entry = SignatureCache.key(parts.token, kid=key.kid, epoch=epoch) if seen is not None else b""
    if seen is not None and seen.holds(entry):
        return
    try:
        key.verify(parts.signed, unb64url(parts.signature))
    except (SignatureBad, ValueError) as cause:
        raise TokenUntrusted(reason="signature", kid=key.kid) from cause
    if seen is not None:
        seen.remember(entry)


def claims_of(parts: Unverified) -> dict[str, Any]:
    """Return the payload as a JSON object. Raises TokenMalformed."""
    try:
        return _decode(parts.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise TokenMalformed(reason="claims") from cause


def jwk_set(keys: KeyProvider, purposes: Iterable[Purpose]) -> dict[str, list[dict[str, str]]]:
    """Return the JWK Set of announced, current and verifying P-256 keys (RFC 7517 §5).

    SM2 has no registered `crv`, and strict readers drop a whole set for one; it is published by certificate.
    """
    wanted = [purpose for purpose in purposes if SUITES[purpose] is Suite.ES256]
    kids = (kid for purpose in wanted for kid in keys.live(purpose))
    return {"keys": [{**keys.public(kid).jwk(), "use": "sig", "alg": ALGORITHM} for kid in kids]}
