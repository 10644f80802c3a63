"""The batcher: neighbours, bounds, hang-ups, unknown commits."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.storage.batcher import AnswersMiscounted, Batcher
from zhizhao.storage.errors import CommitUnknown, StoreBusy, StoreConflict, StoreFull, StoreUnreachable


class Refused(ZhizhaoError):
    """A refusal of one member."""

    code = "refused"


@dataclass
class Store:
    """A pretended transaction: notes what it was run with and does what it is told."""

    runs: list[list[int]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    failures: list[Exception] = field(default_factory=list)

    async def run(self, members: Sequence[int]) -> Sequence[int | ZhizhaoError]:
        """Double every member; 13 is a data error, negative ones are refused."""
        self.runs.append(list(members))
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        if 13 in members:
            raise ZeroDivisionError
        return [Refused() if member < 0 else member * 2 for member in members]


async def all_of(batcher: Batcher[int, int], members: Sequence[int]) -> list[int | BaseException]:
    """Submit members at once, return their answers."""
    return await asyncio.gather(*(batcher.submit(m, owner="one") for m in members), return_exceptions=True)


@pytest.fixture
def store() -> Store:
    """Give a store whose gate is open."""
    store = Store()
    store.gate.set()
    return store


class TestBatches:
    """How members become batches."""

    async def test_alone_starts_at_once(self, store: Store) -> None:
        """At low load a batch holds one member."""
        batcher = Batcher(store.run)
        assert [await batcher.submit(n, owner="one") for n in (1, 2)] == [2, 4]
        assert store.runs == [[1], [2]]

    async def test_what_arrives_meanwhile_goes_together(self, store: Store) -> None:
        """While two batches run, arrivals wait and then go in one batch, up to the limit."""
        store.gate.clear()
        batcher = Batcher(store.run, limit=4)
        waiting = asyncio.create_task(all_of(batcher, [1]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        more = asyncio.create_task(all_of(batcher, [2]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        rest = asyncio.create_task(all_of(batcher, range(3, 9)))
        for _ in range(5):
            await asyncio.sleep(0)
        assert store.runs == [[1], [2]]
        store.gate.set()
        assert await waiting + await more + await rest == [n * 2 for n in range(1, 9)]
        assert sorted(map(len, store.runs)) == [1, 1, 2, 4]
        assert list(batcher.sizes) == [1, 1, 4, 2]

    async def test_a_refusal_is_one_members(self, store: Store) -> None:
        """Answers that are errors reach their own member."""
        answers = await all_of(Batcher(store.run), [1, -2, 3])
        assert (answers[0], answers[2]) == (2, 6)
        assert isinstance(answers[1], Refused)


class TestNeighbours:
    """One bad member cannot fail the others."""

    async def test_a_data_error_is_replayed_alone(self, store: Store) -> None:
        """The batch fails as a whole, then each member is run alone; only the bad one fails."""
        store.gate.clear()
        batcher = Batcher(store.run, in_flight=1)
        first = asyncio.create_task(all_of(batcher, [0]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task = asyncio.create_task(all_of(batcher, [1, 13, 3]))
        for _ in range(4):
            await asyncio.sleep(0)
        store.gate.set()
        answers = await task
        assert await first == [0]
        assert (answers[0], answers[2]) == (2, 6)
        assert isinstance(answers[1], ZeroDivisionError)
        assert store.runs[1:] == [[1, 13, 3], [1], [13], [3]]

    async def test_an_unknown_commit_is_told_not_run_again(self, store: Store) -> None:
        """Every member of the batch hears it; nothing is run a second time."""
        store.failures = [CommitUnknown(during="batch")]
        answers = await all_of(Batcher(store.run, in_flight=1), [1, 2])
        assert isinstance(answers[0], CommitUnknown)
        assert answers[1] == 4 or isinstance(answers[1], CommitUnknown)
        assert sorted(n for run in store.runs for n in run) == [1, 2]

    @pytest.mark.parametrize("failure", [StoreConflict, StoreUnreachable])
    async def test_a_conflict_is_tried_again(self, store: Store, failure: type[ZhizhaoError]) -> None:
        """Up to five tries with everybody, then the failure is told."""
        store.failures = [failure() for _ in range(4)]
        assert await all_of(Batcher(store.run, waits=(0, 0, 0, 0)), [1]) == [2]
        assert store.runs == [[1]] * 5
        store.failures = [failure() for _ in range(5)]
        (answer,) = await all_of(Batcher(store.run, waits=(0, 0, 0, 0)), [1])
        assert isinstance(answer, failure)

    async def test_a_miscount_hangs_nobody(self) -> None:
        """A `run` that forgets a member is a defect; everybody is told, nothing is run twice."""
        runs = []

        async def forgetful(members: Sequence[int]) -> Sequence[int]:
            runs.append(members)
            return list(members)[1:]

        answers = await all_of(Batcher(forgetful), [1, 2, 3])
        assert all(isinstance(answer, AnswersMiscounted) for answer in answers)
        assert sum(map(len, runs)) == 3


class TestBounds:
    """Never an unbounded wait."""

    async def test_the_queue_is_bounded(self, store: Store) -> None:
        """What does not fit is refused at once; what is queued is served."""
        store.gate.clear()
        batcher = Batcher(store.run, in_flight=1, queue=3)
        running = asyncio.create_task(all_of(batcher, [0]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        queued = asyncio.create_task(all_of(batcher, [1, 2, 3]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        with pytest.raises(StoreBusy):
            await batcher.submit(4, owner="other")
        store.gate.set()
        assert await running + await queued == [0, 2, 4, 6]
        assert await batcher.submit(5, owner="one") == 10

    async def test_one_owner_cannot_fill_it(self, store: Store) -> None:
        """An owner has a share; others still get in (T6)."""
        store.gate.clear()
        batcher = Batcher(store.run, in_flight=1, per_owner=2)
        running = asyncio.create_task(all_of(batcher, [0]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        greedy = asyncio.create_task(all_of(batcher, [1, 2, 3]))
        other = asyncio.create_task(batcher.submit(4, owner="other"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        store.gate.set()
        answers = await greedy
        assert answers[:2] == [2, 4]
        assert isinstance(answers[2], StoreBusy)
        assert await other == 8
        await running

    async def test_hanging_up_drops_one_future(self, store: Store) -> None:
        """A client that hangs up loses its answer; the act and the neighbours go on."""
        store.gate.clear()
        batcher = Batcher(store.run)
        gone = asyncio.create_task(batcher.submit(1, owner="one"))
        stays = asyncio.create_task(batcher.submit(2, owner="one"))
        for _ in range(3):
            await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        store.gate.set()
        assert await stays == 4
        assert gone.cancelled()
        await batcher.drain()
        assert sorted(n for run in store.runs for n in run) == [1, 2]

    async def test_an_interrupted_batch_answers_everybody(self, store: Store) -> None:
        """When the worker itself is cancelled, its members hear that the outcome is unknown."""
        store.gate.clear()
        batcher = Batcher(store.run)
        member = asyncio.create_task(batcher.submit(1, owner="one"))
        for _ in range(3):
            await asyncio.sleep(0)
        for task in tuple(batcher._running):
            task.cancel()
        with pytest.raises(CommitUnknown):
            await member

    async def test_drain_waits_for_everything(self, store: Store) -> None:
        """Shutdown leaves nothing running."""
        batcher = Batcher(store.run)
        task = asyncio.create_task(all_of(batcher, range(10)))
        while not batcher._running:  # noqa: ASYNC110 the batcher has no event to wait for
            await asyncio.sleep(0)
        await batcher.drain()
        assert store.runs == [list(range(10))]
        assert not batcher._running
        await task
        assert not batcher._owners


@pytest.mark.parametrize("failure", [StoreUnreachable(), StoreBusy(), StoreFull()])
async def test_an_outage_is_told_to_all_at_once(store: Store, failure: Exception) -> None:
    """What is no member's fault is not tried member by member, which would keep everybody waiting."""
    store.failures = [failure] * 100
    batcher = Batcher(store.run, waits=())
    answers = await all_of(batcher, range(10))
    assert answers == [failure] * 10
    assert store.runs == [list(range(10))]


class TestGrowth:
    """Whoever is answered and asks again at once rides in the next batch."""

    @staticmethod
    async def _sizes(batcher: Batcher[int, int]) -> list[int]:
        async def client(number: int) -> None:
            await asyncio.sleep(0.004 if number % 2 else 0)  # the odd ones come while the first batch runs
            for _ in range(6):
                await batcher.submit(number, owner="x")

        await asyncio.gather(*(client(number) for number in range(8)))
        return list(batcher.sizes)

    async def test_batches_grow(self) -> None:
        """Eight clients in a loop are soon all in one batch, although no timer holds anybody."""
        assert (await self._sizes(Batcher(slowly, in_flight=1))).count(8) >= 4

    async def test_control_without_gathering_they_stay_split(self) -> None:
        """The control: the next batch starts with the half that waits, for ever."""

        class Hasty(Batcher[int, int]):
            async def _gather(self) -> None:
                """Start at once."""

        assert 8 not in await self._sizes(Hasty(slowly, in_flight=1))


async def slowly(members: Sequence[int]) -> list[int]:
    """Answer after a moment."""
    await asyncio.sleep(0.02)
    return list(members)
