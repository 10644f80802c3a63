"""Migrations: linear, up and down, all or nothing, and what they make is what the code's tables say."""

import asyncio
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url

from factories.postgres import BINARIES, Postgres
from zhizhao.storage import migrate as migrate_room
from zhizhao.storage.database import Database
from zhizhao.storage.errors import MigrationFailed, SchemaMismatch
from zhizhao.storage.migrate import MIGRATIONS, code_version, downgrade, migrate
from zhizhao.storage.tables import load_all, metadata
from zhizhao.storage.upgrade import schema_version, upgrade

BAD = '''"""A migration that fails half-way."""
from alembic import op
import sqlalchemy as sa
revision = "9999"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO half VALUES (1)")
    op.execute("SELECT * FROM there_is_no_such_table")


def downgrade() -> None:
    op.drop_table("half")
'''


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of an empty store of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = f"empty_{tmp_path.name[-20:].replace('-', '_').lower()}"
    postgres.sql(f"CREATE DATABASE {name} TEMPLATE template0")
    yield postgres.url(name)
    postgres.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def bad_future(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a failing migration behind the last one."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_bad.py").write_text(BAD.format(before=code_version()))
    monkeypatch.setattr(migrate_room, "MIGRATIONS", folder)


def look(url: str, question: Any) -> Any:
    """Ask a store something through a synchronous connection."""

    async def ask() -> Any:
        database = Database(url)
        try:
            async with database.read() as connection:
                return await connection.run_sync(question)
        finally:
            await database.close()

    return asyncio.run(ask())


def tables(connection: Connection) -> set[str]:
    """Return the names of the tables."""
    return set(inspect(connection).get_table_names())


def differences(connection: Connection) -> list[Any]:
    """Return what alembic would change to bring the store to the code's tables."""
    load_all()
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
    )
    return list(compare_metadata(context, metadata))


def make_from_code(url: str) -> None:
    """Make the schema from the code's tables, without any migration."""

    async def make() -> None:
        load_all()
        database = Database(url)
        async with database.write() as connection:
            await connection.run_sync(metadata.create_all)
        await database.close()

    asyncio.run(make())


class TestMigrations:
    """The line of migrations."""

    def test_is_a_line(self) -> None:
        """One head, one base, no branches; each can be undone."""
        script = ScriptDirectory(str(MIGRATIONS))
        assert len(script.get_heads()) == len(script.get_bases()) == 1
        for revision in script.walk_revisions():
            assert isinstance(revision.down_revision, str | None)
            assert callable(revision.module.downgrade)

    def test_up_down_up(self, empty_url: str) -> None:
        """From empty to now, back to empty, and up again, step by step: nothing is left behind."""
        migrate(empty_url)
        full = look(empty_url, tables)
        assert {"ledger_entry", "outbox", "maintenance", "alembic_version"} <= full
        for revision in ScriptDirectory(str(MIGRATIONS)).walk_revisions():
            downgrade(empty_url, revision=revision.down_revision or "base")
        assert look(empty_url, tables) == {"alembic_version"}
        if empty_url.startswith("postgresql"):
            left = look(empty_url, lambda c: c.execute(text(LEFT_FUNCTIONS)).scalars().all())
            assert left == []
        migrate(empty_url)
        assert look(empty_url, tables) == full

    def test_twice_is_once(self, empty_url: str) -> None:
        """A second run changes nothing."""
        migrate(empty_url)
        migrate(empty_url)
        assert asyncio.run(schema_version(empty_url)) == code_version()


LEFT_FUNCTIONS = "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"


class TestDrift:
    """The migrations make what the code says."""

    def test_alembic_finds_nothing_to_change(self, empty_url: str) -> None:
        """Tables, columns, types, indexes and keys of the migrated store are those of the code."""
        migrate(empty_url)
        assert look(empty_url, differences) == []

    def test_alembic_would_find_it(self, empty_url: str) -> None:
        """Control: a column and an index that the code does not know are found."""
        migrate(empty_url)

        async def change() -> None:
            database = Database(empty_url)
            async with database.write() as connection:
                await connection.exec_driver_sql("ALTER TABLE outbox ADD COLUMN surplus TEXT")
                await connection.exec_driver_sql("CREATE INDEX surplus ON outbox (kind)")
            await database.close()

        asyncio.run(change())
        assert {difference[0] for difference in look(empty_url, differences)} == {"remove_column", "remove_index"}

    def test_postgresql_dumps_alike(self, postgres: Postgres) -> None:
        """Word for word, triggers, functions, checks and names of constraints included."""
        dumps = []
        for name, make in (("drift_migrated", migrate), ("drift_made", make_from_code)):
            postgres.sql(f"CREATE DATABASE {name} TEMPLATE template0")
            try:
                make(postgres.url(name))
                dumps.append(schema_dump(postgres, name))
            finally:
                postgres.sql(f"DROP DATABASE {name} WITH (FORCE)")
        assert dumps[0] == dumps[1]
        assert any("ledger_entry_append_only" in statement for statement in dumps[0])
        assert any("CONSTRAINT ck_maintenance_one_row CHECK" in statement for statement in dumps[0])

    def test_sqlite_is_alike(self, tmp_path: Path) -> None:
        """Columns, keys, indexes, foreign keys and triggers, whatever the spelling of the statements."""
        shapes = []
        for name, make in (("migrated", migrate), ("made", make_from_code)):
            make(f"sqlite+aiosqlite:///{tmp_path / name}")
            shapes.append(sqlite_shape(tmp_path / name))
        assert shapes[0] == shapes[1]
        assert "ledger_entry_no_update" in str(shapes[0])


def schema_dump(postgres: Postgres, name: str) -> list[str]:
    """Return the statements of a database's schema, in order of their text, without Alembic's own table."""
    command = [BINARIES[0] / "pg_dump", "-s", "-h", "127.0.0.1", "-p", str(postgres.port), "-U", "zhizhao", "-d", name]
    command += ["--no-owner", "-T", "alembic_version"]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith(("--", "\\"))]
    return sorted("\n".join(lines).split(";\n"))


def sqlite_shape(path: Path) -> dict[str, Any]:
    """Return what SQLite knows of each table."""
    connection = sqlite3.connect(path)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
    shape: dict[str, Any] = {}
    for name in names:
        if name == "alembic_version":
            continue
        indexes = connection.execute(f"PRAGMA index_list('{name}')").fetchall()
        shape[name] = {
            "columns": connection.execute(f"PRAGMA table_info('{name}')").fetchall(),
            "foreign": sorted(connection.execute(f"PRAGMA foreign_key_list('{name}')").fetchall()),
            "indexes": sorted(
                (i[1], i[2], i[3], i[4], str(connection.execute(f"PRAGMA index_info('{i[1]}')").fetchall()))
                for i in indexes
            ),
        }
    shape["triggers"] = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"
    ).fetchall()
    connection.close()
    return shape


class TestUpgrade:
    """With a way back."""

    def test_a_failing_migration_changes_nothing(
        self, empty_url: str, bad_future: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The store is as it was, on both engines, and the program of before runs on it; SQLite's copy is kept."""
        del bad_future
        with monkeypatch.context() as past:
            past.setattr(migrate_room, "MIGRATIONS", MIGRATIONS)
            migrate(empty_url)
            version = code_version()
        before = look(empty_url, tables)
        with pytest.raises(MigrationFailed):
            upgrade(empty_url, stamp="20261123080000")
        assert look(empty_url, tables) == before
        assert asyncio.run(schema_version(empty_url)) == version
        if empty_url.startswith("sqlite"):
            file = Path(str(make_url(empty_url).database))
            kept = file.with_name(f"{file.name}.before-{version}-20261123080000")
            assert sqlite_shape(kept) == sqlite_shape(file)

    def test_the_database_itself_undoes_it(
        self, empty_url: str, bad_future: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without the copy, too: all that is due is one transaction on both engines."""
        del bad_future
        with monkeypatch.context() as past:
            past.setattr(migrate_room, "MIGRATIONS", MIGRATIONS)
            migrate(empty_url)
        before = look(empty_url, tables)
        with pytest.raises(Exception, match="no_such_table"):
            migrate(empty_url)
        assert look(empty_url, tables) == before

    def test_a_later_programs_store_is_refused(self, empty_url: str) -> None:
        """A version that this program does not know is not touched."""
        migrate(empty_url)

        async def change() -> None:
            database = Database(empty_url)
            async with database.write() as connection:
                await connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'later'")
            await database.close()

        asyncio.run(change())
        with pytest.raises(SchemaMismatch):
            upgrade(empty_url, stamp="x")
