"""`zhizhao registry import FILE`: take in a registrar's spreadsheet, CSV or message (INTERFACES.md §2)."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from zhizhao.app.import_file import Order
from zhizhao.app.import_file import import_file as take_in
from zhizhao.app.parts import Parts
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.registry.findings import Findings
from zhizhao.registry.import_entities import Progress as Told
from zhizhao.registry.intake import reasons
from zhizhao.registry.intake.values import StatusList


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
@click.option(
    "--older", is_flag=True, help="Also take rows whose 核准日期 is before the recorded one, to put something right."
)
@pass_installation
def import_(installation: Installation, file: Path, *, dry_run: bool, status_list: str, older: bool) -> None:
    """Take in FILE: .xlsx, .csv (UTF-8 or GB 18030) or an infoXml message, told apart by content.

    Good rows are taken; every bad row is told with its number, column and reason in FILE's error file beside it.
    Running it twice changes nothing; stopped halfway, run it again. A row that is older than what is recorded is
    told and not taken, so that an old file brings no old values back.
    """

    async def work(parts: Parts) -> dict[str, Any]:
        return await import_file(parts, file, dry_run=dry_run, status_list=StatusList(status_list), allow_older=older)

    facts = installation.run(work)
    installation.answer(facts, text=_text(facts))


async def import_file(
    parts: Parts, file: Path, *, dry_run: bool, status_list: StatusList, allow_older: bool = False
) -> dict[str, Any]:
    """Import one file; return the figures that `--json` prints. Raises IntakeRefused."""
    order = Order(actor=parts.actor, status_list=status_list, dry_run=dry_run, name=file.name, allow_older=allow_older)
    with _bar(file.name) as progress:
        found = await take_in(parts, file, order=order, progress=progress)
    return _facts(found, dry_run=dry_run)


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


def _facts(found: Findings, *, dry_run: bool) -> dict[str, Any]:
    return {
        "rows": found.rows,
        "new": found.new,
        "changed": found.changed,
        "unchanged": found.unchanged,
        "rejected": found.rejected,
        "error_file": found.error_file,
        "warnings": dict(found.warnings),
        "unknown_columns": list(found.unknown_columns),
        "remarks": list(found.remarks),
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
