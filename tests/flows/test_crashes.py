"""D0 and D1p of the test catalogue: kill -9 under load; every answered redemption and its ledger entry are there after.

`make soak` runs the long form. The control answers before its COMMIT and loses what it answered.
"""

import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from factories.counter_world import CounterWorld, counter_world
from factories.postgres import Postgres, running_postgres
from factories.serving import Served, start_server
from zhizhao.storage.database import Database

SOAK = bool(os.environ.get("ZHIZHAO_SOAK"))
SQLITE_KILLS = 2000 if SOAK else 50
POSTGRESQL_KILLS = 200 if SOAK else 10
CALLERS = 16
pytestmark = pytest.mark.slow


async def call_until_it_dies(world: CounterWorld, served: Served, codes: Sequence[str]) -> list[str]:
    """Redeem codes over many connections; return the ids of the presentations that were answered."""
    waiting = iter(codes)
    answered: list[str] = []

    async def caller() -> None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        except OSError:
            return
        with contextlib.suppress(OSError, asyncio.IncompleteReadError), contextlib.closing(writer):
            for code in waiting:
                writer.write(world.request(code, port=served.port))
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                body = await reader.readexactly(length)
                if head[9:12] == b"201":
                    answered.append(json.loads(body)["id"])
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return answered


async def kill_under_load(world: CounterWorld, served: Served, *, codes: Sequence[str]) -> list[str]:
    """Kill the server somewhere inside its work; return what it had answered by then."""
    calls = asyncio.create_task(call_until_it_dies(world, served, codes))
    await asyncio.sleep(random.uniform(0.05, 0.4))
    served.kill()
    return await calls


async def lost(database: Database, world: CounterWorld, answered: Sequence[str]) -> list[str]:
    """Return the answered presentations that are gone, or whose ledger entry is."""
    gone = []
    async with database.read() as connection:
        for one in answered:
            kept = await world.parts.presentations.get(connection, one)
            if kept is None or await world.parts.ledger.body(connection, kept.entry_id) is None:
                gone.append(one)
    return gone


def audit(config: Path) -> subprocess.CompletedProcess[str]:
    """Check the ledger as an auditor does."""
    command = [sys.executable, "-m", "zhizhao", "--config", str(config), "audit", "check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


async def test_sqlite_loses_nothing_it_answered(tmp_path: Path) -> None:
    """Fifty kills under load: nothing lost, and the ledger is whole."""
    async with counter_world(tmp_path / "house") as world:
        total = 0
        for _ in range(SQLITE_KILLS):
            codes = await world.codes(400)
            answered = await kill_under_load(world, start_server(world.config), codes=codes)
            assert await lost(world.parts.database, world, answered) == []
            total += len(answered)
        assert total > SQLITE_KILLS, "the load was too small to prove anything"
        served = start_server(world.config)
        await asyncio.sleep(1.5)
        served.stop()
        judged = audit(world.config)
        assert judged.returncode == 0, judged.stderr


async def test_the_control_loses_what_it_answered(tmp_path: Path) -> None:
    """A server that answers before its COMMIT loses answers: the test above can fail."""
    async with counter_world(tmp_path / "house") as world:
        gone: list[str] = []
        for _ in range(6):
            codes = await world.codes(400)
            answered = await kill_under_load(world, start_server(world.config, careless=True), codes=codes)
            gone += await lost(world.parts.database, world, answered)
            if gone:
                break
        assert gone


async def test_postgresql_loses_nothing_it_answered(tmp_path: Path) -> None:
    """Ten kills of every process of the database and of the server at once: nothing lost, the ledger is whole."""
    with running_postgres() as server:
        server.sql("CREATE DATABASE crash")
        async with counter_world(tmp_path / "house", database_url=server.url("crash")) as world:
            total = 0
            for _ in range(POSTGRESQL_KILLS):
                answered = await crash_both(world, server)
                database = Database(server.url("crash"))
                assert await lost(database, world, answered) == []
                await database.close()
                total += len(answered)
            assert total > POSTGRESQL_KILLS
            served = start_server(world.config)
            await asyncio.sleep(1.5)
            served.stop()
            judged = audit(world.config)
            assert judged.returncode == 0, judged.stderr


async def crash_both(world: CounterWorld, server: Postgres) -> list[str]:
    """Kill database and server under load, start the database again; return what was answered."""
    served = start_server(world.config)
    codes = await world.codes(400)
    calls = asyncio.create_task(call_until_it_dies(world, served, codes))
    await asyncio.sleep(random.uniform(0.05, 0.4))
    server.kill()
    served.kill()
    answered = await calls
    await asyncio.to_thread(server.start)
    return answered
