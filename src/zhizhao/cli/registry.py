"""`zhizhao registry import FILE`: take in a registrar's spreadsheet, CSV or message (INTERFACES.md §2)."""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from zhizhao.app.parts import Parts
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.clock import today
from zhizhao.registry.import_entities import Desk, import_entities, try_import
from zhizhao.registry.import_entities import Progress as Told
from zhizhao.registry.intake import reasons
from zhizhao.registry.intake.error_file import ErrorFile
from zhizhao.registry.intake.open_source import is_message, is_workbook, open_source
from zhizhao.registry.intake.row import RowReader
from zhizhao.registry.intake.sift import Sifter
from zhizhao.registry.intake.source import Notes
from zhizhao.registry.intake.values import StatusList
from zhizhao.registry.tally import Tally


@click.group()
def registry() -> None:
    """Feed the register with a registrar's data."""


@registry.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything and say what would happen; write nothing but errors.")
@click.option(
    "--status-list",
    type=click.Choice([one.value for one in StatusList]),
    default=StatusList.NONE.value,
    show_default=True,
    help="Which list digits in 登记状态 belong to; without it digits are refused, words are always read.",
)
@pass_installation
def import_(installation: Installation, file: Path, *, dry_run: bool, status_list: str) -> None:
    """Take in FILE: .xlsx, .csv (UTF-8 or GB 18030) or an infoXml message, told apart by content.

    Good rows are taken; every bad row is told with its number, column and reason in FILE's error file beside it.
    Running it twice changes nothing; stopped halfway, run it again.
    """

    async def work(parts: Parts) -> dict[str, Any]:
        return await import_file(parts, file, dry_run=dry_run, status_list=StatusList(status_list))

    facts = installation.run(work)
    installation.answer(facts, text=_text(facts))


async def import_file(parts: Parts, file: Path, *, dry_run: bool, status_list: StatusList) -> dict[str, Any]:
    """Import one file; return the figures that `--json` prints. Raises IntakeRefused."""
    source = open_source(file)
    desk = Desk(
        database=parts.database,
        store=parts.registry,
        sealer=parts.sealer,
        outbox=parts.outbox,
        ledger=parts.ledger,
        clock=parts.clock,
        actor=parts.actor,
    )
    reader = RowReader(
        today=today(parts.clock.now()),
        kind_templates=parts.settings.kind_templates,
        status_list=status_list,
        is_message=is_message(source),
    )
    errors = ErrorFile(file, as_workbook=is_workbook(source))
    sifter = Sifter(reader, errors)
    tally = Tally()
    try:
        with _bar(file.name) as progress:
            if dry_run:
                tally = await try_import(source, sifter, desk=desk, progress=progress)
            else:
                digest = _digest(file)
                tally = await import_entities(
                    source, sifter, desk=desk, name=file.name, digest=digest, progress=progress
                )
    finally:
        error_file = errors.close()
    return _facts(tally, sifter, notes=source.notes, error_file=error_file, dry_run=dry_run)


def _digest(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


@contextmanager
def _bar(name: str) -> Iterator[Told | None]:
    """Show a bar on stderr when that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda position, size: bar.update(task, completed=position, total=size)


def _facts(tally: Tally, sifter: Sifter, *, notes: Notes, error_file: Path | None, dry_run: bool) -> dict[str, Any]:
    return {
        "rows": sifter.rows,
        "new": tally.new,
        "changed": tally.changed,
        "unchanged": tally.unchanged,
        "rejected": sifter.rejected,
        "error_file": str(error_file) if error_file else None,
        "warnings": dict(sorted(sifter.warnings.items())),
        "unknown_columns": notes.unknown_columns,
        "remarks": notes.remarks,
        "dry_run": dry_run,
    }


def _text(facts: dict[str, Any]) -> str:
    trial = "试运行：" if facts["dry_run"] else ""
    counts = f"新增 {facts['new']}，变更 {facts['changed']}，未变 {facts['unchanged']}，未收 {facts['rejected']}"
    lines = [f"{trial}共 {facts['rows']} 行，{counts}"]
    if facts["unknown_columns"]:
        lines.append(f"不认识的列（已忽略）：{'、'.join(facts['unknown_columns'])}")
    lines += facts["remarks"]
    for code, count in facts["warnings"].items():
        column, reason = reasons.WARNINGS[code]
        lines.append(f"{column}：{reason}（{count} 行）")
    if facts["error_file"]:
        lines.append(f"错误和提示见：{facts['error_file']}")
    return "\n".join(lines)
