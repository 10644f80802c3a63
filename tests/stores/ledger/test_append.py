"""Entries are appended with the act, and nothing takes them back."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from zhizhao.kernel.actor import SYSTEM
from zhizhao.kernel.clock import HeldClock
from zhizhao.ledger.entry import Act, Entry, new_entry, parse_entry
from zhizhao.ledger.store import LedgerStore
from zhizhao.storage.database import Database


def entry(clock: HeldClock, number: int = 0) -> Entry:
    """Make an entry."""
    return new_entry(
        clock, act=Act.OPERATOR_BACKUP_MADE, actor=SYSTEM, object_id=f"object-{number}", facts={"n": number}
    )


async def count(database: Database, table: str) -> int:
    """Count a table's rows."""
    async with database.read() as connection:
        statement = f"SELECT count(*) FROM {table}"  # noqa: S608 the test's own names
        return int((await connection.execute(text(statement))).scalar_one())


async def bodies(database: Database) -> list[bytes]:
    """Read the bodies in order."""
    async with database.read() as connection:
        rows = await connection.execute(text("SELECT body FROM ledger_entry ORDER BY entry_id"))
        return [bytes(row[0]) for row in rows]


class TestAppend:
    """Both ways in keep the same bytes, in the caller's transaction."""

    async def test_core_and_hot_keep_the_same(self, database: Database, held_clock: HeldClock) -> None:
        """What goes in through either connection comes out byte for byte and waits for its leaf number."""
        store = LedgerStore(database)
        first = [entry(held_clock, n) for n in range(3)]
        held_clock.move(seconds=1)
        second = [entry(held_clock, n) for n in range(3, 7)]
        async with database.write() as connection:
            await store.append(connection, *first)
        async with database.hot.transaction() as hot:
            await store.append_hot(hot, second)
        assert sorted(await bodies(database)) == sorted(e.body for e in first + second)
        assert {parse_entry(b).object_id for b in await bodies(database)} == {f"object-{n}" for n in range(7)}
        assert await count(database, "ledger_waiting") == 7

    async def test_rolled_back_with_the_act(self, database: Database, held_clock: HeldClock) -> None:
        """An act that fails leaves no entry."""
        store = LedgerStore(database)

        async def fail_core() -> None:
            async with database.write() as connection:
                await store.append(connection, entry(held_clock))
                raise ZeroDivisionError

        async def fail_hot() -> None:
            async with database.hot.transaction() as hot:
                await store.append_hot(hot, [entry(held_clock)])
                raise ZeroDivisionError

        for fail in (fail_core, fail_hot):
            with pytest.raises(ZeroDivisionError):
                await fail()
        assert await count(database, "ledger_entry") == await count(database, "ledger_waiting") == 0

    async def test_nothing_appended_is_nothing_done(self, database: Database) -> None:
        """No entries, no statement."""
        store = LedgerStore(database)
        async with database.write() as connection:
            await store.append(connection)
        async with database.hot.transaction() as hot:
            await store.append_hot(hot, [])
        assert await count(database, "ledger_entry") == 0


class TestAppendOnly:
    """The triggers refuse every way of changing a row."""

    STATEMENTS = (
        "UPDATE ledger_entry SET body = leaf_hash",
        "DELETE FROM ledger_entry",
        "DELETE FROM ledger_leaf",
        "UPDATE ledger_leaf SET number = number + 1",
        "DELETE FROM ledger_tile",
        "UPDATE ledger_tile SET root = hashes",
        "DELETE FROM ledger_head",
        "UPDATE ledger_head SET token = 'x'",
    )
    ROWS = (
        "INSERT INTO ledger_leaf (number, entry_id, chain) VALUES (0, {b}, {b})",
        "INSERT INTO ledger_tile (level, number, root, hashes) VALUES (0, 0, {b}, {b})",
        "INSERT INTO ledger_head (size, root, token) VALUES (1, {b}, 'token')",
    )

    async def fill(self, database: Database, clock: HeldClock) -> None:
        """Put one row into each append-only table."""
        binary = "x'00'" if database.is_sqlite else "'\\x00'::bytea"
        async with database.write() as connection:
            await LedgerStore(database).append(connection, entry(clock))
            for row in self.ROWS:
                await connection.exec_driver_sql(row.format(b=binary))

    async def refused(self, database: Database, statement: str) -> str:
        """Run a statement that must be refused, return what was said."""
        with pytest.raises(DBAPIError) as caught:
            async with database.write() as connection:
                await connection.exec_driver_sql(statement)
        return str(caught.value)

    async def test_update_and_delete_are_refused(self, database: Database, held_clock: HeldClock) -> None:
        """UPDATE and DELETE fail on the four tables; the queue of the unsealed is the control."""
        await self.fill(database, held_clock)
        for statement in self.STATEMENTS:
            assert "append-only" in await self.refused(database, statement), statement
        async with database.write() as connection:
            await connection.exec_driver_sql("DELETE FROM ledger_waiting")
        assert await count(database, "ledger_waiting") == 0

    async def test_replacing_is_refused(self, database: Database, held_clock: HeldClock) -> None:
        """INSERT OR REPLACE on SQLite and TRUNCATE on PostgreSQL are ways of deleting."""
        await self.fill(database, held_clock)
        for table in ("ledger_entry", "ledger_leaf", "ledger_tile", "ledger_head"):
            replace = f"REPLACE INTO {table} SELECT * FROM {table}"  # noqa: S608 the test's own names
            statement = replace if database.is_sqlite else f"TRUNCATE {table}"
            assert "append-only" in await self.refused(database, statement), statement
            assert await count(database, table) == 1

    async def test_replacing_by_a_unique_key_is_refused(self, sqlite_url: str, held_clock: HeldClock) -> None:
        """A leaf cannot be pushed out through its entry id."""
        database = Database(sqlite_url)
        await self.fill(database, held_clock)
        statement = "REPLACE INTO ledger_leaf (number, entry_id, chain) VALUES (7, x'00', x'01')"
        assert "append-only" in await self.refused(database, statement)
        await database.close()
