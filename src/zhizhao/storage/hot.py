"""Driver connections for the hot paths: asyncpg, or one SQLite connection in its own thread.

Arguments are positional: `$1` on PostgreSQL, `?1` on SQLite. Rows are tuples in the order of the statement. A slice's
`store.py` writes one function with two bodies where the engines differ (SECURITY.md §3.1).
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Protocol

import asyncpg

from zhizhao.storage.engine import POSTGRESQL_SETTINGS, set_up_sqlite
from zhizhao.storage.errors import CommitUnknown

Row = Sequence[Any]


class HotConnection(Protocol):
    """A connection inside one transaction that a batch owns."""

    is_sqlite: bool

    async def fetch(self, sql: str, *args: object) -> Sequence[Row]:
        """Run one statement, return its rows."""

    async def fetch_each(self, sql: str, argsets: Sequence[Sequence[object]]) -> list[Sequence[Row]]:
        """Run one statement once per set of arguments, in order; return the rows of each."""


class HotStore(Protocol):
    """Gives transactions to batches."""

    def transaction(self) -> Any:
        """Return an async context manager of a HotConnection; commits at its end. Raises CommitUnknown."""

    async def close(self) -> None:
        """Give the connections back."""


class SqliteHot:
    """The one connection of the writer thread; its transactions take the process's writer lock."""

    is_sqlite = True

    def __init__(self, path: str, writing: asyncio.Lock) -> None:
        self._path = path
        self._writing = writing
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        self._connection: sqlite3.Connection | None = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, isolation_level=None, cached_statements=256)
            set_up_sqlite(self._connection)
        return self._connection

    async def _run(self, sql: str, argsets: Sequence[Sequence[object]]) -> list[Sequence[Row]]:
        def work() -> list[Sequence[Row]]:
            connection = self._open()
            return [connection.execute(sql, tuple(args)).fetchall() for args in argsets]

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def fetch(self, sql: str, *args: object) -> Sequence[Row]:
        """Run one statement, return its rows."""
        return (await self._run(sql, [args]))[0]

    async def fetch_each(self, sql: str, argsets: Sequence[Sequence[object]]) -> list[Sequence[Row]]:
        """Run one statement per set of arguments in one visit to the thread."""
        return await self._run(sql, argsets)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[HotConnection]:
        """Open a BEGIN IMMEDIATE transaction; commit at the end, roll back on an exception."""
        async with self._writing:
            await self.fetch("BEGIN IMMEDIATE")
            try:
                yield self
            except BaseException:
                await asyncio.shield(self.fetch("ROLLBACK"))
                raise
            await asyncio.shield(self.fetch("COMMIT"))

    async def close(self) -> None:
        """Close the connection in its own thread and end the thread."""

        def work() -> None:
            if self._connection is not None:
                self._connection.close()

        await asyncio.get_running_loop().run_in_executor(self._thread, work)
        self._thread.shutdown()


class _PostgresqlConnection:
    """One asyncpg connection inside its transaction."""

    is_sqlite = False

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, sql: str, *args: object) -> Sequence[Row]:
        """Run one prepared statement, return its rows."""
        rows: Sequence[Row] = await self._connection.fetch(sql, *args)
        return rows

    async def fetch_each(self, sql: str, argsets: Sequence[Sequence[object]]) -> list[Sequence[Row]]:
        """Run one prepared statement per set of arguments."""
        return [await self._connection.fetch(sql, *args) for args in argsets]


class PostgresqlHot:
    """Two connections of this worker, for batches only."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._pool: Any = None
        self._opening = asyncio.Lock()

    async def _opened(self) -> Any:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._dsn,
                    min_size=2,
                    max_size=2,
                    max_inactive_connection_lifetime=45,
                    server_settings=POSTGRESQL_SETTINGS,
                )
        return self._pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[HotConnection]:
        """Open a transaction; commit at the end, never cancelled; a connection lost in COMMIT is unknown."""
        pool = self._pool or await self._opened()
        async with pool.acquire() as connection:
            await connection.execute("BEGIN")
            try:
                yield _PostgresqlConnection(connection)
            except BaseException:
                if not connection.is_closed():
                    await asyncio.shield(connection.execute("ROLLBACK"))
                raise
            try:
                await asyncio.shield(connection.execute("COMMIT"))
            except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as cause:
                raise CommitUnknown(during="batch") from cause

    async def close(self) -> None:
        """Give the connections back."""
        if self._pool is not None:
            await self._pool.close()
