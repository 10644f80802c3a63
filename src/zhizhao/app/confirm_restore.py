"""Confirm a restore: what was withdrawn after the backup is replayed or was nothing; the installation serves again."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from zhizhao.app.parts import Parts
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.ledger.act import Act
from zhizhao.ledger.countersign import countersign
from zhizhao.ledger.entry import new_entry
from zhizhao.ledger.errors import WitnessRefused
from zhizhao.ledger.seal import seal
from zhizhao.ledger.witness import FileWitness
from zhizhao.storage.maintenance import end_maintenance, maintenance
from zhizhao.trust.keys import KeyState, Purpose


class NothingToConfirm(ZhizhaoError):
    """The installation is not in maintenance."""

    code = "nothing-to-confirm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The installation may serve."""

    leaves: int
    old_witness: str | None
    """Where the witness's memory of what was lost is kept, for ever; None: nothing was lost."""


async def confirm_restore(parts: Parts, reason: str) -> Confirmed:
    """End the maintenance of a restore, on the record. Raises NothingToConfirm.

    In order, so that it can be repeated: (1) codes of before the restore are dead; (2) the ledger says who confirmed
    what, and what the witness had seen; (3) the witness begins anew beside its old memory if that is of another tree;
    (4) the flag goes.
    """
    async with parts.database.read() as connection:
        found = await maintenance(connection)
    if found is None:
        raise NothingToConfirm
    _kill_old_codes(parts, since=found.since)  # (1)
    file = parts.settings.witness_path()
    await _note(parts, reason, witness=FileWitness(file))  # (2)
    await seal(parts.database, store=parts.ledger, keys=parts.keys)
    leaves, old = await _witness_again(parts, file)  # (3)
    async with parts.database.write() as connection:
        await end_maintenance(connection)  # (4)
    return Confirmed(leaves=leaves, old_witness=old)


def _kill_old_codes(parts: Parts, *, since: datetime) -> None:
    """Rotate the code key unless `restore` has done so."""
    current = next(i for i in parts.keys.list(Purpose.CODE) if i.state is KeyState.CURRENT)
    if current.created_at < since:
        parts.keys.rotate(Purpose.CODE, compromised=True)


async def _note(parts: Parts, reason: str, *, witness: FileWitness) -> None:
    last = await witness.last()
    async with parts.database.read() as connection:
        before = await parts.ledger.last_witnessed(connection)
    entry = new_entry(
        parts.clock,
        act=Act.OPERATOR_RESTORE_CONFIRMED,
        actor=parts.actor,
        object_id="store",
        because=reason,
        facts={
            "witnessed": last.size if last else 0,
            "root": last.root.hex() if last else None,
            "witnessed_before": before.size if before else 0,
        },
    )
    async with parts.database.write() as connection:
        await parts.ledger.append(connection, entry)


async def _witness_again(parts: Parts, file: Path) -> tuple[int, str | None]:
    """Show the restored tree; a witness that saw another one keeps that memory under another name."""
    try:
        return await _shown(parts, file), None
    except WitnessRefused:
        old = file.with_name(f"witness-until-{parts.clock.now():%Y%m%d%H%M%S}.jsonl")
        await asyncio.to_thread(file.rename, old)
        return await _shown(parts, file), str(old)


async def _shown(parts: Parts, file: Path) -> int:
    return await countersign(parts.database, store=parts.ledger, keys=parts.keys, witness=FileWitness(file), anew=True)
