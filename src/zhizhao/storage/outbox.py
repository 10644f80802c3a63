"""Facts that leave a transaction: appended with the act, reacted to in the same transaction and after it.

`app` gives two lists of reactions by event kind. Same-transaction reactions run at once, in the order given (floor
order). The others are delivered at least once after COMMIT by `deliver`, keyed by the event's id.
"""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from zhizhao.kernel.clock import Clock, to_micros
from zhizhao.kernel.events import Event
from zhizhao.kernel.ids import time_ordered_id
from zhizhao.storage.schema import Bytes, Moment, String, metadata
from zhizhao.storage.sqltext import insert_many

OUTBOX = Table(
    "outbox",
    metadata,
    Column("event_id", Bytes(16), primary_key=True),
    Column("kind", String, nullable=False),
    Column("payload", String, nullable=False),
    Column("occurred_at", Moment, nullable=False),
)

_encode = msgspec.json.encode
InTransaction = Callable[[AsyncConnection, Sequence[Event]], Awaitable[None]]
"""Reacts to all events of one kind that were appended together, inside their transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """An event as the outbox keeps it, for reactions after the commit."""

    event_id: UUID
    kind: str
    payload: Mapping[str, Any]


class Outbox:
    """Appends events inside a transaction."""

    def __init__(
        self,
        clock: Clock,
        reactions: Mapping[str, Sequence[InTransaction]] | None = None,
    ) -> None:
        self._clock = clock
        self._reactions = {} if reactions is None else reactions

    async def append(self, connection: AsyncConnection, *events: Event) -> None:
        """Keep the events and run their same-transaction reactions, all in the caller's transaction."""
        if not events:
            return
        at = to_micros(self._clock.now())
        rows = [
            (time_ordered_id(self._clock).bytes, event.kind, _encode(event.payload()).decode(), at) for event in events
        ]
        await insert_many(connection, OUTBOX, columns=("event_id", "kind", "payload", "occurred_at"), rows=rows)
        together: dict[str, list[Event]] = {}
        for event in events:
            together.setdefault(event.kind, []).append(event)
        for kind, alike in together.items():
            for react in self._reactions.get(kind, ()):
                await react(connection, alike)


async def pending(connection: AsyncConnection, *, limit: int = 200, without: Collection[UUID] = ()) -> list[Posted]:
    """Return the oldest events that were not yet delivered, leaving out those `without`."""
    wanted = select(OUTBOX.c.event_id, OUTBOX.c.kind, OUTBOX.c.payload).order_by(OUTBOX.c.event_id).limit(limit)
    if without:
        wanted = wanted.where(OUTBOX.c.event_id.not_in([i.bytes for i in without]))
    rows = await connection.execute(wanted)
    return [Posted(event_id=UUID(bytes=i), kind=kind, payload=json.loads(payload)) for i, kind, payload in rows]


async def claim(connection: AsyncConnection, event_ids: Sequence[UUID]) -> set[UUID]:
    """Take events out in the transaction of their reactions; return those that nobody else took before."""
    taken = delete(OUTBOX).where(OUTBOX.c.event_id.in_([i.bytes for i in event_ids])).returning(OUTBOX.c.event_id)
    return {UUID(bytes=i) for i in (await connection.execute(taken)).scalars()}
