"""The yearly quota across a New Year, on both stores: a year begins by itself, and stays exact while it begins."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from factories.house import MATTER, TestHouse, open_house
from zhizhao.kernel.clock import BEIJING, today
from zhizhao.onboarding.errors import QuotaExhausted
from zhizhao.onboarding.store import ClientStore
from zhizhao.presentation.ask import make_ask
from zhizhao.presentation.redeem import Redeemed


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an opened installation on each store in turn."""
    async with open_house(database_url, tmp_path / "house") as opened:
        yield opened


async def redeem(house: TestHouse, client_id: str, code: str) -> Redeemed:
    """Redeem through the line."""
    ask = make_ask(client_id, code, matter=MATTER, purpose="食品经营许可")
    return await house.parts.redeem_line.batcher.submit(ask, owner=client_id)


async def usage(house: TestHouse, client_id: str, year: int) -> tuple[int, int]:
    """Return (used, limit) of a year."""
    async with house.parts.database.read() as connection:
        return await house.parts.clients.usage(connection, client_id, year=year)


async def test_a_client_redeems_after_new_year(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The year's first verification finds no row and is accepted all the same; the old year keeps its count."""
    (phone,) = await house.phone(1, [await house.entity(1)])
    client = (await house.client(yearly_quota=2)).client
    now = house.parts.clock.now()
    year = today(now).year
    await redeem(house, client.client_id, (await house.show(phone)).code)
    new_year = datetime(year + 1, 1, 1, 0, 0, 5, tzinfo=BEIJING) - now
    monkeypatch.setattr(house.parts.clock, "offset", new_year)
    assert await usage(house, client.client_id, year + 1) == (0, 2)
    for _ in range(2):
        await redeem(house, client.client_id, (await house.show(phone)).code)
    with pytest.raises(QuotaExhausted):
        await redeem(house, client.client_id, (await house.show(phone)).code)
    assert await usage(house, client.client_id, year + 1) == (2, 2)
    assert await usage(house, client.client_id, year) == (1, 2)


async def asked(house: TestHouse, client_id: str, year: int) -> int:
    """Ask for three verifications in a transaction of its own; return how many were given."""
    async with house.parts.database.hot.transaction() as hot:
        return (await house.parts.clients.reserve_hot(hot, {client_id: 3}, year=year)).get(client_id, 0)


async def test_a_year_that_begins_in_parallel_is_exact(house: TestHouse) -> None:
    """Sixteen transactions meet the missing row at once: together they get the year's quota, no more and no less."""
    client = (await house.client(yearly_quota=20)).client
    year = today(house.parts.clock.now() + timedelta(days=366)).year
    given = await asyncio.gather(*(asked(house, client.client_id, year) for _ in range(16)))
    assert sum(given) == 20
    assert await usage(house, client.client_id, year) == (20, 20)


async def test_without_the_row_nothing_is_given(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the reservation alone, as it was, refuses the whole new year."""
    client = (await house.client(yearly_quota=20)).client
    monkeypatch.setattr(ClientStore, "reserve_hot", ClientStore._reserve)
    assert await asked(house, client.client_id, today(house.parts.clock.now()).year + 1) == 0
