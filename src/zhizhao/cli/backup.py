"""`zhizhao backup FILE`: one encrypted, consistent copy of the installation (INTERFACES.md §2)."""

from pathlib import Path

import click

from zhizhao.app.back_up import BackupMade, back_up
from zhizhao.app.parts import Parts
from zhizhao.cli.context import Installation, pass_installation


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_installation
def backup(installation: Installation, file: Path) -> None:
    """Write FILE: store, keys and the witness's last word, encrypted; serving goes on meanwhile.

    FILE and the installation's passphrase restore a lost machine; without the passphrase it is of no use to anybody.
    Keep both, apart from each other and from this machine. An existing FILE is never written over.
    """

    async def work(parts: Parts) -> BackupMade:
        return await back_up(parts, file)

    made = installation.run(work)
    head = made.manifest.head
    facts = {
        "file": str(made.file),
        "bytes": made.bytes_,
        "created_at": made.manifest.created_at,
        "store": made.manifest.store,
        "schema": made.manifest.schema,
        "head": head and {"size": head.size, "root": head.root},
    }
    text = (
        f"备份完成：{made.file}（{made.bytes_} 字节，审计账到第 {head.size if head else 0} 条）。"
        "请与口令分开保管，并离开本机存放。\n"
        f"Backed up to {made.file}: {made.bytes_} bytes, ledger up to {head.size if head else 0}. "
        "Keep it apart from the passphrase and off this machine."
    )
    installation.answer(facts, text=text)
