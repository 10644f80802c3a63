"""The micro-batcher of PERFORMANCE.md §3: many requests, one transaction, replies after COMMIT.

No timer: a batch starts at once while fewer than `in_flight` run; otherwise what arrives waits for a running one.
At low load a batch holds one member and adds no delay.
"""

import asyncio
import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.storage.errors import CommitUnknown, StoreBusy, StoreConflict, StoreFull, StoreUnreachable

M = TypeVar("M")
R = TypeVar("R")
LARGEST_BATCH = 256
TURNS = 3
"""Turns of the loop between two batches: answers go out and what their senders ask next is read, so batches grow."""
LONGEST_GATHERING = 0.005
"""Seconds after which a batch goes on although more still come: a busy loop has long turns."""
WAITS = (0.01, 0.02, 0.05, 0.1)
"""Seconds before each further try after a conflict or a lost connection: five tries in all (SECURITY.md §3.4.5)."""


class AnswersMiscounted(ZhizhaoError):
    """A batch's `run` gave another number of answers than it had members: a defect of ours, committed or not."""

    code = "internal"


class Batcher(Generic[M, R]):
    """Runs `run` on up to `limit` members; each answer is a result or the error of that one member.

    `run` is one transaction: when it returns, everything is committed. When it raises, the members are run again one
    by one, so that one bad member cannot fail its neighbours; an unknown COMMIT is not run again but told. A conflict
    or a connection lost before COMMIT is tried again first, with everybody.
    """

    def __init__(
        self,
        run: Callable[[Sequence[M]], Awaitable[Sequence[R | ZhizhaoError]]],
        *,
        limit: int = LARGEST_BATCH,
        in_flight: int = 2,
        queue: int = 4096,
        per_owner: int = 1024,
        waits: Sequence[float] = WAITS,
    ) -> None:
        self._run = run
        self._limit = limit
        self._in_flight = in_flight
        self._queue_limit = queue
        self._owner_limit = per_owner
        self._waits = waits
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
            await self._gather()

    async def _gather(self) -> None:
        """Let answers go out; go on as soon as a turn of the loop brings nobody new. No timer: nobody waits idle."""
        for _ in range(TURNS):
            await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        before, until = -1, loop.time() + LONGEST_GATHERING
        while before < len(self._waiting) < self._limit and loop.time() < until:
            before = len(self._waiting)
            for _ in range(TURNS):
                await asyncio.sleep(0)

    async def _answer(self, batch: Sequence[tuple[M, str, asyncio.Future[R]]]) -> None:
        answers: Sequence[R | BaseException] = []
        try:
            answers = await self._answers([member for member, _, _ in batch])
        finally:  # even if this task is cancelled, nobody waits for ever
            lost = CommitUnknown(during="batch", reason="the batch was interrupted")
            for at, (_, _, future) in enumerate(batch):
                _tell(future, answers[at] if at < len(answers) else lost)

    async def _answers(self, members: Sequence[M]) -> Sequence[R | BaseException]:
        """Return one answer for each member, whatever happens to the others."""
        try:
            return await self._tried(members)
        except (CommitUnknown, AnswersMiscounted) as told:
            return [told] * len(members)  # running again might do it twice
        except (StoreUnreachable, StoreBusy, StoreFull) as told:
            return [told] * len(members)  # no single member's fault: one by one would only keep everybody waiting
        except Exception as failure:  # noqa: BLE001 the outermost loop of a worker: one failure must reach its callers
            if len(members) == 1:
                return [failure]
            return [answer for member in members for answer in await self._answers([member])]

    async def _tried(self, members: Sequence[M]) -> Sequence[R | BaseException]:
        """Run the batch; again when two transactions were in each other's way or no connection was had."""
        for wait in self._waits:
            try:
                return await self._once(members)
            except (StoreConflict, StoreUnreachable):
                await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 jitter, not a secret
        return await self._once(members)

    async def _once(self, members: Sequence[M]) -> Sequence[R | BaseException]:
        answers = await self._run(members)
        if len(answers) != len(members):
            raise AnswersMiscounted(members=len(members), answers=len(answers))
        return answers

    async def drain(self) -> None:
        """Wait until nothing is queued or running; called at shutdown."""
        while self._running:
            await asyncio.wait(set(self._running))


def _tell(future: asyncio.Future[R], answer: R | BaseException) -> None:
    if future.done():
        return  # the client hung up; its act is committed all the same
    if isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)
