"""What is read back before a server starts; an unsafe store is refused by name (SECURITY.md §3.5)."""

from datetime import timedelta

from sqlalchemy import text

from zhizhao.kernel.clock import Clock
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.errors import UnsafeStore
from zhizhao.storage.migrate import require_current

LARGEST_DRIFT = timedelta(seconds=2)
SQLITE_WANTED = (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1))
POSTGRESQL_WANTED = (("fsync", {"on"}), ("full_page_writes", {"on"}), ("synchronous_commit", {"on", "remote_apply"}))


async def require_safe_store(database: Database, *, clock: Clock, demo: bool) -> None:
    """Check durability, schema version and clocks. Raises UnsafeStore, SchemaMismatch.

    In order: (1) settings of durability as the store itself reports them; (2) the schema is this program's; (3) the
    clocks of program and store differ by less than two seconds; (4) no clock offset outside demonstrations.
    """
    async with database.session() as connection:
        await (_sqlite(connection) if database.is_sqlite else _postgresql(connection))  # (1)
    async with database.read() as connection:
        await require_current(connection)  # (2)
        drift = abs(await database.now(connection) - clock.now())
    if drift > LARGEST_DRIFT:  # (3)
        raise UnsafeStore(setting="clock", drift_seconds=drift.total_seconds())
    if clock.offset and not demo:  # (4)
        raise UnsafeStore(setting="clock", offset_seconds=clock.offset.total_seconds())


async def _sqlite(connection: Transaction) -> None:
    for name, wanted in SQLITE_WANTED:
        found = (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
        if found != wanted:
            raise UnsafeStore(setting=name, found=found, wanted=wanted)
    await connection.rollback()


async def _postgresql(connection: Transaction) -> None:
    for name, wanted in POSTGRESQL_WANTED:
        found = (await connection.execute(text(f"SHOW {name}"))).scalar_one()
        if found not in wanted:
            raise UnsafeStore(setting=name, found=found, wanted=sorted(wanted))
    if (await connection.execute(text("SELECT pg_is_in_recovery()"))).scalar_one():
        raise UnsafeStore(setting="pg_is_in_recovery", found=True, wanted=False)
    await connection.rollback()
