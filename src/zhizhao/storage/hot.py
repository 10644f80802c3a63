"""Driver connections for the hot paths: asyncpg, or one SQLite connection in its own thread.

Arguments are positional: `$1` on PostgreSQL, `?1` on SQLite. Rows are tuples in the order of the statement. A slice's
`store.py` writes one function with two bodies where the engines differ (SECURITY.md §3.1).
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

import asyncpg

from zhizhao.storage.engine import POSTGRESQL_SETTINGS, UNSURE, note_unsure, set_up_sqlite
from zhizhao.storage.errors import CommitUnknown
from zhizhao.storage.failure import FOREIGN, is_definite, raise_named
from zhizhao.storage.uncancelled import uncancelled

_TRIES = 3
"""Connections to try before the store counts as unreachable; only before the first statement."""
Row = Sequence[Any]


class HotConnection(Protocol):
    """A connection inside one transaction that a batch owns."""

    is_sqlite: bool

    async def fetch(self, sql: str, *args: object) -> Sequence[Row]:
        """Run one statement, return its rows."""

    async def fetch_each(self, sql: str, argsets: Sequence[Sequence[object]]) -> list[Sequence[Row]]:
        """Run one statement once per set of arguments, in order; return the rows of each."""

    async def put(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows, all or none: COPY on PostgreSQL, which costs a third less than INSERT there."""


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

    async def put(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows in one visit to the thread."""
        places = ",".join("?" * len(columns))
        await self._run(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({places})", rows)  # noqa: S608 own names

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[HotConnection]:
        """Open a BEGIN IMMEDIATE transaction; commit at the end, never cancelled; roll back on an exception."""
        async with self._writing:
            try:
                await uncancelled(self.fetch("BEGIN IMMEDIATE"))
                yield self
            except BaseException as failure:
                await uncancelled(self._roll_back())
                if isinstance(failure, sqlite3.Error):
                    raise_named(failure)
                raise
            await uncancelled(self._commit())

    async def _commit(self) -> None:
        try:
            await self.fetch("COMMIT")
        except sqlite3.Error as failure:
            await self._roll_back()
            if is_definite(failure):
                raise_named(failure)
            raise CommitUnknown(during="batch") from failure

    async def _roll_back(self) -> None:
        """Leave the transaction, if there is one: a full disk may have ended it already."""

        def work() -> None:
            if self._connection is not None and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

        await asyncio.get_running_loop().run_in_executor(self._thread, work)

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

    async def put(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows by COPY in its binary form."""
        await self._connection.copy_records_to_table(table, columns=columns, records=rows)


class PostgresqlHot:
    """Two connections of this worker, for batches only."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._pool: Any = None
        self._opening = asyncio.Lock()

    async def _opened(self) -> Any:
        async with self._opening:
            if self._pool is None:
                try:
                    self._pool = await asyncpg.create_pool(
                        self._dsn,
                        min_size=2,
                        max_size=2,
                        max_inactive_connection_lifetime=45,
                        reset=_keep,
                        server_settings=POSTGRESQL_SETTINGS,
                        target_session_attrs="read-write",
                    )
                except FOREIGN as failure:
                    raise_named(failure)
        return self._pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[HotConnection]:
        """Open a transaction; commit at the end, never cancelled; a connection lost in COMMIT is unknown."""
        pool = self._pool or await self._opened()
        connection = await _begun(pool)
        try:
            try:
                yield _PostgresqlConnection(connection)
            except BaseException as failure:
                await uncancelled(_roll_back(connection))
                if isinstance(failure, asyncpg.PostgresError | asyncpg.InterfaceError):
                    raise_named(failure)
                raise
            await uncancelled(_commit(connection))
        finally:
            await uncancelled(pool.release(connection))

    async def close(self) -> None:
        """Give the connections back."""
        if self._pool is not None:
            await self._pool.close()


async def _begun(pool: Any) -> Any:
    """Return a connection inside a transaction; one that died idle is replaced. Raises StoreUnreachable."""
    for tries_left in reversed(range(_TRIES)):
        try:
            connection = await pool.acquire()
        except FOREIGN as failure:
            raise_named(failure)
        try:
            await uncancelled(connection.execute("BEGIN"))
        except FOREIGN as failure:
            await uncancelled(pool.release(connection))
            if not tries_left:
                raise_named(failure)
        except BaseException:
            await uncancelled(_roll_back(connection))
            await uncancelled(pool.release(connection))
            raise
        else:
            return connection
    raise AssertionError  # the last try returns or raises


async def _roll_back(connection: Any) -> None:
    """Roll back; a connection that cannot even do that is closed, and the first failure stays the one told."""
    try:
        await connection.execute("ROLLBACK")
    except FOREIGN:
        _terminate(connection)


async def _commit(connection: Any) -> None:
    notes: dict[Any, Any] = {}

    def listener(_: object, message: object) -> None:
        note_unsure(message, notes)

    connection.add_log_listener(listener)
    try:
        await connection.execute("COMMIT")
    except FOREIGN as failure:
        if is_definite(failure):
            raise_named(failure)
        _terminate(connection)
        raise CommitUnknown(during="batch") from failure
    finally:
        with suppress(asyncpg.InterfaceError):  # the pool has taken a broken connection away already
            connection.remove_log_listener(listener)
    if notes:
        raise CommitUnknown(during="batch", warning=notes[UNSURE])


def _terminate(connection: Any) -> None:
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


async def _keep(_connection: object) -> None:
    """Reset nothing between batches: they leave no session state, and a reset is one more round trip each."""
