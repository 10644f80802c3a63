"""`zhizhao bench`: run the cases, print the report, gate on correctness and budgets."""

import asyncio
import contextlib
import platform
import sqlite3
import ssl
from collections.abc import Iterator
from typing import Any

import click

import zhizhao
from zhizhao.cli.bench import present
from zhizhao.cli.bench.case import Outcome
from zhizhao.cli.bench.cpu import load
from zhizhao.cli.bench.postgres import own_postgres
from zhizhao.cli.bench.server import free_port
from zhizhao.cli.bench.world import FULL, QUICK, planted
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


@click.command()
@click.argument("what", type=click.Choice(["present"]), default="present")
@click.option("--quick", is_flag=True, help="Short rounds and a small world; ends within 240 s.")
@click.option("--store", type=click.Choice(["both", "postgresql", "sqlite"]), default="both", show_default=True)
@click.option("--database-url", metavar="URL", help="An empty PostgreSQL database instead of a server of its own.")
@pass_installation
def bench(installation: Installation, what: str, *, quick: bool, store: str, database_url: str | None) -> None:
    """Measure the hot paths as ratios to the cryptographic floor of the same run."""
    del what  # one family of operations so far
    before = load()
    outcomes = []
    if store != "sqlite":
        with _postgresql(database_url) as (url, pid):
            outcomes.append(asyncio.run(_run("postgresql", quick=quick, url=url, pid=pid)))
    if store != "postgresql":
        outcomes.append(asyncio.run(_run("sqlite", quick=quick, url=None, pid=None)))
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


async def _run(store: str, *, quick: bool, url: str | None, pid: int | None) -> Outcome:
    size, plan = (QUICK, present.QUICK) if quick else (FULL, present.FULL)
    async with planted(size, database_url=url, port=free_port()) as world:
        outcome = await present.bench_redeem(world, store=store, plan=plan, database_pid=pid)
    outcome.notes |= {"entities": size.entities, "downloads": size.downloads}
    return outcome


def _machine() -> dict[str, str]:
    return {
        "cpu": platform.processor() or platform.machine(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
        "sqlite": sqlite3.sqlite_version,
    }


def _report(facts: dict[str, Any]) -> str:
    mark = "quick " if facts["quick"] else ""
    lines = [f"zhizhao {facts['version']} bench {mark}on {facts['machine']}"]
    for o in facts["operations"]:
        lines += [
            f"{mark}{o['name']} on {o['store']} ({o['suite']}): {o['state']}",
            f"{mark}  ratio {o['ratio']} ({o['ratio_low']}-{o['ratio_high']}), budget {o['budget']}, goal {o['goal']}",
            f"{mark}  app {o['app_cpu_us']} us + db {o['db_cpu_us']} us a redemption, floor U {o['floor_us']} us",
            f"{mark}  {o['rate']} requests/s over {o['connections']} connections, generator {o['generator_cpu_us']} us",
            f"{mark}  p50 {o['p50_ms']} ms, p95 {o['p95_ms']} ms, p99 {o['p99_ms']} ms (closed loop)",
            f"{mark}  RSS {o['rss_idle_mib']} MiB idle, {o['rss_end_mib']} MiB at the end",
            f"{mark}  {o['entities']} entities, {o['requests']} requests in {o['rounds']} rounds",
            f"{mark}  other processes used {o['foreign_cores']} cores at most",
            f"{mark}  checks: {', '.join(o['checks'])}; missing: {', '.join(o['missing'])}",
            *(f"{mark}  WRONG: {line}" for line in o["wrong"]),
        ]
    return "\n".join(lines)


def _gate(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.wrong:
            raise BenchIncorrect(operation=outcome.name, store=outcome.store, wrong=outcome.wrong)
    for outcome in outcomes:
        if outcome.state == "fail":
            raise BudgetMissed(operation=outcome.name, store=outcome.store, ratio=outcome.facts()["ratio"])
    if any(outcome.noisy for outcome in outcomes):
        raise BenchNoisy(operations=[o.name for o in outcomes if o.noisy])
