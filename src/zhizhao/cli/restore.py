"""`zhizhao restore FILE`, then `zhizhao restore --confirm REASON` (INTERFACES.md §2, SECURITY.md §2 T30)."""

import asyncio
from pathlib import Path
from typing import Any

import click

from zhizhao.app.confirm_restore import Confirmed, confirm_restore
from zhizhao.app.parts import Parts
from zhizhao.app.restore import Restored
from zhizhao.app.restore import restore as restore_backup
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.clock import SystemClock
from zhizhao.settings import read_passphrase


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--confirm", metavar="REASON", help="End the maintenance after a restore; REASON goes into the ledger.")
@click.option("--database-url", metavar="URL", help="The store by a role that may create databases (PostgreSQL).")
@pass_installation
def restore(installation: Installation, file: Path | None, *, confirm: str | None, database_url: str | None) -> None:
    """Restore FILE, then wait in maintenance until `--confirm REASON`.

    The store that is there is kept under another name, with what it knows later than FILE written to a file: replay
    withdrawals, freezes and revocations from it, then confirm. Codes shown before the restore are dead. The outside
    witness does not forget: it refuses the smaller tree until the confirmation is on the record.
    """
    if (file is None) == (confirm is None):
        raise click.UsageError("give either FILE or --confirm REASON")  # noqa: TRY003, EM101 click's own way
    if file is None:
        _confirm(installation, str(confirm))
        return
    settings = installation.settings().with_database(database_url)
    done = asyncio.run(restore_backup(settings, file, passphrase=read_passphrase(settings), clock=SystemClock()))
    installation.answer(_facts(done), text=_text(done))


def _confirm(installation: Installation, reason: str) -> None:
    async def work(parts: Parts) -> Confirmed:
        return await confirm_restore(parts, reason)

    done = installation.run(work)
    text = "已确认，可以恢复服务。\nConfirmed; the installation may serve again."
    if done.old_witness:
        text += f"\n原见证记录保留在 / the witness's old memory stays in {done.old_witness}"
    installation.answer({"leaves": done.leaves, "old_witness": done.old_witness}, text=text)


def _facts(done: Restored) -> dict[str, Any]:
    return {
        "created_at": done.manifest.created_at,
        "leaves": done.leaves,
        "witnessed": done.witnessed,
        "later": done.later,
        "later_file": done.later_file,
        "kept": done.kept,
        "maintenance": True,
    }


def _text(done: Restored) -> str:
    lines = [
        f"已恢复 {done.manifest.created_at} 的备份，系统处于维护状态，确认前不提供服务。",
        f"Restored the backup of {done.manifest.created_at}; in maintenance, nobody is served until it is confirmed.",
    ]
    if done.witnessed > done.leaves:
        missing = done.witnessed - done.leaves
        lines += [
            f"外部见证记到第 {done.witnessed} 条，备份只到第 {done.leaves} 条，缺 {missing} 条。",
            f"The witness saw {done.witnessed} entries, the backup has {done.leaves}: {missing} are missing.",
        ]
    if done.later_file:
        lines += [
            f"备份之后的 {done.later} 条记录写在 {done.later_file}，请据此补办撤销、冻结、注销等操作。",
            f"{done.later} later entries are in {done.later_file}: replay withdrawals, freezes and revocations.",
        ]
    if done.kept:
        lines += [f"原数据库保留为 / the replaced store is kept as {done.kept}"]
    return "\n".join([*lines, "zhizhao restore --confirm REASON"])
