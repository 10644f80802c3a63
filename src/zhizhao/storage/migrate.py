"""Bring a database to this program's schema, up from empty or from any earlier version (Alembic, linear)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection

from zhizhao.storage.errors import SchemaMismatch

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config(url: str) -> Config:
    """Return Alembic's configuration for a database; the URL never enters a file or a log."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def migrate(url: str, *, revision: str = "head") -> None:
    """Upgrade the schema; running it twice changes nothing. Not to be called inside a running event loop."""
    command.upgrade(alembic_config(url), revision)


def downgrade(url: str, *, revision: str) -> None:
    """Take the schema back to a revision; for tests of the migrations."""
    command.downgrade(alembic_config(url), revision)


def knows(revision: str) -> bool:
    """Say whether this program knows a schema version, that is, can bring it to its own."""
    return revision in {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def code_version() -> str:
    """Return the schema version that this program was written for."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    return head or ""


async def require_current(connection: AsyncConnection) -> None:
    """Check that the schema is this program's. Raises SchemaMismatch with both versions."""
    found = await found_version(connection)
    if found != code_version():
        raise SchemaMismatch(found=found, expected=code_version())


async def found_version(connection: AsyncConnection) -> str | None:
    """Return the schema version of a store; None: it is empty."""
    return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
