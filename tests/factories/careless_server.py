"""The control of the crash tests: a server that answers before its COMMIT; arguments: settings file and port."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn

from zhizhao.app.server import config_of
from zhizhao.settings import read_settings
from zhizhao.storage.hot import HotConnection, SqliteHot

LATER_SECONDS = 0.05


@asynccontextmanager
async def careless(self: SqliteHot) -> AsyncIterator[HotConnection]:
    """Give the transaction, let the answer go, commit a little later."""
    await self._writing.acquire()
    await self.fetch("BEGIN IMMEDIATE")
    yield self

    async def commit() -> None:
        await asyncio.sleep(LATER_SECONDS)
        await self.fetch("COMMIT")
        self._writing.release()

    _LATER.add(asyncio.create_task(commit()))


_LATER: set["asyncio.Task[None]"] = set()

if __name__ == "__main__":
    SqliteHot.transaction = careless  # type: ignore[method-assign,assignment] # the planted fault
    uvicorn.Server(config_of(read_settings(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]))).run()
