"""A backup's content made into a second store beside the live one, and the two changing places (SECURITY.md §2 T30).

The live store is never written over: it is kept under another name, which is the way back.
"""

import asyncio
import os
import re
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from zhizhao.storage.archive import sync_folder
from zhizhao.storage.backup import decompressed, postgresql_environment, postgresql_program
from zhizhao.storage.errors import BackupRefused, UnsafeStore

IN_USE: Final = "55006"
PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}")
"""Names of databases that we put into statements; 41 characters leave room for our suffixes within 63."""

_COUNT: Final = "SELECT 1 FROM {} WHERE datname = '{}'"


class SecondStore:
    """A store beside the live one, on the same engine: `fill` it, look at it at `url`, then `swap`, else `discard`."""

    def __init__(self, live: str, *, stamp: str) -> None:
        self._live = make_url(live)
        self._is_sqlite = self._live.get_backend_name() == "sqlite"
        name = str(self._live.database)
        if not self._is_sqlite and not PLAIN_NAME.fullmatch(name):
            raise BackupRefused(reason="name the database with letters, digits and _ only", database=name)
        joint = "." if self._is_sqlite else "_"
        self._second = self._live.set(database=f"{name}{joint}restoring{joint}{stamp}")
        self._kept = self._live.set(database=f"{name}{joint}replaced{joint}{stamp}")

    @property
    def kind(self) -> str:
        """Return `sqlite` or `postgresql`."""
        return self._live.get_backend_name()

    @property
    def url(self) -> str:
        """Return the address of the second store."""
        return self._second.render_as_string(hide_password=False)

    async def has_live(self) -> bool:
        """Say whether there is a live store at all."""
        if self._is_sqlite:
            return _path(self._live).exists()
        return bool(await _administer(self._live, _COUNT.format("pg_database", self._live.database)))

    async def require_unused(self) -> None:
        """Check that nobody is connected to the live store of a server. Raises UnsafeStore."""
        if self._is_sqlite:
            return  # the writer's place is held
        if users := await _administer(self._live, _COUNT.format("pg_stat_activity", self._live.database)):
            raise UnsafeStore(reason="the database is in use; stop every server first", connections=len(users))

    async def fill(self, content: Iterator[bytes]) -> None:
        """Make the second store from a backup's content. Raises BackupRefused, UnsafeStore."""
        if self._is_sqlite:
            await asyncio.to_thread(_write_file, _path(self._second), decompressed(content))
            return
        await _administer(self._live, f"CREATE DATABASE {self._second.database} TEMPLATE template0 ENCODING 'UTF8'")
        await asyncio.to_thread(_feed, decompressed(content), self._second)

    async def swap(self) -> str | None:
        """Put the second store in the live one's place; return the name under which that is kept, None: there was none.

        Raises UnsafeStore when somebody uses either; nothing has changed then.
        """
        kept = await self.has_live()
        if self._is_sqlite:
            self._swap_files(keep=kept)
        else:
            statements = [f"ALTER DATABASE {self._second.database} RENAME TO {self._live.database}"]
            if kept:
                statements.insert(0, f"ALTER DATABASE {self._live.database} RENAME TO {self._kept.database}")
            await _administer(self._live, *statements)
        return str(self._kept.database) if kept else None

    def _swap_files(self, *, keep: bool) -> None:
        live, kept = _path(self._live), _path(self._kept)
        flatten(_path(self._second))
        if keep:
            with suppress(sqlite3.DatabaseError):  # too damaged to be opened: it is kept as it lies
                flatten(live)
            for suffix in ("-wal", "-shm", ""):
                side = live.with_name(live.name + suffix)
                if side.exists():
                    side.rename(kept.with_name(kept.name + suffix))
        _path(self._second).rename(live)
        sync_folder(live.parent)

    async def discard(self) -> None:
        """Remove the second store; nothing happens when it was swapped or never filled."""
        if not self._is_sqlite:
            await _administer(self._live, f"DROP DATABASE IF EXISTS {self._second.database}")
            return
        for suffix in ("", "-wal", "-shm"):
            _path(self._second).with_name(_path(self._second).name + suffix).unlink(missing_ok=True)


def flatten(path: Path) -> None:
    """Bring everything of a SQLite file into the file itself, so that it can be renamed. Raises UnsafeStore: in use."""
    connection = sqlite3.connect(path, timeout=1)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as cause:
        raise UnsafeStore(reason="the store is in use; stop what uses it", file=str(path)) from cause
    finally:
        connection.close()
    if mode != "delete":
        raise UnsafeStore(reason="the store is in use; stop what uses it", file=str(path))


def _path(url: URL) -> Path:
    return Path(str(url.database))


def _write_file(path: Path, content: Iterator[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for piece in content:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    connection = sqlite3.connect(path)
    try:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as cause:
        raise BackupRefused(reason="the content is no SQLite file") from cause
    finally:
        connection.close()
    if verdict != "ok":
        raise BackupRefused(reason="the content is a damaged SQLite file", told=verdict)


def _feed(content: Iterator[bytes], url: URL) -> None:
    """Run the statements of a dump as one transaction. Raises BackupRefused with what the server said."""
    command = [postgresql_program("psql"), "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
    environment = postgresql_environment(url)
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=complaints, env=environment) as process,  # noqa: S603 fixed arguments
    ):
        assert process.stdin is not None  # noqa: S101 asked for above
        try:
            with suppress(BrokenPipeError):  # psql has stopped and says why
                for piece in content:
                    process.stdin.write(piece)
            with suppress(BrokenPipeError):
                process.stdin.close()
        except BaseException:
            process.kill()  # before it sees the end: nothing is committed
            raise
        if process.wait():
            complaints.seek(0)
            told = complaints.read(2000).decode("utf-8", "replace").strip()
            raise BackupRefused(reason="the server refused the content", told=told)


async def _administer(live: URL, *statements: str) -> list[Any]:
    """Run statements about databases from outside them, more than one as one transaction; return the last's rows.

    Raises BackupRefused, UnsafeStore: the database is in use.
    """
    level: Any = "AUTOCOMMIT" if len(statements) == 1 else "READ COMMITTED"
    engine = create_async_engine(live.set(database="postgres"), poolclass=NullPool, isolation_level=level)
    rows: list[Any] = []
    try:
        async with engine.begin() as connection:
            for statement in statements:
                result = await connection.execute(text(statement))
                rows = list(result.all()) if result.returns_rows else []
    except (DBAPIError, OSError) as cause:
        state = str(getattr(getattr(cause, "orig", None), "sqlstate", ""))
        if state == IN_USE:
            raise UnsafeStore(reason="the database is in use; stop every server first") from cause
        raise BackupRefused(reason=str(getattr(cause, "orig", cause)), state=state) from cause
    finally:
        await engine.dispose()
    return rows
