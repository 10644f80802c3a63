"""`audit check`: a whole ledger passes; 2,000 random changes are all found and the place is named (test A1)."""

import os
import random
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import MetaData
from sqlalchemy.schema import CreateTable

from factories import tampering
from factories.ledgers import KeptLedger, drop_triggers, kept_ledger, reopened
from factories.tampering import MUTATIONS, Book, Mutation, Truth
from zhizhao.kernel.clock import HeldClock
from zhizhao.ledger.check import check
from zhizhao.ledger.errors import LedgerBroken
from zhizhao.ledger.finding import Finding
from zhizhao.ledger.store import ENTRY, HEAD, LEAF, TILE, WAITING, WITNESSED
from zhizhao.ledger.witness import Witness
from zhizhao.storage.database import Database

SEED = 20261123
ROUNDS = 100_000 if os.environ.get("ZHIZHAO_SOAK") else 2000
BATCHES = (1, 7, 30, 1, 1, 100, 16, 90, 3, 60, 25)
"""334 leaves: an edge of 14, full tiles on two levels, heads inside and at the end of tiles."""
NEEDS_WITNESS = {"cut_everything", "fork_with_key", "resign_heads", "forget_witness", "flip_witness"}


async def finding(ledger: KeptLedger, witness: Witness | None) -> Finding | None:
    """Check a ledger; return what is found."""
    try:
        await check(ledger.database, store=ledger.store, keys=ledger.keys, witness=witness)
    except LedgerBroken as broken:
        found = broken.facts["finding"]
        assert isinstance(found, Finding)
        return found
    return None


class TestWhole:
    """What passes."""

    async def test_an_empty_ledger(self, ledger: KeptLedger) -> None:
        """Nothing is whole."""
        report = await check(ledger.database, store=ledger.store, keys=ledger.keys, witness=ledger.witness)
        assert (report.entries, report.leaves, report.heads, report.head_size) == (0, 0, 0, 0)

    @pytest.mark.parametrize("batches", [(1,), (16,), (15, 1), (300, 1, 40), (1000, 1000, 300)], ids=str)
    async def test_what_was_sealed(self, ledger: KeptLedger, batches: tuple[int, ...]) -> None:
        """Ledgers of all shapes pass on both stores, with entries that wait, and the report counts them."""
        await ledger.grow(*batches)
        await ledger.add(3)
        told: list[tuple[int, int]] = []
        report = await check(
            ledger.database,
            store=ledger.store,
            keys=ledger.keys,
            witness=ledger.witness,
            told=lambda done, of: told.append((done, of)),
        )
        size = sum(batches)
        assert (report.entries, report.leaves, report.waiting) == (size + 3, size, 3)
        assert (report.heads, report.head_size, report.witnessed) == (len(batches), size, size)
        assert told[-1] == (size, size)

    async def test_longer_than_a_stretch(self, ledger: KeptLedger) -> None:
        """Nothing depends on where the reading pauses."""
        await ledger.grow(*[1000] * 4, 90, 10, 1000, 3)
        assert await finding(ledger, ledger.witness) is None

    async def test_while_the_sealer_works(self, ledger: KeptLedger) -> None:
        """What is sealed and witnessed during the check is not held against it."""
        await ledger.grow(200)

        class Busy:
            """A witness during whose reading the ledger grows."""

            async def last(self) -> object:
                seen = await ledger.witness.last()
                await ledger.grow(50)
                return seen

            def remembered(self) -> object:
                return ledger.witness.remembered()

        assert await finding(ledger, Busy()) is None  # type: ignore[arg-type] # half a witness is enough to read

    async def test_after_the_key_was_rotated_and_withdrawn(self, ledger: KeptLedger) -> None:
        """Heads of an old key pass; those of a withdrawn one pass because later heads name them."""
        from zhizhao.trust.keys import Purpose  # noqa: PLC0415 beside its one use

        await ledger.grow(20, 20)
        ledger.keys.rotate(Purpose.LEDGER)
        ledger.clock.move(hours=2)
        await ledger.grow(20)
        assert await finding(ledger, ledger.witness) is None
        ledger.keys.rotate(Purpose.LEDGER, compromised=True)
        ledger.clock.move(hours=2)
        found = await finding(ledger, ledger.witness)
        assert found is not None
        assert found.detail == "signed by a withdrawn key only"
        ledger.store.known_head = None


@dataclass(slots=True)
class Tampered:
    """A small SQLite ledger without triggers that can be written anew for every change."""

    ledger: KeptLedger
    book: Book
    raw: sqlite3.Connection

    async def after(
        self, change: Mutation, chance: random.Random, *, witnessed: bool = True
    ) -> tuple[Truth, Finding | None]:
        """Apply one change to a fresh copy; return what was done and what was found."""
        book = self.book.copy()
        truth = change(book, chance, self.ledger.keys)
        book.write(self.raw, self.ledger.witness_file)
        return truth, await finding(self.ledger, self.ledger.witness if witnessed else None)


@pytest.fixture
async def tampered(tmp_path: Path, held_clock: HeldClock) -> AsyncIterator[Tampered]:
    """Give a ledger of 334 leaves and 5 waiting entries to tamper with."""
    raw = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    for table in (ENTRY, WAITING, LEAF, TILE, HEAD, WITNESSED):
        bare = table.to_metadata(MetaData())  # no events, no triggers
        raw.execute(str(CreateTable(bare)))
    url = f"sqlite+aiosqlite:///{tmp_path / 'ledger.db'}"
    an_hour_ago = kept_ledger(Database(url, offset=timedelta(hours=-1)), tmp_path, held_clock)
    await an_hour_ago.grow(*BATCHES)
    await an_hour_ago.add(5)
    await an_hour_ago.database.close()
    database = Database(url)
    ledger = reopened(an_hour_ago, database)
    raw.execute("PRAGMA synchronous=OFF")
    yield Tampered(ledger=ledger, book=Book.read(raw, ledger.witness_file), raw=raw)
    raw.close()
    await database.close()


class TestTampered:
    """Test A1."""

    async def test_written_back_unchanged_is_whole(self, tampered: Tampered) -> None:
        """Control: reading and writing the rows changes nothing, so that what is found is what was done."""
        tampered.book.copy().write(tampered.raw, tampered.ledger.witness_file)
        assert await finding(tampered.ledger, tampered.ledger.witness) is None

    @pytest.mark.slow
    async def test_every_change_is_found_and_named(self, tampered: Tampered) -> None:
        """2,000 random changes of every sort: found, with the right place and the right name."""
        chance = random.Random(SEED)
        for number in range(ROUNDS):
            change = MUTATIONS[number % len(MUTATIONS)]
            truth, found = await tampered.after(change, chance)
            assert found is not None, (SEED, number, truth)
            assert truth.is_told_by(found), (SEED, number, truth, found)

    async def test_without_the_witness_some_are_missed(self, tampered: Tampered) -> None:
        """Control: a check without the step of the witness lets a cut end and a signed fork pass."""
        chance = random.Random(SEED)
        missed = set()
        for change in MUTATIONS:
            _, found = await tampered.after(change, chance, witnessed=False)
            if found is None:
                missed.add(change.__name__)
        assert missed == NEEDS_WITNESS

    async def test_the_first_of_two_is_named(self, tampered: Tampered) -> None:
        """Of two changes the earlier is named."""
        chance = random.Random(SEED)
        for _ in range(40):
            book = tampered.book.copy()
            first, second = tampering.two(book, chance)
            book.entry(first)[1] += b" "
            book.entry(second)[1] += b" "
            book.write(tampered.raw, tampered.ledger.witness_file)
            found = await finding(tampered.ledger, tampered.ledger.witness)
            assert found is not None
            assert (found.leaf, found.until) == (first, first)
            assert found.entry_id is not None
            assert found.entry_id.bytes == book.leaves[first][1]

    async def test_on_postgresql_too(self, tampered: Tampered, postgres_url: str) -> None:
        """Three changes of every sort on the other engine: the same findings."""
        database = Database(postgres_url)
        await drop_triggers(database)
        there = reopened(tampered.ledger, database)
        chance = random.Random(SEED)
        for change in MUTATIONS * 3:
            book = tampered.book.copy()
            truth = change(book, chance, there.keys)
            if any(isinstance(head[2], bytes) for head in book.heads):
                continue  # no text of PostgreSQL
            await book.write_to(database, there.witness_file)
            found = await finding(there, there.witness)
            assert found is not None, (SEED, truth)
            assert truth.is_told_by(found), (SEED, truth, found)
        await database.close()
