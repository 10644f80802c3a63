"""One store, SQLite or PostgreSQL: where transactions come from and what time the store says it is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from zhizhao.kernel.clock import MICROSECOND, from_micros
from zhizhao.storage.engine import UNSURE, postgresql_engine, sqlite_engine
from zhizhao.storage.errors import CommitUnknown, UnsafeStore
from zhizhao.storage.failure import FOREIGN, is_definite, raise_named
from zhizhao.storage.glance import Glance, PostgresqlGlance, SqliteGlance
from zhizhao.storage.hot import HotStore, PostgresqlHot, SqliteHot
from zhizhao.storage.uncancelled import uncancelled

# SQLite of Debian 12 is 3.40, where unixepoch('subsec') is NULL without an error (SECURITY.md §3.3).
NOW_SQL = {
    "sqlite": "cast(round((julianday('now') - 2440587.5) * 86400000000.0) as integer)",
    "postgresql": "(extract(epoch from clock_timestamp()) * 1000000)::bigint",
}


Transaction = AsyncConnection
"""What verbs are handed: a connection inside the caller's transaction. They never commit it."""


class Database:
    """Hands out transactions; `write()` serialises the writers of one SQLite process by a lock, not by busy waiting."""

    def __init__(self, url: str, *, offset: timedelta = timedelta(0)) -> None:
        parsed = make_url(url)
        self.kind = parsed.get_backend_name()
        if self.kind not in NOW_SQL:
            raise UnsafeStore(reason="database_url: sqlite+aiosqlite or postgresql+asyncpg", found=self.kind)
        self.url = parsed
        self.offset_micros = offset // MICROSECOND
        self._writing = asyncio.Lock()
        self.hot: HotStore
        if self.kind == "sqlite":
            self._writer = sqlite_engine(parsed, writes=True, size=1)
            self._reader = sqlite_engine(parsed, writes=False, size=4)
            self.hot = SqliteHot(str(parsed.database), self._writing)
            self.glance: Glance = SqliteGlance(str(parsed.database))
        else:
            self._writer = self._reader = postgresql_engine(parsed, size=4)
            dsn = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
            self.hot = PostgresqlHot(dsn)
            self.glance = PostgresqlGlance(dsn)

    @property
    def is_sqlite(self) -> bool:
        """Say whether the store is the embedded one."""
        return self.kind == "sqlite"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open one writing transaction; commit at its end.

        Raises CommitUnknown when COMMIT lost its connection, else with nothing kept StoreUnreachable, StoreBusy,
        StoreConflict, StoreFull.
        """
        if self.is_sqlite:
            async with self._writing, self._transaction() as connection:
                yield connection
        else:
            async with self._transaction() as connection:
                yield connection

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        connection = await _begun(self._writer)
        try:
            try:
                yield connection
            except BaseException as failure:
                await uncancelled(_roll_back(connection))
                if isinstance(failure, DBAPIError):
                    raise_named(failure)
                raise
            await uncancelled(_commit(connection))
        finally:
            await uncancelled(connection.close())

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open one reading transaction; nothing it does is kept. Raises StoreUnreachable, StoreBusy."""
        connection = await _begun(self._reader)
        try:
            yield connection
        except DBAPIError as failure:
            raise_named(failure)
        finally:
            await uncancelled(_roll_back(connection))
            await uncancelled(connection.close())

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection outside any transaction, for locks that last as long as it does."""
        connection = self._writer.connect()
        try:
            await uncancelled(_start(connection))
            yield connection
        finally:
            if connection.sync_connection is not None:
                await uncancelled(connection.close())

    def now_sql(self) -> str:
        """Return SQL for the store's present moment in microseconds, with the tests' offset (0 in production)."""
        return f"({NOW_SQL[self.kind]} + {self.offset_micros})" if self.offset_micros else NOW_SQL[self.kind]

    def now_column(self) -> ColumnElement[int]:
        """Return the same as a column expression."""
        return literal_column(self.now_sql())

    async def now(self, connection: AsyncConnection) -> datetime:
        """Ask the store for the present moment, UTC; expiry and “as of” come from here. Raises UnsafeStore."""
        micros = (await connection.execute(select(self.now_column()))).scalar_one()
        if micros is None:
            raise UnsafeStore(reason="the store does not tell the time")
        return from_micros(int(micros))

    async def close(self) -> None:
        """Close every connection."""
        await self.hot.close()
        await self.glance.close()
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


async def _begun(engine: AsyncEngine) -> AsyncConnection:
    """Return a connection inside a transaction. Raises StoreUnreachable, StoreBusy."""
    connection = engine.connect()
    try:
        await uncancelled(_begin(connection))
    except BaseException as failure:
        if connection.sync_connection is not None:
            await uncancelled(connection.close())
        if isinstance(failure, FOREIGN):
            raise_named(failure)
        raise
    return connection


async def _start(connection: AsyncConnection) -> None:
    await connection.start()


async def _begin(connection: AsyncConnection) -> None:
    """Take a connection and begin; to its end, because a connection taken and then forgotten never comes back."""
    await connection.start()
    await connection.begin()


async def _roll_back(connection: AsyncConnection) -> None:
    """Roll back; a connection that cannot even do that is thrown away, and the first failure stays the one told."""
    try:
        await connection.rollback()
    except FOREIGN:
        await connection.invalidate()


async def _commit(connection: AsyncConnection) -> None:
    connection.info.pop(UNSURE, None)
    try:
        await connection.commit()
    except FOREIGN as failure:
        await connection.invalidate()  # SQLite stays inside the transaction whose COMMIT failed
        if is_definite(failure):
            raise_named(failure)
        raise CommitUnknown(during="request") from failure
    if warning := connection.info.pop(UNSURE, None):
        raise CommitUnknown(during="request", warning=warning)
