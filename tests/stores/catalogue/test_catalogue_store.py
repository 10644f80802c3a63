"""The tree in the store: planting, days of effect, one number that tells caches."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from zhizhao.catalogue.plant import plant
from zhizhao.catalogue.revision import Revision
from zhizhao.catalogue.starting_tree import starting_tree
from zhizhao.catalogue.store import CatalogueStore
from zhizhao.kernel.actor import SYSTEM
from zhizhao.kernel.clock import MICROSECOND, HeldClock
from zhizhao.ledger.store import LedgerStore
from zhizhao.storage.database import Database

CODE = "EG-SCJG-SPXK"


class Catalogue:
    """A catalogue with short ways to act on it."""

    def __init__(self, database: Database, clock: HeldClock) -> None:
        self.database = database
        self.clock = clock
        self.store = CatalogueStore(database)

    async def plant(self) -> int:
        """Plant the starting tree."""
        async with self.database.write() as connection:
            ledger = LedgerStore(self.database)
            return await plant(connection, store=self.store, ledger=ledger, clock=self.clock, actor=SYSTEM)

    async def today(self) -> date:
        """Return the store's day."""
        async with self.database.read() as connection:
            return await self.store.today(connection)

    async def revise(self, revision: int, first: date, last: date | None, **change: str) -> None:
        """Add a revision of the one matter."""
        (matter,) = [one for one in starting_tree() if one.code == CODE]
        row = Revision(matter=replace(matter, **change), revision=revision, effective_from=first, effective_until=last)
        async with self.database.write() as connection:
            await self.store.add(connection, [row])

    async def purpose(self) -> str | None:
        """Return the matter's purpose as an ordinary reader and as a batch see it."""
        async with self.database.read() as connection:
            found = await self.store.matter(connection, CODE)
        async with self.database.hot.transaction() as hot:
            find = await self.store.snapshot_hot(hot)
        fresh = CatalogueStore(self.database)  # another worker, with nothing in memory
        async with self.database.hot.transaction() as hot:
            find_fresh = await fresh.snapshot_hot(hot)
        assert find(CODE) == found == find_fresh(CODE)
        return found.purpose if found else None


@pytest.fixture
def catalogue(database: Database, held_clock: HeldClock) -> Catalogue:
    """Give an empty catalogue."""
    return Catalogue(database, held_clock)


class TestPlant:
    """A new installation has matters from the first start."""

    async def test_twice_changes_nothing(self, catalogue: Catalogue) -> None:
        """All the first time, none the second; what is read is what was packaged."""
        assert await catalogue.plant() == len(starting_tree())
        assert await catalogue.plant() == 0
        async with catalogue.database.read() as connection:
            assert await catalogue.store.all(connection) == sorted(starting_tree(), key=lambda one: one.code)
            entries = await connection.execute(text("SELECT count(*) FROM ledger_entry"))
            assert entries.scalar_one() == 1

    async def test_what_was_revised_or_retired_stays(self, catalogue: Catalogue) -> None:
        """The office's own decision outweighs the package."""
        day = await catalogue.today()
        await catalogue.revise(1, day - timedelta(days=9), day - timedelta(days=1), purpose="旧")
        assert await catalogue.plant() == len(starting_tree()) - 1
        assert await catalogue.purpose() is None


class TestEffect:
    """The highest revision that has begun decides."""

    async def test_an_empty_catalogue(self, catalogue: Catalogue) -> None:
        """Nothing planted, nothing in force."""
        assert await catalogue.purpose() is None

    async def test_days(self, catalogue: Catalogue) -> None:
        """First and last day included; a later revision waits for its day."""
        day = await catalogue.today()
        await catalogue.revise(1, day, None, purpose="一")
        assert await catalogue.purpose() == "一"
        await catalogue.revise(2, day + timedelta(days=1), None, purpose="二")
        assert await catalogue.purpose() == "一"
        await catalogue.revise(3, day, day, purpose="三")
        assert await catalogue.purpose() == "三"

    async def test_retired_after_its_last_day(self, catalogue: Catalogue) -> None:
        """An earlier open revision does not come back to life."""
        day = await catalogue.today()
        await catalogue.revise(1, day - timedelta(days=9), None, purpose="一")
        await catalogue.revise(2, day - timedelta(days=5), day - timedelta(days=1), purpose="二")
        assert await catalogue.purpose() is None
        async with catalogue.database.read() as connection:
            assert [one.revision for one in await catalogue.store.revisions(connection, CODE)] == [1, 2]
            (old,) = await catalogue.store.in_force(connection, day - timedelta(days=1))
        assert old.matter.purpose == "二"

    async def test_the_day_turns_in_a_running_worker(self, catalogue: Catalogue) -> None:
        """The cache holds for a version and a day, not for ever."""
        day = await catalogue.today()
        await catalogue.revise(1, day, day, purpose="一")
        assert await catalogue.purpose() == "一"
        catalogue.database.offset_micros = timedelta(days=1) // MICROSECOND
        assert await catalogue.purpose() is None

    async def test_another_workers_change_is_seen(self, catalogue: Catalogue) -> None:
        """The version in the store tells every cache."""
        await catalogue.plant()
        before = await catalogue.purpose()
        other = Catalogue(catalogue.database, catalogue.clock)
        await other.revise(2, await catalogue.today(), None, purpose="别处改的")
        assert before != await catalogue.purpose() == "别处改的"

    async def test_unchanged_is_not_read_again(self, catalogue: Catalogue) -> None:
        """The same snapshot, until something changes."""
        await catalogue.plant()
        async with catalogue.database.read() as connection:
            first = await catalogue.store.tree(connection)
            assert await catalogue.store.tree(connection) is first

    async def test_a_revision_is_given_once_and_for_good(self, catalogue: Catalogue, tmp_path: Path) -> None:
        """The key refuses a second one of the number, the triggers every change."""
        del tmp_path
        day = await catalogue.today()
        await catalogue.revise(1, day, None)
        with pytest.raises(IntegrityError):
            await catalogue.revise(1, day, None, purpose="二")
        for statement in ("UPDATE catalogue_matters SET name = 'x'", "DELETE FROM catalogue_matters"):
            with pytest.raises(DBAPIError, match="append-only"):
                async with catalogue.database.write() as connection:
                    await connection.execute(text(statement))
