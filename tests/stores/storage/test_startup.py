"""Start-up checks: a safe store passes, each unsafe one is refused by the name of what is wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from factories.ledgers import drop_triggers
from factories.postgres import Postgres
from zhizhao.kernel.clock import SystemClock
from zhizhao.storage import startup
from zhizhao.storage.database import Database
from zhizhao.storage.errors import InMaintenance, SchemaMismatch, UnsafeStore
from zhizhao.storage.maintenance import begin_maintenance, end_maintenance, maintenance
from zhizhao.storage.startup import require_safe_store


async def refused(database: Database, *, clock: SystemClock | None = None, cluster: bool = False) -> UnsafeStore:
    """Expect a refusal, return it."""
    with pytest.raises(UnsafeStore) as caught:
        await require_safe_store(database, clock=clock or SystemClock(), demo=False, cluster=cluster)
    return caught.value


@dataclass(slots=True)
class WrongClock(SystemClock):
    """A machine whose clock is wrong without knowing it."""

    wrong: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return the wrong time."""
        return SystemClock.now(self) + self.wrong


class TestSafe:
    """What passes."""

    async def test_a_migrated_store_passes(self, database: Database, system_clock: SystemClock) -> None:
        """The stores of these tests are safe; on PostgreSQL the owner's role is warned about."""
        warnings = await require_safe_store(database, clock=system_clock, demo=False)
        assert len(warnings) == (0 if database.is_sqlite else 1)
        assert all("deploy/postgresql" in warning for warning in warnings)

    async def test_a_clock_within_two_seconds_passes(self, database: Database) -> None:
        """A second of drift is drift that everybody has."""
        for wrong in (-1.5, 1.5):
            await require_safe_store(database, clock=WrongClock(wrong=timedelta(seconds=wrong)), demo=False)


class TestClocks:
    """Time that cannot be trusted."""

    @pytest.mark.parametrize("wrong", [-3600, -3, 3, 86400])
    async def test_drift_is_refused(self, database: Database, wrong: int) -> None:
        """Program and store differ by more than two seconds."""
        refusal = await refused(database, clock=WrongClock(wrong=timedelta(seconds=wrong)))
        assert abs(float(str(refusal.facts["drift_seconds"]))) == pytest.approx(abs(wrong), abs=1)

    async def test_an_offset_is_for_demonstrations(self, database_url: str) -> None:
        """Moved time is refused in production and allowed in demo mode, for the program's clock and the store's."""
        moved = timedelta(hours=5)
        database = Database(database_url, offset=moved)
        assert (await refused(database)).facts["whose"] == "store"
        assert (await refused(database, clock=SystemClock(moved))).facts["whose"] == "program"
        await require_safe_store(database, clock=SystemClock(moved), demo=True)
        await database.close()

    async def test_a_store_that_tells_no_time_is_refused(
        self, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`unixepoch('subsec')` is NULL on SQLite 3.40 without an error; NULL would refuse every code."""
        database = Database(sqlite_url)
        monkeypatch.setitem(__import__("zhizhao.storage.database").storage.database.NOW_SQL, "sqlite", "NULL")
        with pytest.raises(UnsafeStore, match="does not tell the time"):
            await require_safe_store(database, clock=SystemClock(), demo=False)
        await database.close()


class TestSchema:
    """Another schema, missing guards, a restore."""

    async def test_another_version_is_refused(self, database: Database, system_clock: SystemClock) -> None:
        """The refusal names both versions."""
        async with database.write() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        with pytest.raises(SchemaMismatch) as caught:
            await require_safe_store(database, clock=system_clock, demo=False)
        assert caught.value.facts["found"] == "0000"

    async def test_missing_triggers_are_refused(self, database: Database) -> None:
        """A ledger whose triggers were taken away is not served."""
        await drop_triggers(database)
        assert (await refused(database)).facts["setting"] == "append-only"

    async def test_disabled_triggers_are_refused(self, postgres_url: str) -> None:
        """Nor is one whose triggers are switched off."""
        database = Database(postgres_url)
        async with database.write() as connection:
            await connection.execute(text("ALTER TABLE ledger_entry DISABLE TRIGGER USER"))
        assert (await refused(database)).facts["table"] == "ledger_entry"
        await database.close()

    async def test_a_restore_waits_for_its_confirmation(self, database: Database, system_clock: SystemClock) -> None:
        """In maintenance nobody is served; once ended, everybody is."""
        async with database.write() as connection:
            for because in ("first", "restored"):
                await begin_maintenance(connection, because, at=system_clock.now())
        with pytest.raises(InMaintenance, match="restored"):
            await require_safe_store(database, clock=system_clock, demo=True)
        async with database.write() as connection:
            await end_maintenance(connection)
        async with database.read() as connection:
            assert await maintenance(connection) is None
        await require_safe_store(database, clock=system_clock, demo=True)


class TestSqlite:
    """Durability of the embedded store."""

    @pytest.mark.parametrize(
        ("pragma", "name"),
        [
            ("PRAGMA synchronous=NORMAL", "synchronous"),
            ("PRAGMA synchronous=OFF", "synchronous"),
            ("PRAGMA journal_mode=DELETE", "journal_mode"),
            ("PRAGMA foreign_keys=OFF", "foreign_keys"),
        ],
    )
    async def test_each_weak_setting_is_named(
        self, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, pragma: str, name: str
    ) -> None:
        """A connection that is not durable is refused."""
        from zhizhao.storage import engine  # noqa: PLC0415 patched here

        monkeypatch.setattr(engine, "SQLITE_PRAGMAS", (*engine.SQLITE_PRAGMAS, pragma))
        database = Database(sqlite_url)
        assert (await refused(database)).facts["setting"] == name
        await database.close()

    async def test_the_hot_connection_is_asked_too(self, sqlite_url: str) -> None:
        """A weak setting on the writer thread's connection alone is found."""
        database = Database(sqlite_url)
        await database.hot.fetch("PRAGMA synchronous=OFF")  # type: ignore[attr-defined] # SqliteHot
        assert (await refused(database)).facts["setting"] == "synchronous"
        await database.close()

    @pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs"])
    def test_a_network_file_system_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
        """The mount that holds the file decides; a neighbour's does not."""
        mounts = tmp_path / "mounts"
        monkeypatch.setattr(startup, "Path", lambda path: mounts if path == "/proc/self/mounts" else Path(path))
        mounts.write_text(f"disk / ext4 rw 0 0\nserver:/x {tmp_path}/share {kind} rw 0 0\n")
        with pytest.raises(UnsafeStore, match=kind):
            startup._require_local(tmp_path / "share" / "zhizhao.db")
        startup._require_local(tmp_path / "shared.db")


class TestPostgresql:
    """Durability of the server, as our own sessions see it."""

    @pytest.mark.parametrize(
        ("setting", "name"),
        [("synchronous_commit = off", "synchronous_commit"), ("synchronous_commit = local", "synchronous_commit")],
    )
    async def test_a_weak_session_is_refused(
        self, postgres: Postgres, postgres_url: str, setting: str, name: str
    ) -> None:
        """What a database or role sets for our sessions is read back."""
        postgres.sql(f"ALTER DATABASE {make_url(postgres_url).database} SET {setting}")
        database = Database(postgres_url)
        assert (await refused(database)).facts["setting"] == name
        await database.close()

    async def test_a_role_cannot_slip_in_a_statement_timeout(self, postgres: Postgres, postgres_url: str) -> None:
        """Ours wins over the database's, so that COMMIT is never covered."""
        postgres.sql(f"ALTER DATABASE {make_url(postgres_url).database} SET statement_timeout = '1s'")
        database = Database(postgres_url)
        await require_safe_store(database, clock=SystemClock(), demo=False)
        await database.close()

    async def test_a_server_without_full_pages_is_refused(self, postgres: Postgres, postgres_url: str) -> None:
        """A setting of the server itself is read back."""
        postgres.sql("ALTER SYSTEM SET full_page_writes = off")
        postgres.sql("SELECT pg_reload_conf(), pg_sleep(0.5)")
        try:
            database = Database(postgres_url)
            assert (await refused(database)).facts["setting"] == "full_page_writes"
            await database.close()
        finally:
            postgres.sql("ALTER SYSTEM RESET full_page_writes")
            postgres.sql("SELECT pg_reload_conf(), pg_sleep(0.5)")

    @pytest.mark.parametrize("name", [name for name, _ in startup.POSTGRESQL_WANTED])
    async def test_every_setting_is_asked(self, postgres_url: str, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        """Each setting on the list is read back by name (`fsync` cannot be switched off under this server)."""
        monkeypatch.setattr(startup, "POSTGRESQL_WANTED", ((name, {"impossible"}),))
        database = Database(postgres_url)
        assert (await refused(database)).facts["setting"] == name
        await database.close()

    async def test_a_cluster_has_a_standby(self, postgres_url: str) -> None:
        """In cluster mode a leader without synchronous standby is refused."""
        database = Database(postgres_url)
        assert (await refused(database, cluster=True)).facts["setting"] == "synchronous_standby_names"
        await database.close()
