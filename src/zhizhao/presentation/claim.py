"""A claim: an idempotency key that a caller wants for one request (SECURITY.md §3.4)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who wants which key, for what."""

    caller: str
    """The client whose keys these are."""
    key: str
    request_hash: bytes
    """Of everything that was asked; keyed where it covers personal data."""
    presentation_id: str
    """The presentation that the request makes or asks about."""
