"""Back an installation up: one encrypted file with store, keys and the witness's last word; serving goes on."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import msgspec

import zhizhao
from zhizhao.app.backup_manifest import Extras, HeadFacts, Manifest, framed, new_key
from zhizhao.app.parts import KEY_FOLDER, Parts
from zhizhao.kernel.clock import rfc3339
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.ledger.head import read_head
from zhizhao.storage.archive import write_archive
from zhizhao.storage.backup import Snapshot, snapshot
from zhizhao.storage.migrate import code_version
from zhizhao.trust.key_file import NAME as KEY_FILE

NOT_BACKED_UP = (KEY_FILE, "keys.lock")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade:
    """A backup that is on the disk."""

    file: Path
    bytes_: int
    manifest: Manifest


async def back_up(parts: Parts, file: Path) -> BackupMade:
    """Write the backup. Raises BackupRefused: the file exists, a program is missing, the store cannot be copied."""
    folder = parts.settings.data_path()
    async with snapshot(parts.database, spool=folder) as taken:
        head = await _head(parts, taken)
        key, kid, wrapped = new_key(parts.keys)
        manifest = Manifest(
            created_at=rfc3339(parts.clock.now()),
            program=zhizhao.__version__,
            store=parts.database.kind,
            schema=code_version(),
            head=head,
            kid=kid,
            wrapped=wrapped,
            key_file=(folder / KEY_FOLDER / KEY_FILE).read_bytes(),
        )

        def write() -> int:
            extras = _extras(folder, witness=parts.settings.witness_path())
            content: Iterator[bytes] = chain([framed(extras)], taken.content())
            return write_archive(file, content, header=msgspec.json.encode(manifest), key=key)

        size = await asyncio.to_thread(write)
    await _note(parts, manifest)
    return BackupMade(file=file, bytes_=size, manifest=manifest)


async def _head(parts: Parts, taken: Snapshot) -> HeadFacts | None:
    token = await parts.ledger.newest_head(taken.reader)
    if token is None:
        return None
    head = read_head(token, keys=parts.keys)
    return HeadFacts(size=head.size, root=head.root.hex(), token=token)


def _extras(folder: Path, *, witness: Path) -> Extras:
    keys = folder / KEY_FOLDER
    files = [path for path in sorted(keys.rglob("*")) if path.is_file() and path.name not in NOT_BACKED_UP]
    lines = witness.read_bytes().split(b"\n")[:-1] if witness.exists() else []
    return Extras(
        keys={str(path.relative_to(keys)): path.read_bytes() for path in files},
        witness=lines[-1] + b"\n" if lines else b"",
    )


async def _note(parts: Parts, manifest: Manifest) -> None:
    entry = new_entry(
        parts.clock,
        act=Act.OPERATOR_BACKUP_MADE,
        actor=parts.actor,
        object_id="store",
        facts={"head": manifest.head.size if manifest.head else 0, "schema": manifest.schema},
    )
    async with parts.database.write() as connection:
        await parts.ledger.append(connection, entry)
