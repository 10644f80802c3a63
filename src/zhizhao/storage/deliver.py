"""Deliver what the outbox keeps: after the commit, at least once, keyed by the event's id.

Deleting the event and its reactions are one transaction, so that a reaction that only writes to the store happens
exactly once. A reaction therefore does no other I/O (webhooks and messages are rows that their own job sends).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from zhizhao.kernel.clock import Clock
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.errors import CommitUnknown, StoreBusy, StoreUnreachable
from zhizhao.storage.outbox import Posted, claim, pending

AfterCommit = Callable[[Transaction, Posted], Awaitable[None]]
"""Reacts to one event in the delivering transaction; hearing the same event id twice must do no harm."""

log = structlog.get_logger("zhizhao.deliver")
LARGEST_BATCH = 200
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one pass did."""

    done: int
    failed: int
    """Events whose reaction failed; they stay and are tried again later, the others go past them."""


class Deliverer:
    """Delivers with the reactions that `app` lists; remembers in memory which events failed and when to try again."""

    def __init__(
        self,
        database: Database,
        reactions: Mapping[str, Sequence[AfterCommit]],
        *,
        clock: Clock,
        limit: int = LARGEST_BATCH,
    ) -> None:
        self._database = database
        self._reactions = reactions
        self._clock = clock
        self._limit = limit
        self._failed: dict[UUID, tuple[int, datetime]] = {}

    async def work(self) -> Delivered:
        """Do one pass: everything that is due. Raises StoreUnreachable, StoreBusy, CommitUnknown: nothing is lost."""
        done = failed = 0
        while True:
            batch = await self._due()
            count = await self._deliver(batch)
            done += count
            failed += len(batch) - count
            if len(batch) < self._limit:
                return Delivered(done=done, failed=failed)

    async def _due(self) -> list[Posted]:
        now = self._clock.now()
        waiting = [event_id for event_id, (_, due) in self._failed.items() if due > now]
        async with self._database.read() as connection:
            return await pending(connection, limit=self._limit, without=waiting)

    async def _deliver(self, batch: Sequence[Posted]) -> int:
        """Deliver a batch in one transaction, or one by one when something in it fails; return how many are done."""
        if not batch:
            return 0
        try:
            await self._react(batch)
        except (StoreUnreachable, StoreBusy, CommitUnknown):
            raise
        except Exception:
            if len(batch) > 1:
                return sum([await self._deliver([posted]) for posted in batch])
            log.exception("event-not-delivered", event_id=str(batch[0].event_id), kind=batch[0].kind)
            self._postpone(batch[0])
            return 0
        for posted in batch:
            self._failed.pop(posted.event_id, None)
        return len(batch)

    async def _react(self, batch: Sequence[Posted]) -> None:
        async with self._database.write() as connection:
            ours = await claim(connection, [posted.event_id for posted in batch])
            for posted in batch:
                if posted.event_id in ours:
                    for react in self._reactions.get(posted.kind, ()):
                        await react(connection, posted)

    def _postpone(self, posted: Posted) -> None:
        tries = self._failed.get(posted.event_id, (0, None))[0] + 1
        wait = min(FIRST_WAIT * 2 ** min(tries - 1, 16), LONGEST_WAIT)
        self._failed[posted.event_id] = (tries, self._clock.now() + wait)
