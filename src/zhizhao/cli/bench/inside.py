"""Operations that are measured inside this process: its CPU and the database's for so many pieces of work."""

import time
from collections.abc import Awaitable, Callable

from zhizhao.cli.bench.case import Round
from zhizhao.cli.bench.cpu import machine_micros, tree_micros

Work = Callable[[int], Awaitable[None]]


async def measure(count: int, *, prepare: Work, work: Work, database_pid: int | None) -> Round:
    """Return one round of `work(count)`; what `prepare(count)` does is not counted."""
    await prepare(count)
    before, started = _accounts(database_pid), time.perf_counter()
    await work(count)
    seconds = time.perf_counter() - started
    own, database, machine = (b - a for a, b in zip(before, _accounts(database_pid), strict=True))
    return Round(
        requests=count,
        seconds=seconds,
        app_micros=own / count,
        db_micros=database / count,
        generator_micros=0.0,
        foreign_cores=max(0.0, machine - own - database) / 1_000_000 / seconds,
        latencies=(),
    )


def _accounts(database_pid: int | None) -> tuple[float, float, float]:
    database = tree_micros(database_pid) if database_pid else 0.0
    return time.process_time() * 1_000_000, database, machine_micros()


async def nothing(count: int) -> None:
    """Prepare nothing."""
    del count
