"""Upgrade a schema with a way back: all or nothing in one transaction, and on SQLite a copy is kept beside."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from zhizhao.storage.backup import copy_sqlite
from zhizhao.storage.database import Database
from zhizhao.storage.errors import MigrationFailed, SchemaMismatch, UnsafeStore
from zhizhao.storage.migrate import code_version, found_version, knows, migrate
from zhizhao.storage.restore import flatten


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """What an upgrade did."""

    before: str | None
    """None: the store was empty."""
    after: str
    kept: str | None
    """The copy of the SQLite file as it was before; to go back, stop serving and put it in the file's place."""


def upgrade(url: str, *, stamp: str) -> Upgraded:
    """Bring a store to this program's schema; running it twice changes nothing. Not for a running event loop.

    Raises SchemaMismatch: the store is of a later program; UnsafeStore: it is none; MigrationFailed: it is as it was
    before.
    """
    before = asyncio.run(_version(url))
    if before == code_version():
        return Upgraded(before=before, after=before, kept=None)
    if before is not None and not knows(before):
        raise SchemaMismatch(found=before, expected=code_version())
    file, kept = _file(url), None
    if file is not None and before is not None:
        kept = file.with_name(f"{file.name}.before-{before}-{stamp}")
        copy_sqlite(file, kept)
    try:
        migrate(url)
    except Exception as cause:
        if file is not None and kept is not None:
            _put_back(file, kept)
        raise MigrationFailed(before=before, after=code_version(), reason=type(cause).__name__) from cause
    return Upgraded(before=before, after=code_version(), kept=str(kept) if kept else None)


async def schema_version(url: str) -> str | None:
    """Return the schema version of a store; None: it is empty, not there, or cannot be read."""
    try:
        return await _version(url)
    except UnsafeStore:
        return None


async def _version(url: str) -> str | None:
    """Return the schema version of a store; None: it is empty or not there. Raises UnsafeStore: it cannot be read."""
    file = _file(url)
    if file is not None and not file.exists():
        return None
    database = Database(url)
    try:
        async with database.read() as connection:
            return await found_version(connection)
    finally:
        await database.close()


def _file(url: str) -> Path | None:
    parsed = make_url(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


def _put_back(file: Path, kept: Path) -> None:
    """Let the file be what it was; its failed form goes."""
    flatten(file)
    shutil.copyfile(kept, file)
