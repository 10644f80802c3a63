"""The witness countersigns only growth; an old copy of the store is refused."""

from pathlib import Path

import pytest

from factories.ledgers import KeptLedger, drop_triggers, kept_ledger, reopened
from zhizhao.kernel.clock import HeldClock
from zhizhao.ledger.countersign import countersign
from zhizhao.ledger.errors import WitnessRefused
from zhizhao.ledger.keeper import Keeper
from zhizhao.ledger.witness import FileWitness
from zhizhao.storage.database import Database


class TestCountersign:
    """From the store to the witness."""

    async def test_the_witness_follows(self, ledger: KeptLedger) -> None:
        """The witness holds each head it was shown, with its root and the hash of its token."""
        assert await ledger.countersign() == 0
        await ledger.grow(3)
        await ledger.add(500)
        await ledger.seal(limit=100)
        assert await ledger.countersign() == await ledger.countersign() == 503
        head = ledger.store.known_head
        assert head is not None
        seen = list(ledger.witness.remembered())
        assert [line.size for line in seen] == [3, 503]
        assert (seen[-1].root, seen[-1].head) == (head.root, head.token_hash)
        assert await ledger.witness.last() == seen[-1]

    async def test_an_old_copy_is_refused(self, sqlite_url: str, tmp_path: Path, held_clock: HeldClock) -> None:
        """A restored older file is smaller than what the witness saw; grown again it is another tree (T30)."""
        file = Path(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
        first = kept_ledger(Database(sqlite_url), tmp_path, held_clock)
        await first.grow(20)
        await first.database.close()
        old = file.read_bytes()
        second = reopened(first)
        await second.grow(10)
        await second.database.close()
        file.write_bytes(old)
        third = reopened(first)
        with pytest.raises(WitnessRefused) as caught:
            await third.countersign()
        assert (caught.value.facts["witnessed"], caught.value.facts["shown"]) == (30, 20)
        await third.add(50)
        await third.seal()
        with pytest.raises(WitnessRefused, match="does not contain"):
            await third.countersign()
        await third.database.close()

    async def test_an_emptied_store_is_refused(self, ledger: KeptLedger) -> None:
        """A store without any head is not what the witness saw."""
        await ledger.grow(5)
        await drop_triggers(ledger.database)
        async with ledger.database.write() as connection:
            await connection.exec_driver_sql("DELETE FROM ledger_head")
        emptied = reopened(ledger, ledger.database)
        with pytest.raises(WitnessRefused, match="no head"):
            await emptied.countersign()

    async def test_a_lost_memory_is_no_new_beginning(self, ledger: KeptLedger, tmp_path: Path) -> None:
        """A witness that held a head and holds none is refused until somebody says that it begins anew."""
        await ledger.grow(5)
        fresh = FileWitness(tmp_path / "fresh.jsonl")
        with pytest.raises(WitnessRefused, match="holds less than"):
            await countersign(ledger.database, store=ledger.store, keys=ledger.keys, witness=fresh)
        assert await fresh.last() is None
        assert (await countersign(ledger.database, store=ledger.store, keys=ledger.keys, witness=fresh, anew=True)) == 5
        await ledger.add(3)
        await ledger.seal()
        assert await countersign(ledger.database, store=ledger.store, keys=ledger.keys, witness=fresh) == 8

    async def test_an_older_memory_is_refused(self, ledger: KeptLedger) -> None:
        """Last month's copy of the witness's file would be healed by the next head, and nobody would ever know."""
        file = ledger.witness_file
        await ledger.grow(5)
        old = file.read_bytes()
        await ledger.grow(5)
        file.write_bytes(old)
        await ledger.add(5)
        await ledger.seal()
        with pytest.raises(WitnessRefused, match="holds less than"):
            await ledger.countersign()
        assert file.read_bytes() == old
        told = {"store": ledger.store, "keys": ledger.keys, "witness": ledger.witness}
        assert await countersign(ledger.database, **told, anew=True) == 15


class TestKeeper:
    """The background work."""

    async def test_seals_always_and_shows_now_and_then(self, ledger: KeptLedger) -> None:
        """Every pass seals; the witness is asked at most every ten seconds."""
        keeper = Keeper(
            ledger.database, store=ledger.store, keys=ledger.keys, witness=ledger.witness, clock=ledger.clock
        )
        await ledger.add(2)
        assert (await keeper.work()).leaves == 2
        await ledger.add(3)
        assert (await keeper.work()).leaves == 3
        assert [seen.size for seen in ledger.witness.remembered()] == [2]
        ledger.clock.move(seconds=10)
        await keeper.work()
        assert [seen.size for seen in ledger.witness.remembered()] == [2, 5]
