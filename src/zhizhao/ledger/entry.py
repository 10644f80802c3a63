"""An entry of the ledger: who did what, in which capacity, for whom, on which object, with what result and why.

Wire format, version 1. The body is canonical JSON (RFC 8785: keys sorted, no white space, UTF-8; numbers are integers
only). A new key or another meaning is a new version; every version ever written must still be read. The body holds
internal ids and salted commitments, never a name, an ID number, a phone number or a presentation code.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock, from_micros, to_micros
from zhizhao.kernel.ids import time_ordered_id
from zhizhao.ledger.act import Act
from zhizhao.ledger.errors import EntryMalformed
from zhizhao.ledger.tree import leaf_hash

VERSION = 1
KEYS = frozenset({"act", "actor", "at", "because", "capacity", "facts", "for", "id", "object", "result", "v"})
LARGEST_INTEGER = 2**53 - 1  # RFC 8785 §3.2.2.3: beyond it a reader with doubles sees another number
_PLAIN = frozenset({str, bool})
"""Types that need no further look; asking for them first spares the hot path the slow abstract checks."""
NO_FACTS: Mapping[str, Any] = MappingProxyType({})

_sha256 = hashlib.sha256
_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry; `new_entry` and `parse_entry` alone build it, so that `body` and `leaf_hash` agree with the rest."""

    entry_id: UUID
    """UUIDv7, time-ordered."""
    at: datetime
    """UTC, by the clock of the process that acted."""
    act: Act
    actor: Actor
    capacity: str
    """The role in which the actor acted (`counter_clerk`, `legal_representative`, …); empty: none."""
    on_behalf_of: str | None
    """USCC or client id for which the actor acted."""
    object_id: str
    """What was acted on: an internal or public id, or a USCC."""
    result: str
    """`ok`, or the code of the refusal."""
    because: str | None
    """Why, as a code or an internal reference; no free text about persons."""
    facts: Mapping[str, Any]
    """Further facts: text, integers, booleans, null, lists and objects of these."""
    body: bytes
    """Canonical JSON."""
    leaf_hash: bytes
    """SHA-256 of 0x00 and the body, RFC 6962 §2.1."""


def new_entry(
    clock: Clock,
    *,
    act: Act,
    actor: Actor,
    object_id: str,
    result: str = "ok",
    because: str | None = None,
    facts: Mapping[str, Any] = NO_FACTS,
    capacity: str = "",
    on_behalf_of: str | None = None,
) -> Entry:
    """Return a new entry, stamped with the clock's time. Raises EntryMalformed."""
    if facts:
        require_canonical(facts)
    entry_id = time_ordered_id(clock)
    at = clock.now()
    body = _encode(
        {
            "act": act.value,
            "actor": f"{actor.kind.value}:{actor.id}",
            "at": to_micros(at),
            "because": because,
            "capacity": capacity,
            "facts": facts if type(facts) is dict else dict(facts),
            "for": on_behalf_of,
            "id": entry_id.hex,
            "object": object_id,
            "result": result,
            "v": VERSION,
        }
    )
    return Entry(
        entry_id=entry_id,
        at=at,
        act=act,
        actor=actor,
        capacity=capacity,
        on_behalf_of=on_behalf_of,
        object_id=object_id,
        result=result,
        because=because,
        facts=facts,
        body=body,
        leaf_hash=_sha256(b"\x00" + body).digest(),
    )


def parse_entry(body: bytes) -> Entry:
    """Return the entry that a stored body says. Raises EntryMalformed: not canonical, another version, unknown key."""
    try:
        raw = _decode(body)
        if raw.get("v") != VERSION or raw.keys() != KEYS or _encode(raw) != body:
            raise EntryMalformed(reason="not an entry of version 1 in canonical form")
        kind, _, actor_id = raw["actor"].partition(":")
        return Entry(
            entry_id=UUID(hex=raw["id"]),
            at=from_micros(raw["at"]),
            act=Act(raw["act"]),
            actor=Actor(ActorKind(kind), actor_id),
            capacity=raw["capacity"],
            on_behalf_of=raw["for"],
            object_id=raw["object"],
            result=raw["result"],
            because=raw["because"],
            facts=raw["facts"],
            body=body,
            leaf_hash=leaf_hash(body),
        )
    except (msgspec.DecodeError, ValueError, AttributeError, TypeError, OverflowError) as cause:
        raise EntryMalformed(reason=str(cause)) from cause


def require_canonical(facts: Mapping[str, Any]) -> None:
    """Check that facts have one canonical form: ASCII keys, no floats, integers within 2^53. Raises EntryMalformed."""
    for key, value in facts.items():
        if not (isinstance(key, str) and key.isascii()):
            raise EntryMalformed(reason="a fact's key is ASCII text", key=key)
        _require_value(value, key=key)


def _require_value(value: object, *, key: str) -> None:
    if value is None or type(value) in _PLAIN or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise EntryMalformed(reason="an integer beyond 2^53", key=key)
    elif isinstance(value, list | tuple):
        for item in value:
            if type(item) not in _PLAIN:
                _require_value(item, key=key)
    elif isinstance(value, Mapping):
        require_canonical(value)
    else:
        raise EntryMalformed(reason="a fact is text, integer, boolean, null, list or object", key=key)


__all__ = ["NO_FACTS", "VERSION", "Act", "Entry", "leaf_hash", "new_entry", "parse_entry", "require_canonical"]
