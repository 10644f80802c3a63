"""Transactions of both kinds: kept or not kept as a whole, never cut off in COMMIT, failures named."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from factories.cutting_proxy import cutting_proxy
from factories.postgres import Postgres, free_port
from zhizhao.storage.database import Database
from zhizhao.storage.errors import CommitUnknown, StoreBusy, StoreConflict, StoreFull, StoreUnreachable


async def add(database: Database, number: int, *, hot: bool, then: object = None) -> None:
    """Insert one note; `then` is awaited before the commit."""
    if hot:
        async with database.hot.transaction() as connection:
            sql = (
                "INSERT INTO note VALUES (?1, 'hot')" if connection.is_sqlite else "INSERT INTO note VALUES ($1, 'hot')"
            )
            await connection.fetch(sql, number)
            await _maybe(then)
    else:
        async with database.write() as core:
            await core.execute(text("INSERT INTO note VALUES (:n, 'core')"), {"n": number})
            await _maybe(then)


async def _maybe(then: object) -> None:
    if callable(then):
        await then()


async def kept(database: Database) -> list[int]:
    """Return the ids of the notes."""
    async with database.read() as connection:
        return list((await connection.execute(text("SELECT id FROM note ORDER BY id"))).scalars())


def end_connections(postgres: Postgres, url: str) -> None:
    """End every connection to a database and wait until they are gone."""
    name = make_url(url).database
    where = f"FROM pg_stat_activity WHERE datname = '{name}'"
    postgres.sql(f"SELECT pg_terminate_backend(pid, 5000) {where}")


both = pytest.mark.parametrize("hot", [False, True], ids=["core", "hot"])


class TestWhole:
    """Kept or not as a whole."""

    @both
    async def test_an_exception_keeps_nothing(self, notes: Database, *, hot: bool) -> None:
        """What the body did is undone, and the store goes on."""

        async def fail() -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await add(notes, 1, hot=hot, then=fail)
        await add(notes, 2, hot=hot)
        assert await kept(notes) == [2]

    @both
    async def test_cancelled_in_the_body_keeps_nothing(self, notes: Database, *, hot: bool) -> None:
        """A request that is cancelled before its commit leaves nothing and blocks nobody."""
        reached = asyncio.Event()

        async def hang() -> None:
            reached.set()
            await asyncio.sleep(60)

        task = asyncio.create_task(add(notes, 1, hot=hot, then=hang))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await add(notes, 2, hot=hot)
        assert await kept(notes) == [2]

    @both
    async def test_cancelled_at_any_moment_is_whole(self, notes: Database, *, hot: bool) -> None:
        """Cancelled after any number of turns of the loop: the note is there or not, and the next writer works."""
        for turns in range(0, 60, 3):
            task = asyncio.create_task(add(notes, turns, hot=hot))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await add(notes, 1000, hot=hot)
        assert 1000 in await kept(notes)

    async def test_reading_writes_nothing(self, notes: Database) -> None:
        """A reading transaction is rolled back; on SQLite writing is refused at once."""
        statement = text("INSERT INTO note VALUES (1, 'x')")
        if notes.is_sqlite:
            with pytest.raises(StoreUnreachable):
                async with notes.read() as connection:
                    await connection.execute(statement)
        else:
            async with notes.read() as connection:
                await connection.execute(statement)
        assert await kept(notes) == []

    async def test_a_reader_is_not_held_up_by_a_writer(self, notes: Database) -> None:
        """Readers see the last committed state while somebody writes."""
        await add(notes, 1, hot=False)
        async with notes.write() as connection:
            await connection.execute(text("INSERT INTO note VALUES (2, 'x')"))
            assert await kept(notes) == [1]
        assert await kept(notes) == [1, 2]

    async def test_our_own_errors_keep_their_name(self, notes: Database) -> None:
        """A unique key that is hit is the verb's to understand, on both engines."""
        await add(notes, 1, hot=False)
        with pytest.raises(IntegrityError):
            await add(notes, 1, hot=False)


class TestWriterOfSqlite:
    """One writer at a time in the process, and a busy signal from outside it."""

    async def test_core_and_hot_take_turns(self, sqlite_url: str) -> None:
        """Sixty writers of both kinds: none is refused, all are kept."""
        database = Database(sqlite_url)
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
        await asyncio.gather(*(add(database, n, hot=n % 2 == 0) for n in range(60)))
        assert await kept(database) == list(range(60))
        await database.close()

    @both
    async def test_another_process_that_holds_on_is_busy(
        self, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, *, hot: bool
    ) -> None:
        """A foreign writer that does not end in time is `busy`, not a traceback; afterwards writing works."""
        monkeypatch.setattr(
            "zhizhao.storage.engine.SQLITE_PRAGMAS", ("PRAGMA journal_mode=WAL", "PRAGMA busy_timeout=20")
        )
        database = Database(sqlite_url)
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
        other = sqlite3.connect(database.url.database or "", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            await add(database, 1, hot=hot)
        other.execute("ROLLBACK")
        other.close()
        await add(database, 2, hot=hot)
        assert await kept(database) == [2]
        await database.close()

    @both
    async def test_a_full_disk_is_told_and_heals(self, sqlite_url: str, *, hot: bool) -> None:
        """A full store refuses with its name and keeps nothing; with room it works again (L4)."""
        database = Database(sqlite_url)
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
        await add(database, 1, hot=hot)
        await _limit(database, hot=hot, pages=1)

        async def bloat(number: int) -> None:
            if hot:
                async with database.hot.transaction() as quick:
                    await quick.fetch("INSERT INTO note VALUES (?1, hex(zeroblob(1000000)))", number)
            else:
                async with database.write() as core:
                    await core.execute(text("INSERT INTO note VALUES (:n, hex(zeroblob(1000000)))"), {"n": number})

        with pytest.raises(StoreFull):
            await bloat(2)
        await _limit(database, hot=hot, pages=1_000_000)
        await bloat(3)
        assert await kept(database) == [1, 3]
        await database.close()


class TestRefusedCommitOfSqlite:
    """COMMIT itself fails."""

    @both
    async def test_a_deferred_key_is_definite(self, sqlite_url: str, *, hot: bool) -> None:
        """The store says no: nothing is kept, it is not unknown, and the next transaction works."""
        database = Database(sqlite_url)
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE other (id INTEGER PRIMARY KEY)"))
            await connection.execute(
                text(
                    "CREATE TABLE note (id INTEGER REFERENCES other (id) DEFERRABLE INITIALLY DEFERRED, "
                    "word TEXT NOT NULL)"
                )
            )
        with pytest.raises(Exception, match="FOREIGN KEY constraint failed") as caught:
            await add(database, 1, hot=hot)
        assert not isinstance(caught.value, CommitUnknown)
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO other VALUES (2)"))
        await add(database, 2, hot=hot)
        assert await kept(database) == [2]
        await database.close()

    async def test_a_failing_disk_is_unknown(self, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """An I/O error during COMMIT: the frames may be on the disk or not."""
        database = Database(sqlite_url)
        fetch = database.hot.fetch  # type: ignore[attr-defined] # SqliteHot

        async def failing(sql: str, *args: object) -> object:
            if sql == "COMMIT":
                failure = sqlite3.OperationalError("disk I/O error")
                failure.sqlite_errorname = "SQLITE_IOERR_FSYNC"
                raise failure
            return await fetch(sql, *args)

        with monkeypatch.context() as broken:
            broken.setattr(database.hot, "fetch", failing)
            with pytest.raises(CommitUnknown):
                async with database.hot.transaction() as hot:
                    await hot.fetch("SELECT 1")
        async with database.hot.transaction() as hot:
            assert (await hot.fetch("SELECT 1"))[0][0] == 1
        await database.close()


async def _limit(database: Database, *, hot: bool, pages: int) -> None:
    """Bound the file's size on the connection that writes."""
    pragma = f"PRAGMA max_page_count = {pages}"
    if hot:
        await database.hot.fetch(pragma)  # type: ignore[attr-defined] # SqliteHot
    else:
        async with database.write() as connection:
            await connection.exec_driver_sql(pragma)


class TestUnknownCommit:
    """A connection that is lost during COMMIT."""

    @both
    @pytest.mark.parametrize(("cut", "left"), [("before", []), ("after", [1])])
    async def test_is_unknown_never_failed(
        self, postgres: Postgres, postgres_url: str, *, hot: bool, cut: str, left: list[int]
    ) -> None:
        """Whether the server heard COMMIT or not, we cannot know and say so; reading back tells."""
        with cutting_proxy(postgres.port) as proxy:
            through = make_url(postgres_url).set(port=proxy.port).render_as_string(hide_password=False)
            database = Database(through)
            async with database.write() as connection:
                await connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
            proxy.cut = cut
            with pytest.raises(CommitUnknown):
                await add(database, 1, hot=hot)
            proxy.cut = ""
            assert proxy.cuts == 1
            assert await kept(database) == left
            await add(database, 2, hot=hot)
            assert await kept(database) == [*left, 2]
            await database.close()

    @both
    async def test_a_refused_commit_is_definite(self, postgres_url: str, *, hot: bool) -> None:
        """Control: an error that the server tells at COMMIT (a deferred key) is not unknown."""
        database = Database(postgres_url)
        async with database.write() as connection:
            await connection.execute(
                text("CREATE TABLE note (id INTEGER, word TEXT, UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)")
            )
        await add(database, 1, hot=hot)
        with pytest.raises(Exception, match="duplicate key") as caught:
            await add(database, 1, hot=hot)
        assert not isinstance(caught.value, CommitUnknown)
        assert await kept(database) == [1]
        await database.close()

    @both
    async def test_the_servers_warning_counts_as_unknown(self, postgres_url: str, *, hot: bool) -> None:
        """A wait for the standby that was cancelled (§3.4.4): the server answers COMMIT with a warning."""
        database = Database(postgres_url)
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
            await connection.execute(
                text(
                    "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING "
                    "'canceling wait for synchronous replication due to user request'; RETURN NULL; END $$"
                )
            )
            await connection.execute(
                text(
                    "CREATE CONSTRAINT TRIGGER warning AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED "
                    "FOR EACH ROW WHEN (NEW.id = 1) EXECUTE FUNCTION warn()"
                )
            )
        with pytest.raises(CommitUnknown):
            await add(database, 1, hot=hot)
        await add(database, 2, hot=hot)
        assert await kept(database) == [1, 2]
        await database.close()


class TestUnreachable:
    """No server, or another one than before."""

    @both
    async def test_no_server(self, *, hot: bool) -> None:
        """Nobody listens: named, nothing kept."""
        database = Database(f"postgresql+asyncpg://zhizhao@127.0.0.1:{free_port()}/none")
        with pytest.raises(StoreUnreachable):
            await add(database, 1, hot=hot)
        await database.close()

    @both
    async def test_connections_that_died_idle_are_replaced(
        self, postgres: Postgres, postgres_url: str, *, hot: bool
    ) -> None:
        """The server ended our idle connections; the next transaction does not notice."""
        database = Database(postgres_url)
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
        await add(database, 1, hot=hot)
        end_connections(postgres, postgres_url)
        await add(database, 2, hot=hot)
        assert await kept(database) == [1, 2]
        await database.close()

    @both
    async def test_lost_in_the_body_keeps_nothing(self, postgres: Postgres, postgres_url: str, *, hot: bool) -> None:
        """A connection lost before COMMIT is a named failure with nothing kept."""
        database = Database(postgres_url)
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))

        async def lose() -> None:
            end_connections(postgres, postgres_url)

        with pytest.raises((StoreUnreachable, CommitUnknown)):  # the loss may be noticed at COMMIT only
            await add(database, 1, hot=hot, then=lose)
        assert await kept(database) == []
        await database.close()

    async def test_a_standby_is_refused(self, postgres: Postgres, postgres_url: str) -> None:
        """A server that only reads is not the leader; we do not stay on it."""
        name = make_url(postgres_url).database
        postgres.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        database = Database(postgres_url)
        with pytest.raises(StoreUnreachable):
            async with database.write():
                pass
        with pytest.raises(StoreUnreachable):
            async with database.hot.transaction():
                pass
        await database.close()


class TestOrderOfLocks:
    """Locks in key order do not deadlock (SECURITY.md §3.1.3)."""

    KEYS = 12
    ORDERED = (
        "WITH l AS MATERIALIZED (SELECT id FROM note WHERE id = ANY($1::int[]) ORDER BY id FOR UPDATE) "
        "UPDATE note n SET word = n.word || 'x' FROM l WHERE n.id = l.id"
    )

    async def test_ordered_batches_never_deadlock(self, postgres_url: str) -> None:
        """Two connections, batches over the same keys in opposite orders: no conflict, every update counted."""
        database = Database(postgres_url)
        await self.fill(database)

        async def work(keys: list[int]) -> None:
            for _ in range(40):
                async with database.hot.transaction() as hot:
                    await hot.fetch(self.ORDERED, keys)

        up = list(range(self.KEYS))
        await asyncio.gather(work(up), work(up[::-1]))
        async with database.read() as connection:
            rows = await connection.execute(text("SELECT length(word) FROM note"))
            assert set(rows.scalars()) == {80}
        await database.close()

    async def test_unordered_locks_are_the_control(self, postgres_url: str) -> None:
        """Two transactions that take two rows in opposite order: one gives in, and it is named a conflict."""
        database = Database(postgres_url)
        await self.fill(database)
        barrier = asyncio.Barrier(2)

        async def work(first: int, second: int) -> None:
            async with database.write() as connection:
                statement = text("UPDATE note SET word = word || 'x' WHERE id = :n")
                await connection.execute(statement, {"n": first})
                await barrier.wait()
                await connection.execute(statement, {"n": second})

        results = await asyncio.gather(work(1, 2), work(2, 1), return_exceptions=True)
        assert sorted(type(result) for result in results if result is not None) == [StoreConflict]
        await database.close()

    async def fill(self, database: Database) -> None:
        """Make the keys."""
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
            await connection.execute(
                text("INSERT INTO note SELECT g, '' FROM generate_series(0, :n - 1) g"), {"n": self.KEYS}
            )
