"""Ledgers for tests: cheap keys, entries, a sealed ledger with its witness."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from zhizhao.kernel.actor import SYSTEM
from zhizhao.kernel.clock import HeldClock
from zhizhao.ledger.countersign import countersign
from zhizhao.ledger.entry import Act, Entry, new_entry
from zhizhao.ledger.seal import seal
from zhizhao.ledger.store import LedgerStore
from zhizhao.ledger.witness import FileWitness
from zhizhao.storage.database import Database
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.key_file import KdfCost

CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)
PASSPHRASE = b"only for tests"


def cheap_keys(folder: Path, clock: HeldClock) -> FileKeys:
    """Make a key file whose passphrase costs nothing to try."""
    folder.mkdir(parents=True, exist_ok=True)
    return FileKeys.create(folder, PASSPHRASE, clock=clock, cost=CHEAP)


def an_entry(clock: HeldClock, number: int) -> Entry:
    """Make the entry of a number."""
    return new_entry(
        clock, act=Act.OPERATOR_BACKUP_MADE, actor=SYSTEM, object_id=f"object-{number}", facts={"n": number}
    )


@dataclass(slots=True)
class KeptLedger:
    """A ledger with everything that keeps it."""

    database: Database
    store: LedgerStore
    keys: FileKeys
    witness: FileWitness
    witness_file: Path
    clock: HeldClock
    made: int = 0

    async def add(self, count: int) -> list[Entry]:
        """Append entries, each a millisecond later, in one transaction."""
        entries = []
        for _ in range(count):
            self.clock.at += timedelta(milliseconds=1)
            entries.append(an_entry(self.clock, self.made))
            self.made += 1
        async with self.database.write() as connection:
            await self.store.append(connection, *entries)
        return entries

    async def seal(self, limit: int = 1000) -> int:
        """Seal what waits, return how much."""
        return (await seal(self.database, store=self.store, keys=self.keys, limit=limit)).leaves

    async def countersign(self) -> int:
        """Show the newest head to the witness."""
        return await countersign(self.database, store=self.store, keys=self.keys, witness=self.witness)

    async def grow(self, *batches: int) -> list[Entry]:
        """Add, seal and witness one batch after the other."""
        entries = []
        for count in batches:
            entries += await self.add(count)
            assert await self.seal() == count
            await self.countersign()
        return entries


async def drop_triggers(database: Database) -> None:
    """Take the append-only triggers away, as an insider with the owner's role does."""
    async with database.write() as connection:
        if database.is_sqlite:
            rows = await connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            drops = [f"DROP TRIGGER {row[0]}" for row in rows.all()]
        else:
            rows = await connection.exec_driver_sql(
                "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
            )
            drops = [f"DROP TRIGGER {row[0]} ON {row[1]}" for row in rows.all()]
        for drop in drops:
            await connection.exec_driver_sql(drop)


def reopened(ledger: KeptLedger, database: Database | None = None) -> KeptLedger:
    """Open the same ledger as a new process does."""
    opened = database or Database(ledger.database.url.render_as_string(hide_password=False))
    return replace(ledger, database=opened, store=LedgerStore(opened), witness=FileWitness(ledger.witness_file))


def kept_ledger(database: Database, folder: Path, clock: HeldClock) -> KeptLedger:
    """Return an empty ledger with keys and a witness in a folder."""
    file = folder / "witness.jsonl"
    return KeptLedger(
        database=database,
        store=LedgerStore(database),
        keys=cheap_keys(folder / "keys", clock),
        witness=FileWitness(file),
        witness_file=file,
        clock=clock,
    )
