"""The holder's door over each store, with phones that speak JSON."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from factories.holders import JsonPhone, open_holders, wallet_app
from factories.house import TestHouse

BASE = "http://localhost:8420"


@pytest.fixture
async def holders(database_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an installation on each store in turn."""
    async with open_holders(database_url, tmp_path, base_url=BASE) as house:
        yield house


@pytest.fixture
async def phone_of(holders: TestHouse) -> AsyncIterator[Callable[[], JsonPhone]]:
    """Give a maker of phones."""
    transport = httpx.ASGITransport(app=wallet_app(holders))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield lambda: JsonPhone(client=client, house=holders)
