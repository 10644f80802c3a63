"""Keep the ledger beside a command that issues, as a serving process does: sealed, and shown to the witness (T11)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from zhizhao.app.jobs import keeper_of
from zhizhao.app.parts import Parts
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.ledger.keeper import Keeper


@asynccontextmanager
async def keeping(parts: Parts) -> AsyncIterator[None]:
    """Seal and show heads at once and until the command is done; beside a serving process, both do it in turn.

    A witness out of reach is no failure of the command: issuing itself asks how long that has been so.
    """
    keeper, stop = keeper_of(parts), asyncio.Event()
    await _turn(keeper)
    task = asyncio.create_task(_repeat(keeper, stop, seconds=parts.settings.seal_seconds))
    try:
        yield
    finally:
        stop.set()
        await task


async def _repeat(keeper: Keeper, stop: asyncio.Event, *, seconds: float) -> None:
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)
        await _turn(keeper)


async def _turn(keeper: Keeper) -> None:
    with suppress(ZhizhaoError, OSError):
        await keeper.work()
