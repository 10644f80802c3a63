"""Background work of an installation, done by the one worker that leads (HOUSE.md §2: units of work)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from zhizhao.app.nightly import Nightly
from zhizhao.app.parts import Parts
from zhizhao.app.trouble import Trouble
from zhizhao.app.uploads.folder import UploadFolder
from zhizhao.kernel.actor import SYSTEM
from zhizhao.ledger.keeper import Keeper
from zhizhao.ledger.witness import FileWitness
from zhizhao.licence.issue_pending import issue_pending
from zhizhao.licence.life import Cause
from zhizhao.staff.counter.store import CounterStore
from zhizhao.storage.deliver import AfterCommit, Deliverer

log = structlog.get_logger("zhizhao.jobs")
TICKET_KEEP = timedelta(days=1)
"""How long a spent or expired ticket stays, so that a second scan hears “used” or “expired”, not “unknown”."""
BOOK_KEEP = timedelta(days=183)
"""How long a counter's own book stays: six months; presentations and the ledger have their own terms."""


AFTER_COMMIT: Mapping[str, Sequence[AfterCommit]] = {}
"""Reactions after the commit by event kind, in floor order: oversight and notice will stand here (HOUSE.md §2). An
event without one is forgotten once it was delivered to nobody."""


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of background work."""

    name: str
    every_seconds: float
    work: Callable[[], Awaitable[Any]]


def jobs(parts: Parts) -> list[Job]:
    """Return the jobs of an installation."""
    return [
        Job("seal", parts.settings.seal_seconds, keeper_of(parts).work),
        Job("issue", 1.0, lambda: issue(parts)),
        Job("deliver", 1.0, Deliverer(parts.database, AFTER_COMMIT, clock=parts.clock).work),
        Job("forget", 60, lambda: forget(parts)),
        Job("nightly", 60, Nightly(parts).work),
    ]


def keeper_of(parts: Parts) -> Keeper:
    """Return who seals the installation's ledger and shows its heads to the outside witness."""
    witness = FileWitness(parts.settings.witness_path())
    return Keeper(parts.database, store=parts.ledger, keys=parts.keys, witness=witness, clock=parts.clock)


async def issue(parts: Parts) -> None:
    """Bring licences to what the register says now: what an import brought is issued within seconds (art. 6).

    Raises LedgerUnwitnessed: some wait, and are made by themselves when the witness is back.
    """
    office = parts.office
    done = await issue_pending(parts.database, cause=Cause(actor=SYSTEM), office=office, registry=parts.registry)
    if done.waits_for:
        raise done.waits_for


async def forget(parts: Parts) -> None:
    """Delete what has passed its term: tickets, idempotency keys, seen proofs, ended sessions, old books, uploads."""
    async with parts.database.write() as connection:
        now = await parts.database.now(connection)
        await parts.presentations.forget_tickets(connection, before=now - TICKET_KEEP)
        await parts.presentations.forget_keys(connection, now=now)
        await parts.wallets.forget(connection)
        await CounterStore().forget_scans(connection, before=now - BOOK_KEEP)
    await asyncio.to_thread(UploadFolder(parts.settings.data_path()).forget, parts.clock.now())


async def run(job: Job, *, stop: asyncio.Event, failed: Callable[[str], None] = lambda _job: None) -> None:
    """Repeat one job until told to stop; a failure is told to `failed` and tried again at the next turn.

    The log has the first failure of a kind with its traceback, then one line a minute, then that the job works again.
    """
    trouble = Trouble(job.name)
    while not stop.is_set():
        try:
            await job.work()
        except Exception as failure:  # noqa: BLE001 whatever it is, the next turn is another try
            failed(job.name)
            trouble.met(failure)
        else:
            trouble.over()
        try:
            await asyncio.wait_for(stop.wait(), job.every_seconds)
        except TimeoutError:
            continue
