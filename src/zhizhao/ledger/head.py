"""Signed heads: what the tree was at one size, chained to the head before.

Wire format: a compact JWS, `typ: ledger-head+jwt`, signed by the ledger key. Claims: `size`, `root` and `previous`
(base64url, 32 bytes; `previous` null for the first), `iat` (seconds). Claims may be added, never changed.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhizhao.kernel.clock import from_micros, to_micros
from zhizhao.ledger.errors import HeadRefused
from zhizhao.trust.base64url import b64url_text, unb64url
from zhizhao.trust.errors import KeyUnknown, TokenRefused
from zhizhao.trust.jws import claims_of, sign_compact, take_apart, verify_compact
from zhizhao.trust.keys import KeyProvider, Purpose

TYP = "ledger-head+jwt"
SECOND = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The tree at one size, as the ledger key signed it; `sign_head` and `read_head` alone build it."""

    size: int
    """Number of leaves."""
    root: bytes
    """Root of the RFC 6962 tree, 32 bytes."""
    at: datetime
    """UTC, whole seconds."""
    previous: bytes | None
    """SHA-256 of the token of the head before; None: the first."""
    token: str
    """Compact JWS; the truth of all fields above."""

    @property
    def token_hash(self) -> bytes:
        """Return what the next head names as `previous`."""
        return hashlib.sha256(self.token.encode()).digest()


def sign_head(keys: KeyProvider, *, size: int, root: bytes, at: datetime, previous: bytes | None) -> Head:
    """Return a head signed with the current ledger key."""
    seconds = to_micros(at) // SECOND
    claims = {
        "iat": seconds,
        "previous": previous and b64url_text(previous),
        "root": b64url_text(root),
        "size": size,
    }
    token = sign_compact(keys, Purpose.LEDGER, claims, typ=TYP)
    return Head(size=size, root=root, at=from_micros(seconds * SECOND), previous=previous, token=token)


def read_head(token: str, *, keys: KeyProvider) -> Head:
    """Return the head that a token says, its signature checked. Raises HeadRefused."""
    try:
        claims = verify_compact(token, keys=keys, expected_purpose=Purpose.LEDGER, expected_typ=TYP)
        return _head(token, claims)
    except (TokenRefused, KeyUnknown, ValueError, KeyError, TypeError, AttributeError, OverflowError) as cause:
        raise HeadRefused(reason=str(cause)) from cause


def peek_head(token: str) -> tuple[str | None, Head]:
    """Return the key's name and the head that a token says, its signature **not** checked. Raises HeadRefused."""
    try:
        parts = take_apart(token)
        return parts.header.kid, _head(token, claims_of(parts))
    except (TokenRefused, ValueError, KeyError, TypeError, AttributeError, OverflowError) as cause:
        raise HeadRefused(reason=str(cause)) from cause


def _head(token: str, claims: Mapping[str, Any]) -> Head:
    previous = claims["previous"]
    return Head(
        size=int(claims["size"]),
        root=unb64url(claims["root"].encode()),
        at=from_micros(int(claims["iat"]) * SECOND),
        previous=None if previous is None else unb64url(previous.encode()),
        token=token,
    )
