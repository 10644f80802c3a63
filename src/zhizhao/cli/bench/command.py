"""`zhizhao bench`: run the cases, print the report, gate on correctness and budgets."""

import asyncio
import contextlib
import os
import platform
import sqlite3
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

import zhizhao
from zhizhao.cli.bench import issue, present, printing
from zhizhao.cli.bench.case import Outcome
from zhizhao.cli.bench.cpu import load
from zhizhao.cli.bench.postgres import own_postgres
from zhizhao.cli.bench.server import free_port
from zhizhao.cli.bench.world import FULL, QUICK, opened, planted
from zhizhao.cli.context import Installation, pass_installation
from zhizhao.kernel.errors import ZhizhaoError


class BenchIncorrect(ZhizhaoError):
    """The measured work was not done right; the figures mean nothing."""

    code = "bench-incorrect"


class BudgetMissed(ZhizhaoError):
    """A budget of PERFORMANCE.md is not met."""

    code = "bench-budget-missed"


class BenchNoisy(ZhizhaoError):
    """Other work on the machine, or a moving floor: no verdict; run again on a quiet machine."""

    code = "bench-noisy"


OPERATIONS = ("present", "issue", "import", "print")
"""What can be measured so far; `login` and `sign` come with their own work."""


@click.command()
@click.argument("what", type=click.Choice(OPERATIONS), default="present")
@click.option("--quick", is_flag=True, help="Short rounds and a small world; ends within 240 s.")
@click.option("--store", type=click.Choice(["both", "postgresql", "sqlite"]), default="both", show_default=True)
@click.option("--database-url", metavar="URL", help="An empty PostgreSQL database instead of a server of its own.")
@pass_installation
def bench(installation: Installation, what: str, *, quick: bool, store: str, database_url: str | None) -> None:
    """Measure an operation as a ratio to the cryptographic floor of the same run."""
    before = load()
    outcomes: list[Outcome] = []
    if what != "print" and store != "sqlite":
        with _postgresql(database_url) as (url, pid):
            outcomes += asyncio.run(_run(what, "postgresql", quick=quick, url=url, pid=pid))
    if what == "print" or store != "postgresql":
        outcomes += asyncio.run(_run(what, "sqlite", quick=quick, url=None, pid=None))
    facts = {
        "schema": 1,
        "version": zhizhao.__version__,
        "quick": quick,
        "noisy": any(o.noisy for o in outcomes),
        "machine": _machine(),
        "load_before": before,
        "load_after": load(),
        "operations": [o.facts() for o in outcomes],
    }
    installation.answer(facts, text=_report(facts))
    _gate(outcomes)


@contextlib.contextmanager
def _postgresql(url: str | None) -> Iterator[tuple[str, int | None]]:
    if url:
        yield url, None
        return
    with own_postgres() as (own_url, pid):
        yield own_url, pid


async def _run(what: str, store: str, *, quick: bool, url: str | None, pid: int | None) -> list[Outcome]:
    if what == "present":
        size, plan = (QUICK, present.QUICK) if quick else (FULL, present.FULL)
        async with planted(size, database_url=url, port=free_port()) as world:
            outcomes = await present.bench_present(world, store=store, plan=plan, database_pid=pid)
        for outcome in outcomes:
            outcome.notes |= {"entities": size.entities, "downloads": size.downloads}
        return outcomes
    async with opened(database_url=url, port=free_port()) as (parts, folder):
        if what == "print":
            return await printing.bench_print(parts, folder, plan=printing.QUICK if quick else printing.FULL)
        plan = issue.QUICK if quick else issue.FULL
        measured = issue.bench_issue if what == "issue" else issue.bench_import
        return await measured(parts, folder, store=store, plan=plan, database_pid=pid)


def _machine() -> dict[str, str]:
    return {
        "cpu": _cpu(),
        "cores": str(os.cpu_count()),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
        "sqlite": sqlite3.sqlite_version,
    }


def _cpu() -> str:
    """Return the processor's name as the kernel tells it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _report(facts: dict[str, Any]) -> str:
    mark = "quick " if facts["quick"] else ""
    machine = facts["machine"]
    lines = [
        f"zhizhao {facts['version']} bench {mark}".rstrip(),
        ", ".join(f"{name} {machine[name]}" for name in machine),
        *(f"{mark}{line}" for o in facts["operations"] for line in _lines(o)),
    ]
    return "\n".join(lines)


def _lines(o: dict[str, Any]) -> list[str]:
    unit = o.get("unit", "redemption")
    aims = f", budget {o['budget']}" if o["budget"] is not None else ""
    if o["goal"] is not None:
        aims += f", goal {o['goal']} {'reached' if o['ratio'] <= o['goal'] else 'not reached yet'}"
    floor = f"floor U {o['floor_us']} us ({o['floor_low_us']}-{o['floor_high_us']})"
    lines = [
        f"{o['name']} on {o['store']} ({o['suite']}): {o['state']}",
        f"  ratio {o['ratio']} ({o['ratio_low']}-{o['ratio_high']}){aims}",
        f"  app {o['app_cpu_us']} us + db {o['db_cpu_us']} us a {unit}, {floor}",
        f"  {o['rate']}/s by the clock; {o['requests']} in {o['rounds']} rounds",
        f"  other processes used {o['foreign_cores']} cores at most",
    ]
    if "connections" in o:
        latency = ", ".join(f"{name} {o[f'{name}_ms']} ms" for name in ("p50", "p95", "p99"))
        lines += [f"  {o['connections']} connections, closed loop: {latency}; generator {o['generator_cpu_us']} us"]
    if "rss_idle_mib" in o:
        lines += [
            f"  RSS {o['rss_idle_mib']} MiB idle, {o['rss_end_mib']} MiB at the end; {o['entities']} entities",
            f"  checks: {', '.join(o['checks'])}; missing: {', '.join(o['missing'])}",
        ]
    if "batching_gain" in o:
        lines += [f"  batching saves {o['batching_gain']} times (P14: at least {o['least_gain']})"]
    return [*lines, *(f"  WRONG: {line}" for line in o["wrong"])]


def _gate(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.wrong:
            raise BenchIncorrect(operation=outcome.name, store=outcome.store, wrong=outcome.wrong)
    for outcome in outcomes:
        if outcome.state == "fail":
            raise BudgetMissed(operation=outcome.name, store=outcome.store, ratio=outcome.facts()["ratio"])
    if any(outcome.noisy for outcome in outcomes):
        raise BenchNoisy(operations=[o.name for o in outcomes if o.noisy])
