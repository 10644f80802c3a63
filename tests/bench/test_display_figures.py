"""P10 of PERFORMANCE.md §4: the public display page, over a whole installation, CPU time in one run."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event

from factories.house import TestHouse, open_house
from factories.measure import unit_seconds
from zhizhao.app.build import serve_parts
from zhizhao.kernel.clock import SystemClock
from zhizhao.storage.glance import SqliteGlance
from zhizhao.storage.hot import SqliteHot
from zhizhao.trust.demo_authority import DemoAuthority
from zhizhao.web.codes import qr_path

pytestmark = pytest.mark.alone
ENTITIES = 20
PAGES = 200
ROUNDS = 5
Fetch = Callable[[str], Awaitable[tuple[int, bytes]]]


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an opened installation with certificates, on each store in turn."""
    async with open_house(database_url, tmp_path / "house") as opened:
        DemoAuthority(tmp_path / "house" / "keys", opened.parts.keys, clock=SystemClock(), demo=True).ensure()
        yield opened


@pytest.fixture
def fetch(house: TestHouse) -> Fetch:
    """Give a way to ask the served application for a page, as a browser does."""
    served: Any = serve_parts(house.parts)
    headers = [(b"host", b"localhost"), (b"accept", b"text/html"), (b"accept-encoding", b"gzip, br")]
    asked = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http"}

    async def get(path: str) -> tuple[int, bytes]:
        answers: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            answers.append(message)

        scope = {**asked, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [*headers]}
        await served(scope, receive, send)
        return answers[0]["status"], answers[1]["body"]

    return get


async def pages_of(house: TestHouse) -> list[str]:
    """Return the addresses of the displays of some entities."""
    found = []
    for number in range(ENTITIES):
        uscc = await house.entity(number)
        async with house.parts.database.read() as connection:
            licence = await house.parts.licences.current(connection, uscc)
        assert licence is not None
        found.append(f"/d/{licence.display_id}")
    return found


@pytest.fixture
def told(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write down every statement, whichever way the store sends it: engines, batches, glances."""
    statements: list[str] = []
    database = house.parts.database
    for engine in {database._reader, database._writer}:
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *found: statements.append(found[2]))
    for owner, name in ((SqliteGlance, "_ask"), (SqliteHot, "_run"), (asyncpg.Connection, "fetch")):
        real = getattr(owner, name)

        async def noted(*asked: Any, real: Any = real, **options: Any) -> Any:
            statements.append(str(asked[1]))
            return await real(*asked, **options)

        monkeypatch.setattr(owner, name, noted)
    return statements


async def test_p10_one_query(house: TestHouse, fetch: Fetch, told: list[str]) -> None:
    """A page is one statement and no transaction; the control: the same facts read as the slices read them, four."""
    path = (await pages_of(house))[0]
    told.clear()
    assert (await fetch(path))[0] == 200
    assert [line.split()[0] for line in told] == ["SELECT"]
    told.clear()
    parts = house.parts
    async with parts.database.read() as connection:
        licence = await parts.licences.by_display(connection, path.removeprefix("/d/"))
        assert licence is not None
        await parts.registry.get(connection, licence.uscc)
        await parts.registry.as_of(connection)
        await parts.database.now(connection)
    assert len([line for line in told if line.startswith("SELECT")]) == 4


async def test_p10_display_page(house: TestHouse, fetch: Fetch) -> None:
    """At most 20 U and 2 ms of this process's CPU, for a page that nobody asked for before: its QR is drawn anew."""
    paths = await pages_of(house)
    for path in paths:
        await fetch(path)
    ratios, spent = [], []
    for _ in range(ROUNDS):
        unit = unit_seconds()
        begun = process_time()
        for number in range(PAGES):
            qr_path.cache_clear()
            status, body = await fetch(paths[number % ENTITIES])
            assert status == 200
            assert body[:2] == b"\x1f\x8b"
        spent.append((process_time() - begun) / PAGES)
        ratios.append(spent[-1] / unit)
    told = f"{median(spent) * 1e6:.0f} us, {median(ratios):.1f} U ({min(ratios):.1f} to {max(ratios):.1f})"
    print(f"display {house.parts.database.kind}: {told}")  # noqa: T201 a figure to read
    assert median(ratios) <= 20
    assert median(spent) <= 0.002
