"""What is read back before a server starts; an unsafe store is refused by name (SECURITY.md §3.5)."""

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import text

from zhizhao.kernel.clock import Clock
from zhizhao.storage.append_only import require_append_only
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.errors import UnsafeStore
from zhizhao.storage.maintenance import require_serving
from zhizhao.storage.migrate import require_current

LARGEST_DRIFT: Final = timedelta(seconds=2)
SQLITE_WANTED: Final = (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1))
POSTGRESQL_WANTED: Final = (
    ("fsync", {"on"}),
    ("full_page_writes", {"on"}),
    ("synchronous_commit", {"on", "remote_apply"}),
    ("statement_timeout", {"0"}),  # it would cover COMMIT, §3.4.3
)
NETWORK_FILE_SYSTEMS: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "afs", "fuse.sshfs", "fuse.glusterfs", "glusterfs", "lustre"}
)


async def require_safe_store(database: Database, *, clock: Clock, demo: bool, cluster: bool = False) -> tuple[str, ...]:
    """Check durability, schema, append-only tables and clocks; return warnings, which do not stop a start.

    In order: (1) settings of durability, as ordinary and hot connections themselves report them; (2) the schema is
    this program's; (3) what must only grow is guarded; (4) no restore waits for its confirmation; (5) no clock offset
    outside demonstrations; (6) the clocks of program and store differ by less than two seconds. Raises UnsafeStore,
    SchemaMismatch, InMaintenance, StoreUnreachable.
    """
    warnings: list[str] = []
    if database.is_sqlite:
        await _sqlite(database)  # (1)
    else:
        warnings += await _postgresql(database, cluster=cluster)  # (1)
    async with database.read() as connection:
        await require_current(connection)  # (2)
        warnings += await require_append_only(connection)  # (3)
        await require_serving(connection)  # (4)
    _require_no_offset(database, clock, demo=demo)  # (5)
    await _require_clocks_agree(database, clock)  # (6)
    return tuple(warnings)


async def _sqlite(database: Database) -> None:
    for opened in (database.write, database.read):
        async with opened() as connection:
            for name, wanted in SQLITE_WANTED:
                _require(name, found=(await connection.execute(text(f"PRAGMA {name}"))).scalar_one(), wanted={wanted})
    async with database.hot.transaction() as hot:
        for name, wanted in SQLITE_WANTED:
            _require(name, found=(await hot.fetch(f"PRAGMA {name}"))[0][0], wanted={wanted})
    _require_local(Path(str(database.url.database)))


async def _postgresql(database: Database, *, cluster: bool) -> list[str]:
    async with database.hot.transaction() as hot:
        for name, wanted in POSTGRESQL_WANTED:
            _require(name, found=(await hot.fetch(f"SHOW {name}"))[0][0], wanted=wanted)
    async with database.write() as connection:
        for name, wanted in POSTGRESQL_WANTED:
            _require(name, found=await _show(connection, name), wanted=wanted)
        recovering = (await connection.execute(text("SELECT pg_is_in_recovery()"))).scalar_one()
        _require("pg_is_in_recovery", found=recovering, wanted={False})
        if cluster and not await _show(connection, "synchronous_standby_names"):
            raise UnsafeStore(setting="synchronous_standby_names", found="", wanted="at least one standby")
        checksums = await _show(connection, "data_checksums")
    return [] if checksums == "on" else ["data_checksums: off; a damaged page is not noticed (initdb --data-checksums)"]


async def _show(connection: Transaction, name: str) -> str:
    return str((await connection.execute(text(f"SHOW {name}"))).scalar_one())


def _require(name: str, *, found: object, wanted: Collection[object]) -> None:
    if found not in wanted:
        raise UnsafeStore(setting=name, found=found, wanted=sorted(map(str, wanted)))


def _require_local(file: Path) -> None:
    """Check that the file is not on a network file system, whose locks lie (SECURITY.md §9). Raises UnsafeStore."""
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return
    path = str(file.resolve())
    best, kind = "", ""
    for line in mounts.read_text("utf-8", "surrogateescape").splitlines():
        _, point, found, *_ = line.split(" ")
        if (path == point or path.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, kind = point, found
    if kind in NETWORK_FILE_SYSTEMS:
        raise UnsafeStore(setting="file system", found=kind, wanted="a local one")


def _require_no_offset(database: Database, clock: Clock, *, demo: bool) -> None:
    if demo:
        return
    for whose, offset in (("program", clock.offset), ("store", timedelta(microseconds=database.offset_micros))):
        if offset:
            raise UnsafeStore(setting="clock", whose=whose, offset_seconds=offset.total_seconds())


async def _require_clocks_agree(database: Database, clock: Clock) -> None:
    async with database.read() as connection:
        before = clock.now()
        told = await database.now(connection)
        after = clock.now()
    drift = max(told - after, before - told)
    if drift > LARGEST_DRIFT:
        raise UnsafeStore(setting="clock", drift_seconds=drift.total_seconds())
