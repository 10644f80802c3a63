"""Wait for work to its end even if the waiter is cancelled: a COMMIT is never cancelled (SECURITY.md §3.4)."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def uncancelled(work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns; a cancellation that arrives meanwhile is raised after the work has ended."""
    task = asyncio.get_running_loop().create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as cause:
            cancelled = cause
    if cancelled is None:
        return task.result()
    raise cancelled from task.exception()
