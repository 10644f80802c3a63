"""Lead or stand by: one process of an installation does the background work (HOUSE.md §2).

On PostgreSQL the leader holds a session-level advisory lock; when it dies, the lock is free and a standby leads. On SQLite
the one serving process leads.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from zhizhao.storage.database import Database

LOCK = 0x7A68697A  # "zhiz"
RETRY_SECONDS = 2.0


@asynccontextmanager
async def lead(database: Database, *, stop: asyncio.Event) -> AsyncIterator[bool]:
    """Wait until this process leads, then give True; give False when told to stop before that."""
    if database.is_sqlite:
        yield not stop.is_set()
        return
    async with database.session() as connection:
        while not stop.is_set():
            won = (await connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK})).scalar_one()
            await connection.commit()
            if won:
                try:
                    yield True
                finally:
                    await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
                    await connection.commit()
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RETRY_SECONDS)
        yield False
