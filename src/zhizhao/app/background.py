"""Starts and stops the background work of one process; only the leader does it, the others stand by."""

import asyncio
import gc

from zhizhao.app.issuing_state import issuing_state
from zhizhao.app.jobs import Job, jobs, run
from zhizhao.app.parts import Parts
from zhizhao.ledger.seal import refresh
from zhizhao.storage.leader import lead
from zhizhao.web.metrics import Metrics

REFRESH_SECONDS = 1.0
COLLECT_AFTER = (50_000, 10, 10)
"""Objects and generations before the collector runs: a batch makes thousands of objects that die by themselves."""


class Background:
    """The tasks of one process."""

    def __init__(self, parts: Parts, metrics: Metrics | None = None) -> None:
        self._parts = parts
        self._metrics = metrics
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start to lead or to stand by, and to follow the newest head of the ledger."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        self._tasks = [asyncio.create_task(self._lead()), asyncio.create_task(self._follow())]

    async def _lead(self) -> None:
        await lead(self._parts.database, self._work, stop=self._stop)

    async def _work(self, end: asyncio.Event) -> None:
        await asyncio.gather(*(run(job, stop=end, failed=self._failed) for job in jobs(self._parts)))

    async def _follow(self) -> None:
        """Let receipts of this worker name the newest head, whoever seals."""
        await run(Job("follow", REFRESH_SECONDS, self._refresh), stop=self._stop, failed=self._failed)

    def _failed(self, job: str) -> None:
        if self._metrics is not None:
            self._metrics.job_failures.labels(job).inc()

    async def _refresh(self) -> None:
        parts = self._parts
        async with parts.database.read() as connection:
            await refresh(connection, store=parts.ledger, keys=parts.keys)
            if self._metrics is not None:
                state = await issuing_state(parts, connection)
                self._metrics.issuing_stopped.set(state.stopped)
                self._metrics.witnessed_seconds.set(state.seconds)

    async def stop(self) -> None:
        """Tell the tasks to end and wait for them."""
        self._stop.set()
        await asyncio.gather(*self._tasks)
