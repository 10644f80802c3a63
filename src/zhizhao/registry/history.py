"""The history of an entity: append-only versions, each chained by hash to the one before (SECURITY.md T10).

`chain` of version n = SHA-256(chain of n - 1 ‖ head line ‖ newline ‖ content), the head line being the canonical JSON
array `[uscc, version, recorded_at in microseconds, actor, because]`. Before version 1 stand 32 zero bytes. The ledger's
entries name the chains, so the signed tree covers every version.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from zhizhao.kernel.clock import to_micros
from zhizhao.registry.content import Content, parse_content
from zhizhao.registry.errors import HistoryBroken

GENESIS = bytes(32)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One kept version of an entity."""

    uscc: str
    version: int
    recorded_at: datetime
    """UTC."""
    actor: str
    """Who recorded it, `kind:id`."""
    because: str
    """Why: the feed's id, or the reason an official gave."""
    stored: bytes
    """Canonical content."""
    chain: bytes

    @property
    def content(self) -> Content:
        """Return what this version says."""
        return parse_content(self.stored)


def chained(
    before: bytes, *, uscc: str, version: int, recorded_at: datetime, actor: str, because: str, stored: bytes
) -> bytes:
    """Return the chain value of a version that follows `before`."""
    head = _encode((uscc, version, to_micros(recorded_at), actor, because))
    return hashlib.sha256(b"%b%b\n%b" % (before, head, stored)).digest()


def check_chain(uscc: str, versions: Sequence[Version]) -> bytes:
    """Return the last chain value of an entity's versions, in order from 1. Raises HistoryBroken at the first fault."""
    before = GENESIS
    for number, version in enumerate(versions, start=1):
        if version.version != number or version.uscc != uscc:
            raise HistoryBroken(uscc=uscc, version=number, reason="missing or out of order")
        expected = chained(
            before,
            uscc=uscc,
            version=number,
            recorded_at=version.recorded_at,
            actor=version.actor,
            because=version.because,
            stored=version.stored,
        )
        if version.chain != expected:
            raise HistoryBroken(uscc=uscc, version=number, reason="the content is not what was chained")
        before = expected
    return before
