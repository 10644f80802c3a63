"""A cancellation waits for the work to end."""

import asyncio

import pytest

from zhizhao.storage.uncancelled import uncancelled


class TestUncancelled:
    """Work that nobody may interrupt."""

    async def test_returns_and_raises(self) -> None:
        """Without a cancellation it is an ordinary await."""

        async def good() -> int:
            return 7

        async def bad() -> int:
            raise ZeroDivisionError

        assert await uncancelled(good()) == 7
        with pytest.raises(ZeroDivisionError):
            await uncancelled(bad())

    @pytest.mark.parametrize("fails", [False, True])
    async def test_cancelled_twice_still_ends(self, *, fails: bool) -> None:
        """The work runs to its end, then the cancellation is raised."""
        gate, ended = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            await gate.wait()
            ended.set()
            if fails:
                raise ZeroDivisionError

        task = asyncio.create_task(uncancelled(work()))
        for _ in range(2):
            await asyncio.sleep(0)
            task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended.is_set()

    async def test_an_ordinary_await_is_the_control(self) -> None:
        """Awaited plainly, the work is interrupted."""
        gate, ended = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            await gate.wait()
            ended.set()

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        gate.set()
        assert not ended.is_set()
