"""`bench issue` and `bench import`: a registrar's rows go in (P9), licences come out (P8), in bulk."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from zhizhao.app.keeping import keeping
from zhizhao.app.parts import Parts
from zhizhao.cli.bench.case import Outcome, Plan, quiet_rounds
from zhizhao.cli.bench.floor import measure_floor
from zhizhao.cli.bench.inside import measure
from zhizhao.cli.bench.world import entity
from zhizhao.cli.demo.entities import DemoEntity
from zhizhao.cli.demo.plant import write_rows
from zhizhao.cli.registry import import_file
from zhizhao.kernel.actor import SYSTEM
from zhizhao.licence.issue_pending import issue_pending
from zhizhao.licence.life import Cause
from zhizhao.registry.intake.values import StatusList

QUICK = Plan(rounds=3, requests=3_000)
FULL = Plan(rounds=5, requests=10_000)
BUDGET_ISSUE = 20.0
BUDGET_IMPORT = 1.0


class _Feed:
    """Ever new entities, as files."""

    def __init__(self, parts: Parts, folder: Path) -> None:
        self.parts = parts
        self.wrong: list[str] = []
        self._folder = folder
        self._next = 0

    async def write(self, count: int) -> None:
        """Write the next file."""
        entities: Sequence[DemoEntity] = [entity(self._next + n) for n in range(count)]
        self._next += count
        await write_rows(self.path, entities)

    @property
    def path(self) -> Path:
        """Return where the file is."""
        return self._folder / "rows.csv"

    async def take_in(self, count: int) -> None:
        """Import the file and check the count."""
        found = await import_file(self.parts, self.path, dry_run=False, status_list=StatusList.NONE)
        if found["new"] != count:
            self.wrong.append(f"{found['new']} new entities from {count} rows")

    async def register(self, count: int) -> None:
        """Write and import: what issuing needs before."""
        await self.write(count)
        await self.take_in(count)

    async def issue(self, count: int, *, with_sm2: bool) -> None:
        """Issue what is due and check the count."""
        office = replace(self.parts.office, with_sm2=with_sm2)
        cause = Cause(actor=SYSTEM)
        tally = await issue_pending(self.parts.database, cause=cause, office=office, registry=self.parts.registry)
        if tally.done != count:
            self.wrong.append(f"{tally.done} licences for {count} entities")


async def bench_import(
    parts: Parts, folder: Path, *, store: str, plan: Plan, database_pid: int | None
) -> list[Outcome]:
    """Measure the import of plain rows from CSV: parse, validate, hash, insert, ledger."""
    feed = _Feed(parts, folder)
    rounds = await quiet_rounds(
        plan,
        measure=partial(measure, prepare=feed.write, work=feed.take_in, database_pid=database_pid),
        floor=partial(measure_floor, parts.keys),
    )
    outcome = Outcome(name="import", store=store, suite="none", budget=BUDGET_IMPORT, rounds=rounds, wrong=feed.wrong)
    outcome.notes = {"unit": "row"}
    return [outcome]


async def bench_issue(parts: Parts, folder: Path, *, store: str, plan: Plan, database_pid: int | None) -> list[Outcome]:
    """Measure the issue of licences to registered entities: version, signatures, status index, ledger; no PDF."""
    feed = _Feed(parts, folder)
    outcomes = []
    async with keeping(parts):
        for suite, with_sm2 in (("ES256", False), ("ES256+SM2", True)):
            work = partial(feed.issue, with_sm2=with_sm2)
            rounds = await quiet_rounds(
                plan,
                measure=partial(measure, prepare=feed.register, work=work, database_pid=database_pid),
                floor=partial(measure_floor, parts.keys),
            )
            one = Outcome(name="issue", store=store, suite=suite, budget=BUDGET_ISSUE, rounds=rounds, wrong=feed.wrong)
            one.notes = {"unit": "licence"}
            outcomes.append(one)
    return outcomes
