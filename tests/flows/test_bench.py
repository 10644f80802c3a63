"""`zhizhao bench` on a very small world: what is measured is done right, and what is done wrong is told."""

from dataclasses import replace

import pytest

from factories.postgres import free_port
from zhizhao.cli.bench import issue, present, printing
from zhizhao.cli.bench.case import Plan
from zhizhao.cli.bench.world import Size, opened, planted

SMALL = Size(entities=120, downloads=80)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> tuple[str, str | None]:
    """Give the kind of a store and the address of an empty database."""
    if request.param == "sqlite":
        return "sqlite", None
    return "postgresql", request.getfixturevalue("postgres_url")


async def test_present(store: tuple[str, str | None]) -> None:
    """Every answer is kept, every planted bad one refused; batched and one at a time."""
    kind, url = store
    async with planted(SMALL, database_url=url, port=free_port()) as world:
        redeem, single = await present.bench_present(world, store=kind, plan=Plan(1, 300), database_pid=None)
    assert redeem.wrong == []
    assert redeem.state != "incorrect"
    assert single.notes["batching_gain"] > 0
    facts = redeem.facts()
    assert {"name", "store", "suite", "ratio", "ratio_low", "ratio_high", "budget", "floor_us", "state"} <= facts.keys()
    assert {"app_cpu_us", "db_cpu_us", "rss_idle_mib"} <= facts.keys()


async def test_control_unjust_refusals_void_the_run() -> None:
    """The control: a client without the matter; the figures would look splendid and mean nothing."""
    async with planted(SMALL, database_url=None, port=free_port()) as world:
        wrong = replace(world, matter="EG-NO-SUCH")
        redeem, _ = await present.bench_present(wrong, store="sqlite", plan=Plan(1, 100), database_pid=None)
    assert redeem.state == "incorrect"
    assert "403" in redeem.wrong[0]


async def test_bulk(store: tuple[str, str | None]) -> None:
    """Rows in, licences out, by count."""
    kind, url = store
    for measured in (issue.bench_import, issue.bench_issue):
        async with opened(database_url=url, port=free_port()) as (parts, folder):
            outcomes = await measured(parts, folder, store=kind, plan=Plan(1, 50), database_pid=None)
        assert [o.wrong for o in outcomes] == [[]] * len(outcomes)
        if url:
            break  # the second would find the first one's rows; both stores have had one


async def test_print() -> None:
    """Sheets and seals."""
    async with opened(database_url=None, port=free_port()) as (parts, folder):
        sheet, seal = await printing.bench_print(parts, folder, plan=Plan(1, 3))
    assert (sheet.wrong, seal.wrong) == ([], [])
    assert sheet.facts()["app_cpu_us"] > 0
