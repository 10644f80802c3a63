"""An installation on each store, whose time the tests move."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from factories.holders import open_holders
from factories.house import TestHouse
from zhizhao.storage.database import NOW_SQL, Database


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an installation on each store in turn."""
    async with open_holders(database_url, tmp_path, base_url="http://localhost:8420") as opened:
        yield opened


@pytest.fixture
def move(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Give what moves the store's clock forward; new statements see it, as a restarted process would."""
    passed = timedelta(0)
    database: Database = house.parts.database

    def forward(by: timedelta) -> None:
        nonlocal passed
        passed += by
        database.offset_micros = passed // timedelta(microseconds=1)
        monkeypatch.setattr(house.parts.staff, "_now", database.now_column())

    assert set(NOW_SQL) == {"sqlite", "postgresql"}
    return forward
