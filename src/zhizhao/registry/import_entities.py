"""Take in a registrar's whole file: one resumable process of many transactions.

It is a job, not a verb inside somebody's transaction: each chunk of rows is one transaction with its ledger entry and
its events. Stopped anywhere, it is simply run again: rows that were taken are found unchanged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.kernel.ids import time_ordered_id
from zhizhao.ledger.entry import new_entry
from zhizhao.registry.acts import acts_of
from zhizhao.registry.assess import assess
from zhizhao.registry.feed import Feed
from zhizhao.registry.intake.sift import Sifter
from zhizhao.registry.intake.source import Source
from zhizhao.registry.record import record
from zhizhao.registry.tally import Tally
from zhizhao.storage.database import Database
from zhizhao.storage.outbox import Outbox
from zhizhao.trust.sealing import Sealer

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.registry.store import RegistryStore

Progress = Callable[[int, int], None]
"""Told position and size of the source after every chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an import works with."""

    database: Database
    store: "RegistryStore"
    sealer: Sealer
    outbox: Outbox
    ledger: "LedgerStore"
    clock: Clock
    actor: Actor
    allow_older: bool = False
    """Take rows that are older than what is recorded, to put something right."""


async def import_entities(
    source: Source, sifter: Sifter, *, desk: Desk, name: str, digest: bytes, progress: Progress | None = None
) -> Tally:
    """Take the rows in and return what became of the drafts; the sifter has the other figures.

    When the file breaks off, what came before is taken all the same, and then IntakeRefused is raised; the time that
    the data are as of moves only when the file was read to its end. Raises ChangedMeanwhile.
    """
    feed = await _open(desk, name=name, digest=digest)
    tally = Tally()
    for drafts in sifter.chunks(source):
        if drafts:
            async with desk.database.write() as connection:
                one = await record(
                    connection,
                    drafts,
                    store=desk.store,
                    sealer=desk.sealer,
                    outbox=desk.outbox,
                    ledger=desk.ledger,
                    clock=desk.clock,
                    actor=desk.actor,
                    feed=str(feed.feed_id),
                    allow_older=desk.allow_older,
                )
            tally = _told(tally, one, sifter=sifter)
        if progress:
            progress(source.position, source.size)
    await _close(desk, feed, tally=tally, sifter=sifter)
    return tally


async def try_import(source: Source, sifter: Sifter, *, desk: Desk, progress: Progress | None = None) -> Tally:
    """Return what `import_entities` would do now; writes nothing."""
    tally = Tally()
    for drafts in sifter.chunks(source):
        if drafts:
            async with desk.database.read() as connection:
                found = await assess(
                    connection, drafts, store=desk.store, sealer=desk.sealer, allow_older=desk.allow_older
                )
                one = found.tally
            tally = _told(tally, one, sifter=sifter)
        if progress:
            progress(source.position, source.size)
    return tally


def _told(tally: Tally, one: Tally, *, sifter: Sifter) -> Tally:
    """Return the figures with a further chunk's, whose refusals are told at once and not gathered."""
    sifter.refuse(one.refused)
    return Tally(
        new=tally.new + one.new, changed=tally.changed + one.changed, unchanged=tally.unchanged + one.unchanged
    )


async def _open(desk: Desk, *, name: str, digest: bytes) -> Feed:
    async with desk.database.write() as connection:
        feed = Feed(
            feed_id=time_ordered_id(desk.clock),
            source=name,
            digest=digest,
            actor=f"{desk.actor.kind.value}:{desk.actor.id}",
            started_at=await desk.store.now(connection),
        )
        await desk.store.open_feed(connection, feed)
    return feed


async def _close(desk: Desk, feed: Feed, *, tally: Tally, sifter: Sifter) -> None:
    figures = {
        "changed": tally.changed,
        "new": tally.new,
        "rejected": sifter.rejected,
        "rows": sifter.rows,
        "unchanged": tally.unchanged,
    }
    entry = new_entry(
        desk.clock,
        act=acts_of(desk.actor).imported,
        actor=desk.actor,
        object_id=str(feed.feed_id),
        facts={**figures, "sha256": feed.digest.hex()},
    )
    async with desk.database.write() as connection:
        at = await desk.store.now(connection)
        await desk.store.close_feed(connection, feed, at=at, tally=msgspec.json.encode(figures).decode())
        if sifter.rows > sifter.rejected:
            await desk.store.set_as_of(connection, feed.started_at)
        await desk.ledger.append(connection, entry)
