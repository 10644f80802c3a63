"""A glance: one reading statement without a transaction round it, for pages that anybody may ask (PERFORMANCE.md P10).

One statement sees one moment by itself. It goes to the driver as compiled text, over connections of its own, so that
no visitor of a public page waits in the line of those who work, nor they behind a visitor. Values come in stored form.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import asyncpg
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg as postgresql

from zhizhao.storage.engine import POSTGRESQL_SETTINGS, set_up_sqlite
from zhizhao.storage.failure import FOREIGN, raise_named
from zhizhao.storage.uncancelled import uncancelled

CONNECTIONS = 2
"""Of a worker on PostgreSQL; opened when the first page is asked."""
Rows = Sequence[Sequence[Any]]


class Glance(Protocol):
    """Runs one reading statement."""

    async def __call__(self, statement: Select[Any], **values: object) -> Rows:
        """Return the rows. Raises StoreUnreachable, StoreBusy."""

    async def close(self) -> None:
        """Close the connections."""


class _Compiler:
    """Compiles each statement once; statements live as long as the program."""

    def __init__(self, dialect: Any) -> None:
        self._dialect = dialect
        self._known: dict[Select[Any], tuple[str, Any]] = {}

    def spell(self, statement: Select[Any], values: dict[str, object]) -> tuple[str, list[object]]:
        """Return the text and the arguments in their places."""
        known = self._known.get(statement)
        if known is None:
            made: Any = statement.compile(dialect=self._dialect)
            known = self._known[statement] = str(made), made
        text, compiled = known
        filled = compiled.construct_params(values)
        return text, [filled[name] for name in compiled.positiontup]


class SqliteGlance:
    """One connection that cannot write, in a thread of its own."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._compiler = _Compiler(sqlite.dialect())
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-glance")
        self._connection: sqlite3.Connection | None = None

    async def __call__(self, statement: Select[Any], **values: object) -> Rows:
        """Return the rows of a statement. Raises StoreUnreachable, StoreBusy."""
        text, arguments = self._compiler.spell(statement, values)
        try:
            return await self._ask(text, arguments)
        except sqlite3.Error as failure:
            raise_named(failure)

    async def _ask(self, text: str, arguments: Sequence[Any]) -> Rows:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, text, arguments)

    def _work(self, text: str, arguments: Sequence[Any]) -> Rows:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, isolation_level=None)
            set_up_sqlite(self._connection)
            self._connection.execute("PRAGMA query_only=ON").close()
        return self._connection.execute(text, arguments).fetchall()

    async def close(self) -> None:
        """Close the connection in its own thread and end the thread."""

        def work() -> None:
            if self._connection is not None:
                self._connection.close()

        await asyncio.get_running_loop().run_in_executor(self._thread, work)
        self._thread.shutdown()


class PostgresqlGlance:
    """A small pool without pings: what died idle is noticed by its statement, which is then asked anew."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._compiler = _Compiler(postgresql.dialect())  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped
        self._pool: Any = None
        self._opening = asyncio.Lock()

    async def _opened(self) -> Any:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._dsn,
                    min_size=0,
                    max_size=CONNECTIONS,
                    max_inactive_connection_lifetime=45,  # HAProxy's idle timeout, SECURITY.md §9
                    reset=_keep,
                    server_settings=POSTGRESQL_SETTINGS,
                    target_session_attrs="read-write",  # never the old leader, SECURITY.md §9
                )
        return self._pool

    async def __call__(self, statement: Select[Any], **values: object) -> Rows:
        """Return the rows of a statement; a lost connection is replaced. Raises StoreUnreachable, StoreBusy."""
        text, arguments = self._compiler.spell(statement, values)
        for tries_left in reversed(range(CONNECTIONS + 1)):
            try:
                return await uncancelled(self._ask(text, arguments))
            except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as failure:
                if not tries_left:
                    raise_named(failure)
            except FOREIGN as failure:
                raise_named(failure)
        raise AssertionError  # pragma: no cover - the last try returns or raises

    async def _ask(self, text: str, arguments: Sequence[object]) -> Rows:
        pool = self._pool or await self._opened()
        connection = await pool.acquire()
        try:
            rows: Rows = await connection.fetch(text, *arguments)
            return rows
        finally:
            await pool.release(connection)

    async def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await self._pool.close()


async def _keep(_connection: object) -> None:
    """Reset nothing: a reading statement leaves no session state, and a reset is one more round trip."""
