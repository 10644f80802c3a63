"""`zhizhao audit check`: re-derive the whole ledger and name the first place that differs (INTERFACES.md §2)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from zhizhao.app.check_histories import Histories, HistoriesBroken, check_histories
from zhizhao.app.parts import Parts
from zhizhao.app.renew_witness import renew_witness
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.clock import rfc3339
from zhizhao.kernel.text import clean_name
from zhizhao.ledger.check import Report, Told, check
from zhizhao.ledger.errors import LedgerBroken
from zhizhao.ledger.finding import Defect, Finding, Part
from zhizhao.ledger.witness import FileWitness

LONGEST_REASON = 200
PARTS = {
    Part.ENTRY: "记录",
    Part.LEAF: "顺序",
    Part.TILE: "树节点",
    Part.HEAD: "签名树头",
    Part.WITNESS: "外部见证",
}
DEFECTS = {
    Defect.CHANGED: "被改动",
    Defect.REMOVED: "被删除",
    Defect.INSERTED: "被插入",
    Defect.REORDERED: "被调换",
    Defect.CUT_OFF: "被截断",
    Defect.FORKED: "被分叉",
}


@click.group()
def audit() -> None:
    """Check what the installation has written about itself."""


@audit.command(name="check")
@pass_installation
def check_(installation: Installation) -> None:
    """Re-derive the ledger: every entry, its place, the tree, every signed head and the outside witness.

    Says 完整 when everything is as it was written, else names the first place that was changed, removed, inserted,
    reordered, cut off or forked, and ends with status 1. May run beside a serving installation.
    """

    async def work(parts: Parts) -> Report:
        witness = FileWitness(parts.settings.witness_path())
        with _progress(quiet=installation.as_json) as told:
            return await check(parts.database, store=parts.ledger, keys=parts.keys, witness=witness, told=told)

    try:
        report = installation.run(work)
    except LedgerBroken as broken:
        found = broken.facts["finding"]
        if isinstance(found, Finding):
            installation.answer({"whole": False, "finding": finding_facts(found)}, text=finding_text(found))
        raise
    installation.answer({"whole": True, **report_facts(report)}, text=report_text(report))


@audit.command()
@pass_installation
def history(installation: Installation) -> None:
    """Check register and licences: every version chains, what is in use is its last version, the ledger saw each one.

    Names every entity that was changed, cut short or removed behind the program's back, and ends with status 1. The
    serving installation does the same every night. May run beside it.
    """

    async def work(parts: Parts) -> Histories:
        with _counter(quiet=installation.as_json) as told:
            return await check_histories(parts, progress=told)

    found = installation.run(work)
    installation.answer({"whole": not found.findings, **asdict(found)}, text=history_text(found))
    if found.findings:
        raise HistoriesBroken(findings=len(found.findings))


@audit.command(name="renew-witness")
@click.option("--reason", required=True, metavar="TEXT", help="How its memory was lost; goes into the ledger.")
@pass_installation
def renew_witness_(installation: Installation, reason: str) -> None:
    """Let a witness begin anew whose memory, or a part of it, was lost.

    A witness that holds less than it held before is refused, and after a while nothing new is issued: it cannot tell
    whether the ledger was rewritten meanwhile. Find out why first; compare the last head in a receipt or a backup
    with `zhizhao audit check`. A witness that remembers all it was shown is left as it is.
    """

    async def work(parts: Parts) -> int:
        return await renew_witness(parts, clean_name(reason, longest=LONGEST_REASON))

    leaves = installation.run(work)
    text = f"外部见证重新开始，见证到第 {leaves} 条。\nThe witness began anew and holds {leaves} leaves."
    installation.answer({"witnessed": leaves}, text=text)


def history_text(found: Histories) -> str:
    """Return what people read of the histories."""
    counts = f"{found.entities} 个主体、{found.licences} 份执照，对照审计账 {found.entries} 条记录"
    english = f"{found.entities} entities and {found.licences} licences against {found.entries} ledger entries"
    if not found.findings:
        return f"名录和执照完整：{counts}。\nRegister and licences are whole: {english}."
    lines = [f"{one.part}  {one.uscc}  version {one.version}  {one.reason}" for one in found.findings]
    told = (
        f"名录或执照被改动：已核对 {counts}。请停止签发，保全数据库。",
        f"Register or licences were changed ({english} checked). Stop issuing; keep the database as it is.",
    )
    return "\n".join([*told, *lines])


def report_facts(report: Report) -> dict[str, Any]:
    """Return what `--json` prints of a whole ledger."""
    return {
        "entries": report.entries,
        "leaves": report.leaves,
        "waiting": report.waiting,
        "heads": report.heads,
        "head": report.root and {"size": report.head_size, "root": report.root.hex(), "at": _time(report)},
        "witnessed": report.witnessed,
    }


def report_text(report: Report) -> str:
    """Return what people read of a whole ledger."""
    waiting = f"，{report.waiting} 条待封存" if report.waiting else ""
    return (
        f"审计账完整：{report.leaves} 条记录、{report.heads} 个签名树头逐一核对无误，"
        f"外部见证到第 {report.witnessed} 条{waiting}。\n"
        f"The ledger is whole: {report.leaves} leaves and {report.heads} signed heads re-derived, "
        f"witnessed up to {report.witnessed}, {report.waiting} waiting."
    )


def finding_facts(finding: Finding) -> dict[str, Any]:
    """Return what `--json` prints of the first place that differs."""
    return {
        "part": finding.part.value,
        "defect": finding.defect.value,
        "leaf": finding.leaf,
        "until": finding.until,
        "entry_id": finding.entry_id and str(finding.entry_id),
        "head": finding.head,
        "detail": finding.detail,
    }


def finding_text(finding: Finding) -> str:
    """Return what people read of the first place that differs."""
    exact = finding.leaf == finding.until
    place = f"第 {finding.leaf} 条" if exact else f"第 {finding.leaf} 至 {finding.until} 条之间"
    entry = f"（记录 {finding.entry_id}）" if finding.entry_id else ""
    head = f"（树头 {finding.head}）" if finding.head else ""
    return (
        f"审计账不完整：{place}{entry}{head}，{PARTS[finding.part]}{DEFECTS[finding.defect]}。"
        "请停止签发，保全数据库和见证文件。\n"
        f"The ledger is broken at {finding}. Stop issuing; keep the database and the witness file as they are."
    )


def _time(report: Report) -> str | None:
    return rfc3339(report.head_at) if report.head_at else None


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Told]:
    """Show a bar on stderr when somebody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("核对审计账"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def told(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        yield told


@contextmanager
def _counter(*, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show on stderr how many entities were looked at when somebody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("核对名录和执照"), BarColumn(), TextColumn("{task.completed}"))
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda count: bar.advance(task, count)
