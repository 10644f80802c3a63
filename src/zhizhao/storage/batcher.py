"""The micro-batcher of PERFORMANCE.md §3: many requests, one transaction, replies after COMMIT.

No timer: a batch starts at once while fewer than `in_flight` run; otherwise what arrives waits for a running one.
At low load a batch holds one member and adds no delay.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.storage.errors import CommitUnknown, StoreBusy

M = TypeVar("M")
R = TypeVar("R")
LARGEST_BATCH = 256


class Batcher(Generic[M, R]):
    """Runs `run` on up to `limit` members; each answer is a result or the error of that one member.

    `run` is one transaction: when it returns, everything is committed. When it raises, the members are run again one
    by one, so that one bad member cannot fail its neighbours; an unknown COMMIT is not run again but told.
    """

    def __init__(
        self,
        run: Callable[[Sequence[M]], Awaitable[Sequence[R | ZhizhaoError]]],
        *,
        limit: int = LARGEST_BATCH,
        in_flight: int = 2,
        queue: int = 4096,
        per_owner: int = 1024,
    ) -> None:
        self._run = run
        self._limit = limit
        self._in_flight = in_flight
        self._queue_limit = queue
        self._owner_limit = per_owner
        self._waiting: deque[tuple[M, str, asyncio.Future[R]]] = deque()
        self._owners: Counter[str] = Counter()
        self._running: set[asyncio.Task[None]] = set()
        self.sizes: deque[int] = deque(maxlen=4096)
        """Sizes of recent batches, for the bench."""

    async def submit(self, member: M, *, owner: str) -> R:
        """Queue a member, wait for its committed answer. Raises StoreBusy: queue or owner's share full."""
        if len(self._waiting) >= self._queue_limit or self._owners[owner] >= self._owner_limit:
            raise StoreBusy(waiting=len(self._waiting), owner=owner)
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((member, owner, future))
        self._owners[owner] += 1
        if len(self._running) < self._in_flight:
            self._start()
        return await future

    def _start(self) -> None:
        task = asyncio.create_task(self._work())
        self._running.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._waiting and len(self._running) < self._in_flight:
            self._start()

    async def _work(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))]
            for _, owner, _ in batch:
                self._owners[owner] -= 1
                if not self._owners[owner]:
                    del self._owners[owner]
            self.sizes.append(len(batch))
            await self._answer(batch)

    async def _answer(self, batch: Sequence[tuple[M, str, asyncio.Future[R]]]) -> None:
        members = [member for member, _, _ in batch]
        try:
            answers: Sequence[R | BaseException] = await self._run(members)
        except CommitUnknown as unknown:
            answers = [unknown] * len(batch)
        except Exception as failure:  # noqa: BLE001 the outermost loop of a worker: one failure must reach its callers
            answers = [failure] if len(batch) == 1 else [await self._alone(member) for member in members]
        for (_, _, future), answer in zip(batch, answers, strict=True):
            if future.cancelled():
                continue  # the client hung up; its act is committed all the same
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    async def _alone(self, member: M) -> R | BaseException:
        try:
            return (await self._run([member]))[0]
        except Exception as failure:  # noqa: BLE001 as above
            return failure

    async def drain(self) -> None:
        """Wait until nothing is queued or running; called at shutdown."""
        while self._running:
            await asyncio.wait(set(self._running))
