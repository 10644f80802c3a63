"""Tells waiting phones that their codes were redeemed: one query a tick for all of them (PERFORMANCE.md §3.11)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

TICK_SECONDS: Final = 0.3
"""A redemption is told within a second (UX.md §16)."""

Poll = Callable[[Sequence[bytes]], Awaitable[Mapping[bytes, str]]]
"""Code MACs → presentation id of those that were redeemed."""


class TicketWatch:
    """The listener of this worker; it asks only while somebody waits."""

    def __init__(self, poll: Poll) -> None:
        self._poll = poll
        self._waiting: dict[bytes, set[asyncio.Future[str]]] = {}
        self._task: asyncio.Task[None] | None = None

    async def redeemed(self, code_mac: bytes, *, within: float) -> str | None:
        """Wait until a ticket is redeemed; return its presentation id, None when `within` seconds are over."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(code_mac, set()).add(future)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        try:
            return await asyncio.wait_for(future, within)
        except TimeoutError:
            return None
        finally:
            left = self._waiting.get(code_mac)
            if left is not None:
                left.discard(future)
                if not left:
                    del self._waiting[code_mac]

    async def _run(self) -> None:
        while self._waiting:
            found = await self._poll(list(self._waiting))
            for code_mac, presentation_id in found.items():
                for future in self._waiting.get(code_mac, ()):
                    if not future.done():
                        future.set_result(presentation_id)
            await asyncio.sleep(TICK_SECONDS)
