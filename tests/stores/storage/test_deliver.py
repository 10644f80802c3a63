"""The outbox is delivered at least once, past bad events, and exactly once where the reaction only writes."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pytest
from sqlalchemy import text

from zhizhao.kernel.actor import SYSTEM
from zhizhao.kernel.clock import HeldClock
from zhizhao.kernel.events import Event
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.deliver import AfterCommit, Delivered, Deliverer
from zhizhao.storage.outbox import Outbox, Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWritten(Event):
    """A fact of the test."""

    kind: ClassVar[str] = "storage.note.written.v1"
    number: int


async def note(connection: Transaction, posted: Posted) -> None:
    """Write the event's number down; the primary key is absent on purpose, so that a double shows."""
    await connection.execute(text("INSERT INTO heard (number) VALUES (:n)"), {"n": posted.payload["number"]})


async def stumble(connection: Transaction, posted: Posted) -> None:
    """Write, then fail on 13."""
    await note(connection, posted)
    if posted.payload["number"] == 13:
        raise ZeroDivisionError


async def heard(database: Database) -> list[int]:
    """Return what was written down."""
    async with database.read() as connection:
        return list((await connection.execute(text("SELECT number FROM heard ORDER BY number"))).scalars())


@pytest.fixture
async def posted(database: Database, held_clock: HeldClock) -> Database:
    """Give a store with thirty events, 0 to 29."""
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE heard (number INTEGER NOT NULL)"))
        await Outbox(held_clock).append(connection, *(NoteWritten(actor=SYSTEM, number=n) for n in range(30)))
    return database


def deliverer(database: Database, clock: HeldClock, *reactions: AfterCommit, limit: int = 7) -> Deliverer:
    """Make a deliverer with reactions to the test's event."""
    by_kind: Mapping[str, Sequence[AfterCommit]] = {NoteWritten.kind: reactions}
    return Deliverer(database, by_kind, clock=clock, limit=limit)


class TestWork:
    """One pass."""

    async def test_everything_once(self, posted: Database, held_clock: HeldClock) -> None:
        """All events in one pass, and nothing in the next."""
        worker = deliverer(posted, held_clock, note)
        assert await worker.work() == Delivered(done=30, failed=0)
        assert await worker.work() == Delivered(done=0, failed=0)
        assert await heard(posted) == list(range(30))

    async def test_events_without_a_reaction_are_forgotten(self, posted: Database, held_clock: HeldClock) -> None:
        """Nobody listens: the outbox does not grow for ever."""
        assert (await Deliverer(posted, {}, clock=held_clock).work()).done == 30
        async with posted.read() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM outbox"))).scalar_one() == 0

    async def test_a_bad_event_holds_up_nobody(self, posted: Database, held_clock: HeldClock) -> None:
        """Its writes are undone, the others are delivered; it is tried again after a growing wait."""
        worker = deliverer(posted, held_clock, stumble)
        others = [n for n in range(30) if n != 13]
        assert await worker.work() == Delivered(done=29, failed=1)
        assert await heard(posted) == others
        assert await worker.work() == Delivered(done=0, failed=0)
        for wait in (1, 2, 4):
            held_clock.move(seconds=wait - 0.5)
            assert (await worker.work()).failed == 0
            held_clock.move(seconds=0.5)
            assert (await worker.work()).failed == 1
        held_clock.move(seconds=600)
        assert await deliverer(posted, held_clock, note).work() == Delivered(done=1, failed=0)
        assert await heard(posted) == list(range(30))

    async def test_two_at_once_write_once(self, posted: Database, held_clock: HeldClock) -> None:
        """Two processes deliver the same outbox: claiming is one statement, nothing is heard twice."""
        workers = [deliverer(posted, held_clock, note) for _ in range(3)]
        await asyncio.gather(*(worker.work() for worker in workers))
        assert await heard(posted) == list(range(30))

    async def test_interrupted_is_heard_again(self, posted: Database, held_clock: HeldClock) -> None:
        """A delivery that is cut off before its commit leaves the event for the next pass."""
        reached = asyncio.Event()

        async def hang(connection: Transaction, event: Posted) -> None:
            await note(connection, event)
            reached.set()
            await asyncio.sleep(60)

        task = asyncio.create_task(deliverer(posted, held_clock, hang).work())
        await reached.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await heard(posted) == []
        assert (await deliverer(posted, held_clock, note).work()).done == 30
