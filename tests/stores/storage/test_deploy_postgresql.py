"""The files of `deploy/postgresql` on a real server: the app's role can work, and cannot change what only grows."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from factories.ledgers import kept_ledger
from factories.postgres import BINARIES, Postgres
from zhizhao.kernel.clock import HeldClock, SystemClock
from zhizhao.ledger.check import check
from zhizhao.storage.database import Database
from zhizhao.storage.migrate import migrate
from zhizhao.storage.restore import SecondStore
from zhizhao.storage.startup import require_safe_store

FOLDER = Path("deploy/postgresql")
NAME = "deployed"


def psql(postgres: Postgres, file: str, *, user: str, database: str) -> None:
    """Run one of the files as an operator does."""
    command = [BINARIES[0] / "psql", "-q", "-h", "127.0.0.1", "-p", str(postgres.port), "-U", user, "-d", database]
    command += ["-v", "ON_ERROR_STOP=1", "-v", f"database={NAME}", "-f", FOLDER / file]
    subprocess.run(command, check=True, capture_output=True)


def address(postgres: Postgres, user: str) -> str:
    """Return the address of the deployed database for a role."""
    return make_url(postgres.url(NAME)).set(username=user).render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def deployed(postgres: Postgres) -> Iterator[Postgres]:
    """Follow the README, each step twice."""
    for _ in range(2):
        psql(postgres, "roles.sql", user="zhizhao", database="postgres")
        migrate(address(postgres, "zhizhao_owner"))
        psql(postgres, "grants.sql", user="zhizhao_owner", database=NAME)
    yield postgres
    for role in ("zhizhao_owner", "zhizhao_app"):
        postgres.sql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        postgres.sql(f"DROP ROLE {role}")


@pytest.fixture
async def app(deployed: Postgres) -> Database:
    """Connect as the app does."""
    return Database(address(deployed, "zhizhao_app"))


class TestDeployed:
    """What the README promises."""

    async def test_the_app_can_work(self, app: Database, tmp_path: Path, held_clock: HeldClock) -> None:
        """Start-up checks without a warning, entries, seals, a whole ledger."""
        assert await require_safe_store(app, clock=SystemClock(), demo=False) == ()
        ledger = kept_ledger(app, tmp_path, held_clock)
        await ledger.grow(40)
        report = await check(app, store=ledger.store, keys=ledger.keys, witness=ledger.witness)
        assert report.leaves == 40
        await app.close()

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_entry SET body = leaf_hash",
            "DELETE FROM ledger_leaf",
            "TRUNCATE ledger_head",
            "UPDATE ledger_tile SET root = root",
            "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
            "DROP TABLE ledger_entry",
            "CREATE TABLE anything (id int)",
            "UPDATE alembic_version SET version_num = 'x'",
        ],
    )
    async def test_the_app_cannot_change_what_grows(self, app: Database, statement: str) -> None:
        """The server refuses by privilege, before any trigger."""
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            async with app.write() as connection:
                await connection.exec_driver_sql(statement)
        await app.close()

    async def test_the_queue_is_no_such_table(self, app: Database) -> None:
        """Control: what is not append-only may be changed."""
        async with app.write() as connection:
            await connection.exec_driver_sql("DELETE FROM ledger_waiting")
        await app.close()

    async def test_the_owner_may_make_the_second_store(self, deployed: Postgres) -> None:
        """`restore` as the owner's role may create, rename and drop databases."""
        second = SecondStore(address(deployed, "zhizhao_owner"), stamp="1")
        await second.require_unused()
        assert await second.has_live()
        await asyncio.to_thread(deployed.sql, f"CREATE DATABASE {NAME}_restoring_1 OWNER zhizhao_owner")
        await second.swap()
        await second.discard()
        deployed.sql(f"DROP DATABASE {NAME}")
        deployed.sql(f"ALTER DATABASE {NAME}_replaced_1 RENAME TO {NAME}")
