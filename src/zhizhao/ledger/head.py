"""A signed head: what the tree was at one size, chained to the head before it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The tree at one size, as the ledger key signed it."""

    size: int
    """Number of leaves."""
    root: bytes
    """Root of the RFC 6962 tree, 32 bytes."""
    at: datetime
    """UTC, whole seconds."""
    previous: bytes | None
    """SHA-256 of the token of the head before; None: the first."""
    kid: str
    token: str
    """Compact JWS, `typ: ledger-head+jwt`; the truth of all fields above."""
