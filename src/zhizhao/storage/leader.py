"""Lead or stand by: one process of an installation does the background work (HOUSE.md §2).

On PostgreSQL the leader holds a session-level advisory lock; when it dies, the lock is free and a standby leads. The
lock's connection is asked regularly: when it is lost, so is the lock, and the leader's work is told to end. On SQLite
the one serving process leads.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlalchemy import text

from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.errors import StoreBusy, StoreUnreachable
from zhizhao.storage.failure import FOREIGN

LOCK = 0x7A68697A  # "zhiz"
RETRY_SECONDS = 2.0
"""Between two tries to lead, and between two looks whether the lock is still ours."""


async def lead(
    database: Database,
    work: Callable[[asyncio.Event], Awaitable[None]],
    *,
    stop: asyncio.Event,
    retry_seconds: float = RETRY_SECONDS,
) -> None:
    """Stand by until this process leads, then do `work` until `stop`; when leadership is lost, stand by again.

    `work` gets an event that is set when it shall end: at `stop`, or when the lock is lost. It then finishes what it
    has begun; two leaders may overlap for that long, so that every job decides by one statement all the same.
    """
    while not stop.is_set():
        if database.is_sqlite:
            await work(stop)
            return
        with suppress(*FOREIGN, StoreUnreachable, StoreBusy):  # no server: stand by
            async with database.session() as connection:
                if await _won(connection):
                    await _lead(connection, work, stop=stop, retry_seconds=retry_seconds)
        await _pause(stop, retry_seconds)


async def _won(connection: Transaction) -> bool:
    won = (await connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK})).scalar_one()
    await connection.commit()
    return bool(won)


async def _lead(
    connection: Transaction,
    work: Callable[[asyncio.Event], Awaitable[None]],
    *,
    stop: asyncio.Event,
    retry_seconds: float,
) -> None:
    end = asyncio.Event()
    working = asyncio.ensure_future(work(end))
    try:
        while not working.done() and await _still_ours(connection):
            await _pause(stop, retry_seconds)
            if stop.is_set():
                break
    finally:
        end.set()
        await working
        await _give_up(connection)


async def _still_ours(connection: Transaction) -> bool:
    try:
        await connection.execute(text("SELECT 1"))
        await connection.commit()
    except FOREIGN:
        await connection.invalidate()
        return False
    return True


async def _give_up(connection: Transaction) -> None:
    """Free the lock; a session that was lost has lost it already."""
    if connection.invalidated:
        return
    with suppress(*FOREIGN):
        await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        await connection.commit()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
