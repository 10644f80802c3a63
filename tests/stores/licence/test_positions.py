"""Places in the lists: random, each once, decoys beside them, the next list when one is full."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from statistics import mean

import pytest
from sqlalchemy import text

from factories.issuing import IssuingOffice
from zhizhao.licence.positions import take as room
from zhizhao.licence.positions.take import DECOYS, take_places
from zhizhao.licence.status import LicenceStatus
from zhizhao.licence.status_list import LIST_SIZE


def wanted(*numbers: int) -> list[tuple[str, int]]:
    """Return versions that want a place."""
    return [(f"U{number:05d}", 1) for number in numbers]


async def taken(
    desk: IssuingOffice, wants: Sequence[tuple[str, int]], **parts: int
) -> dict[tuple[str, int], tuple[int, int]]:
    """Take places in a transaction of their own."""
    async with desk.database.write() as connection:
        return await take_places(connection, wants, positions=desk.store.positions, **parts)


class TestTakePlaces:
    """The unique key decides."""

    async def test_every_version_gets_its_own(self, desk: IssuingOffice) -> None:
        """In a list of the full size, with its decoys."""
        places = await taken(desk, wanted(*range(300)))
        assert len(set(places.values())) == 300
        assert {number for number, _ in places.values()} == {1}
        assert all(0 <= index < LIST_SIZE for _, index in places.values())
        async with desk.database.read() as connection:
            decoys = await desk.store.positions.not_valid(connection, 1)
            assert await desk.store.positions.size(connection, 1) == LIST_SIZE
            assert await desk.store.positions.size(connection, 2) is None
        assert len(decoys) == LIST_SIZE // DECOYS
        assert {code for _, code in decoys} == {1, 2, 3}
        assert not {index for index, _ in decoys} & {index for _, index in places.values()}

    async def test_indexes_tell_no_order(self, desk: IssuingOffice) -> None:
        """Neighbours in the order of issue are no neighbours in the list (a sorted hand-out would give ≈ 1)."""
        places = await taken(desk, wanted(*range(400)))
        ascending = mean(places[a][1] < places[b][1] for a, b in pairwise(wanted(*range(400))))
        assert 0.35 < ascending < 0.65

    async def test_the_next_list_opens_when_one_is_full(self, desk: IssuingOffice) -> None:
        """Nothing is given twice, nobody waits for a free place for ever."""
        first = await taken(desk, wanted(*range(40)), size=64)
        second = await taken(desk, wanted(*range(100, 180)))
        places = [*first.values(), *second.values()]
        assert len(set(places)) == 120
        assert len({number for number, _ in places}) >= 2

    async def test_two_takers_at_once(self, desk: IssuingOffice) -> None:
        """Also while a list is opened."""
        halves = await asyncio.gather(*(taken(desk, wanted(*range(n, n + 50))) for n in (0, 100, 200, 300)))
        places = [place for half in halves for place in half.values()]
        assert len(set(places)) == 200
        async with desk.database.read() as connection:
            lists = (await connection.execute(text("SELECT count(*) FROM licence_lists"))).scalar_one()
        assert lists == 1

    async def test_a_taken_place_is_drawn_again(self, desk: IssuingOffice, monkeypatch: pytest.MonkeyPatch) -> None:
        """The control for the unique key: a source that always draws the same index."""
        draws = iter([7, 7, 7, 8])
        monkeypatch.setattr(room.secrets, "randbelow", lambda _size: next(draws))
        monkeypatch.setattr(room, "DECOYS", LIST_SIZE + 1)
        assert (await taken(desk, wanted(1)))[wanted(1)[0]] == (1, 7)
        assert (await taken(desk, wanted(2)))[wanted(2)[0]] == (1, 8)

    async def test_nothing_wanted(self, desk: IssuingOffice) -> None:
        """No place, no harm."""
        assert await taken(desk, []) == {}


class TestStirred:
    """The mark that tells whether a list changed."""

    async def test_it_differs_after_every_change(self, desk: IssuingOffice) -> None:
        """Also when one position changes twice, and only for its own list."""
        places = await taken(desk, wanted(1, 2))
        place = places[wanted(1)[0]]
        async with desk.database.write() as connection:
            since = await desk.store.positions.now(connection)
            marks = [await desk.store.positions.stirred(connection, 1, since)]
            for status in (LicenceStatus.SUSPENDED, LicenceStatus.VALID, LicenceStatus.WITHDRAWN):
                await asyncio.sleep(0.002)  # the store's clock has milliseconds on SQLite
                await desk.store.positions.mark(connection, [place], status)
                marks.append(await desk.store.positions.stirred(connection, 1, since))
            assert await desk.store.positions.stirred(connection, 2, since) == (0, 0)
        assert len(set(marks)) == 4
