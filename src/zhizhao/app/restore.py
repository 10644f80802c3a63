"""Restore a backup by the rules of SECURITY.md §2 T30.

Plan. (1) Nobody serves; (2) the backup opens with the passphrase and is of this installation, or there is none here;
(3) a second store is made beside the live one, brought to this program's schema, its ledger re-derived; (4) what the
live store's ledger knows later than the backup is written to a file, to be replayed; (5) the second store goes into
maintenance and changes places with the live one, which is kept; (6) the code key is rotated, so that codes of before
are dead. Nobody is served until `confirm_restore`.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from zhizhao.app.backup_manifest import Manifest, OpenedBackup, open_backup, write_private
from zhizhao.app.parts import KEY_FOLDER
from zhizhao.kernel.actor import OPERATOR
from zhizhao.kernel.clock import Clock, parse_rfc3339, to_micros
from zhizhao.ledger.act import Act
from zhizhao.ledger.check import check
from zhizhao.ledger.entry import new_entry
from zhizhao.ledger.store import LedgerStore
from zhizhao.ledger.witness import FileWitness
from zhizhao.settings import Settings
from zhizhao.storage.database import Database
from zhizhao.storage.errors import BackupRefused, StoreUnreachable, UnsafeStore
from zhizhao.storage.lock import hold_writer
from zhizhao.storage.maintenance import begin_maintenance
from zhizhao.storage.migrate import knows, migrate
from zhizhao.storage.restore import SecondStore
from zhizhao.storage.upgrade import schema_version
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.key_file import NAME as KEY_FILE
from zhizhao.trust.keys import Purpose

MARGIN = timedelta(days=1)
"""Ids of entries carry their process's time; a transaction open at the backup, or a clock, may be that late."""
RESTORED = "restored from a backup; `zhizhao restore --confirm` ends it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A backup that took the store's place; the installation is in maintenance."""

    manifest: Manifest
    leaves: int
    """Leaves of the restored ledger."""
    witnessed: int
    """Leaves that the witness saw; more than `leaves`: as many acts are missing."""
    later: int
    """Entries that the replaced store had and the backup has not."""
    later_file: str | None
    """Where they are written, one a line, to be replayed; None: there are none."""
    kept: str | None
    """The replaced store: a file beside the new one, or a database."""


async def restore(settings: Settings, file: Path, *, passphrase: bytes, clock: Clock) -> Restored:
    """Restore a backup, keep what it replaces, begin maintenance.

    Raises BackupRefused, PassphraseRefused, LedgerBroken: the backup's own ledger is; UnsafeStore: somebody serves.
    Whatever is raised, the live store is as it was.
    """
    stamp = clock.now().strftime("%Y%m%d%H%M%S")
    keys = settings.data_path() / KEY_FOLDER
    second = SecondStore(settings.url_of_database(), stamp=stamp)
    with _nobody_serves(settings, clock=clock):  # (1)
        await second.require_unused()
        with open_backup(file, passphrase, clock=clock) as backup:  # (2)
            _require_fit(backup, keys, store=second.kind, passphrase=passphrase, clock=clock)
            try:
                leaves = await _filled(backup, second, settings=settings)  # (3)
                later_file = settings.data_path() / f"after-backup-{stamp}.jsonl"
                later = await _later(backup, second, live=settings.url_of_database(), file=later_file)  # (4)
                last = await FileWitness(settings.witness_path()).last()
                facts = {"later": later, "leaves": leaves, "witnessed": last.size if last else 0}
                await _into_maintenance(second, facts, clock=clock)  # (5)
                kept = await second.swap()
            finally:
                await second.discard()
        FileKeys.open(keys, passphrase, clock=clock).rotate(Purpose.CODE, compromised=True)  # (6)
    later_name = str(later_file) if later else None
    return Restored(manifest=backup.manifest, **facts, later_file=later_name, kept=kept)


async def _filled(backup: OpenedBackup, second: SecondStore, *, settings: Settings) -> int:
    """Make the second store, check its ledger, give a new machine keys and witness; return the ledger's leaves."""
    extras, content = backup.read()
    await second.fill(content)
    await asyncio.to_thread(migrate, second.url)
    async with _opened(second.url) as database:
        report = await check(database, store=LedgerStore(database), keys=backup.keys, witness=None)
    _install(backup, settings, files=extras.keys, witness=extras.witness)
    return report.leaves


async def _later(backup: OpenedBackup, second: SecondStore, *, live: str, file: Path) -> int:
    """Write down what the live store's ledger has and the backup's has not; return how many entries."""
    if not await second.has_live() or await schema_version(live) is None:
        return 0
    async with _opened(second.url) as database:
        since = parse_rfc3339(backup.manifest.created_at)
        return await _write_later(LedgerStore(database), database, live=live, since=since, file=file)


async def _into_maintenance(second: SecondStore, facts: dict[str, int], *, clock: Clock) -> None:
    entry = new_entry(clock, act=Act.OPERATOR_BACKUP_RESTORED, actor=OPERATOR, object_id="store", facts=facts)
    async with _opened(second.url) as database, database.write() as connection:
        await begin_maintenance(connection, RESTORED, at=await database.now(connection))
        await LedgerStore(database).append(connection, entry)


def _nobody_serves(settings: Settings, *, clock: Clock) -> AbstractContextManager[None]:
    """Hold the writer's place on SQLite; on PostgreSQL the swap itself is refused while anybody is connected."""
    if settings.url_of_database().startswith("sqlite"):
        return hold_writer(settings.data_path(), clock=clock, purpose="restore")
    return nullcontext()


def _require_fit(backup: OpenedBackup, keys: Path, *, store: str, passphrase: bytes, clock: Clock) -> None:
    """Check that a backup is for this program, this kind of store and these keys. Raises BackupRefused."""
    manifest = backup.manifest
    if manifest.store != store:
        raise BackupRefused(reason="made on another kind of store", found=manifest.store, wanted=store)
    if not knows(manifest.schema):
        raise BackupRefused(reason="made by a later program", schema=manifest.schema)
    if (keys / KEY_FILE).exists():
        ours = {info.kid for info in FileKeys.open(keys, passphrase, clock=clock).list()}
        if not {info.kid for info in backup.keys.list()} <= ours:
            raise BackupRefused(reason="made by another installation: its keys are not ours")


def _install(backup: OpenedBackup, settings: Settings, *, files: dict[str, bytes], witness: bytes) -> None:
    """Give a new machine the keys and the witness's last word; what is there already stays as it is."""
    keys = settings.data_path() / KEY_FOLDER
    if not (keys / KEY_FILE).exists():
        write_private(keys / KEY_FILE, backup.manifest.key_file)
    for name, content in files.items():
        path = (keys / name).resolve()
        if path.is_relative_to(keys.resolve()) and not path.exists():
            write_private(path, content)
    if witness and not settings.witness_path().exists():
        write_private(settings.witness_path(), witness)


async def _write_later(restored: LedgerStore, database: Database, *, live: str, since: datetime, file: Path) -> int:
    """Write down every entry that the live store has and the second one has not; return how many.

    A live store that cannot be read is a reason why people restore: then nothing can be told.
    """
    count, after = 0, to_micros(since - MARGIN) // 1000
    try:
        async with _opened(live) as old, old.read() as connection, database.read() as known:
            entries, last = LedgerStore(old), after.to_bytes(6, "big") + bytes(10)
            while rows := await entries.entries_after(connection, last, limit=1000):
                last = rows[-1][0]
                here = await restored.known_among(known, [row[0] for row in rows])
                missing = [body for entry_id, body in rows if entry_id not in here]
                if missing:
                    _append_lines(file, missing)
                    count += len(missing)
    except (UnsafeStore, StoreUnreachable):
        return count
    return count


def _append_lines(file: Path, bodies: list[bytes]) -> None:
    file.touch(mode=0o600, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.writelines(json.dumps(json.loads(body), ensure_ascii=False) + "\n" for body in bodies)


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()
