"""A consistent copy of the store at one moment, while it goes on serving."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, text

from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.errors import BackupRefused

PIECE: Final = 1 << 18
LEVEL: Final = 3
"""zlib: three times smaller at 60 MB/s; more costs more than it saves."""
POSTGRESQL_BINARIES: Final = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The store at one moment."""

    reader: Transaction
    """Reads the very moment that `content` holds."""
    content: Callable[[], Iterator[bytes]]
    """Gives the copy, compressed, piece by piece; to be run in a thread, once."""


@asynccontextmanager
async def snapshot(database: Database, *, spool: Path) -> AsyncIterator[Snapshot]:
    """Take a snapshot; `spool` is a folder on a trusted disk for SQLite's copy. Raises BackupRefused."""
    taken = _sqlite(database, spool) if database.is_sqlite else _postgresql(database)
    async with taken as found:
        yield found


@asynccontextmanager
async def _sqlite(database: Database, spool: Path) -> AsyncIterator[Snapshot]:
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=spool) as folder:
        copy = Path(folder) / "zhizhao.db"
        await asyncio.to_thread(copy_sqlite, Path(str(database.url.database)), copy)
        opened = Database(f"sqlite+aiosqlite:///{copy}")
        try:
            async with opened.read() as reader:
                yield Snapshot(reader=reader, content=lambda: _compressed(_pieces(copy)))
        finally:
            await opened.close()


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a live SQLite file by the backup API, one moment of it, on disk when this returns."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    origin = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    copy = sqlite3.connect(target)
    try:
        origin.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE").close()  # the whole copy is in its one file
    finally:
        copy.close()
        origin.close()
    descriptor = os.open(target, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


@asynccontextmanager
async def _postgresql(database: Database) -> AsyncIterator[Snapshot]:
    program = postgresql_program("pg_dump")
    async with database.read() as reader:
        await reader.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        await reader.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        name = (await reader.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
        command = [program, "--format=plain", "--no-owner", "--encoding=UTF8", f"--snapshot={name}"]
        yield Snapshot(reader=reader, content=lambda: _compressed(_output(command, database.url)))


def _output(command: list[str], url: URL) -> Iterator[bytes]:
    """Yield what a program of PostgreSQL writes. Raises BackupRefused with what it complains about."""
    environment = postgresql_environment(url)
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, env=environment) as process,  # noqa: S603 fixed arguments
    ):
        assert process.stdout is not None  # noqa: S101 asked for above
        try:
            while piece := process.stdout.read(PIECE):
                yield piece
        except BaseException:
            process.kill()
            raise
        if process.wait():
            complaints.seek(0)
            raise BackupRefused(reason=complaints.read(2000).decode("utf-8", "replace").strip())


def postgresql_program(name: str) -> str:
    """Return the path of a program of PostgreSQL, the newest. Raises BackupRefused."""
    found = sorted(POSTGRESQL_BINARIES.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        raise BackupRefused(reason=f"{name} is not installed (postgresql-client)")
    return program


def postgresql_environment(url: URL) -> dict[str, str]:
    """Return the environment that tells a program of PostgreSQL where to go; the password never is an argument."""
    told = {
        "PGHOST": url.host,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password) if url.password else None,
        "PGDATABASE": url.database,
        "PGOPTIONS": "-c statement_timeout=0",
        "PGCLIENTENCODING": "UTF8",
    }
    return {"PATH": os.defpath, **{name: value for name, value in told.items() if value}}


def _compressed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(LEVEL)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def decompressed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Undo the compression of a snapshot's content. Raises BackupRefused."""
    opener = zlib.decompressobj()
    try:
        for piece in pieces:
            rest = piece
            while rest and not opener.eof:
                yield opener.decompress(rest, PIECE)
                rest = opener.unconsumed_tail
        yield opener.flush()
    except zlib.error as cause:
        raise BackupRefused(reason="the content is damaged") from cause
    if not opener.eof:
        raise BackupRefused(reason="the content ends too early")
