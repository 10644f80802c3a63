"""Identifiers: random public ones and time-ordered internal ones."""

import base64
import secrets
import uuid

from zhizhao.kernel.clock import Clock, to_micros

PUBLIC_BYTES = 16  # 22 characters of base64url, INTERFACES.md §3


def public_id(prefix: str) -> str:
    """Return `prefix_` and 22 random base64url characters, for example `prs_…`; carries no order and no time."""
    return f"{prefix}_{base64.urlsafe_b64encode(secrets.token_bytes(PUBLIC_BYTES)).rstrip(b'=').decode()}"


def time_ordered_id(clock: Clock) -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562 §5.7): milliseconds first, then 74 random bits; for keys of growing tables."""
    millis = to_micros(clock.now()) // 1000
    value = millis << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return uuid.UUID(int=value)
