"""Sealing: gap-free numbers, the right tree, chained signed heads, one sealer at a time."""

import asyncio

import pytest
from sqlalchemy import text

from factories.ledgers import KeptLedger
from zhizhao.ledger.edge import FIRST_LINK, link
from zhizhao.ledger.errors import HeadRefused, LedgerBroken
from zhizhao.ledger.head import Head, read_head
from zhizhao.ledger.seal import refresh, seal_batch
from zhizhao.ledger.store import LedgerStore
from zhizhao.ledger.tree import fold, leaf_hash, node_hash
from zhizhao.storage.database import Database


def root_of(hashes: list[bytes]) -> bytes:
    """Hash a tree the slow way."""
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(root_of(hashes[:half]), root_of(hashes[half:]))


async def leaves(ledger: KeptLedger) -> list[tuple[int, bytes, bytes, bytes]]:
    """Read number, id, chain and body in order."""
    statement = (
        "SELECT number, l.entry_id, chain, body FROM ledger_leaf l JOIN ledger_entry e ON e.entry_id = l.entry_id "
        "ORDER BY number"
    )
    async with ledger.database.read() as connection:
        return [(r[0], bytes(r[1]), bytes(r[2]), bytes(r[3])) for r in await connection.execute(text(statement))]


async def heads(ledger: KeptLedger) -> list[Head]:
    """Read the heads in order, signatures checked."""
    async with ledger.database.read() as connection:
        rows = await connection.execute(text("SELECT size, root, token FROM ledger_head ORDER BY size"))
        found = []
        for size, root, token in rows:
            head = read_head(token, keys=ledger.keys)
            assert (head.size, head.root) == (size, bytes(root))
            found.append(head)
        return found


class TestSeal:
    """One pass of work."""

    async def test_every_entry_gets_the_next_number(self, ledger: KeptLedger) -> None:
        """Numbers run from 0 without a gap, in the order of time inside a pass; the chain pins each place."""
        made = await ledger.grow(1, 15, 1, 300)
        rows = await leaves(ledger)
        assert [row[0] for row in rows] == list(range(317))
        assert [row[1] for row in rows] == [entry.entry_id.bytes for entry in made]
        chain = FIRST_LINK
        for _, _, stored, body in rows:
            chain = link(chain, leaf_hash(body))
            assert stored == chain

    async def test_heads_hold_the_root_and_the_head_before(self, ledger: KeptLedger) -> None:
        """Each head has the root of all leaves up to its size and the hash of the head before."""
        made = await ledger.grow(3, 40, 257)
        found = await heads(ledger)
        assert [head.size for head in found] == [3, 43, 300]
        for head in found:
            assert head.root == root_of([entry.leaf_hash for entry in made[: head.size]])
        assert [head.previous for head in found] == [None, found[0].token_hash, found[1].token_hash]
        assert ledger.store.known_head == found[-1]

    async def test_a_long_queue_is_sealed_in_batches(self, ledger: KeptLedger) -> None:
        """No batch is larger than the limit; each has its own head; a second pass finds nothing."""
        await ledger.add(250)
        assert await ledger.seal(limit=100) == 250
        assert [head.size for head in await heads(ledger)] == [100, 200, 250]
        assert await ledger.seal() == 0
        assert len(await heads(ledger)) == 3

    async def test_an_entry_that_commits_late_is_sealed_later(self, ledger: KeptLedger) -> None:
        """An entry whose id is older than the last sealed one still gets the next number."""
        late = (await ledger.add(1))[0]
        async with ledger.database.write() as connection:
            await connection.exec_driver_sql("DELETE FROM ledger_waiting")
        await ledger.grow(20)
        async with ledger.database.write() as connection:
            await connection.execute(
                text("INSERT INTO ledger_waiting (entry_id) VALUES (:i)"), {"i": late.entry_id.bytes}
            )
        assert await ledger.seal() == 1
        assert (await leaves(ledger))[-1][:2] == (20, late.entry_id.bytes)

    async def test_an_entry_that_vanished_stops_the_sealer(self, ledger: KeptLedger) -> None:
        """A waiting id without an entry is named; nothing is sealed around it."""
        await ledger.add(3)
        async with ledger.database.write() as connection:
            await connection.execute(text("INSERT INTO ledger_waiting (entry_id) VALUES (:i)"), {"i": b"\xff" * 16})
        with pytest.raises(LedgerBroken) as caught:
            await ledger.seal()
        assert caught.value.facts["entry_id"] == "ff" * 16
        assert await leaves(ledger) == []

    async def test_time_never_runs_backwards(self, ledger: KeptLedger) -> None:
        """A head is not dated before the one before it, even if the store's clock was set back."""
        await ledger.add(2)
        async with ledger.database.write() as connection:
            now = await ledger.database.now(connection)
            await seal_batch(connection, store=ledger.store, keys=ledger.keys, now=now, limit=1)
            earlier = now.replace(year=now.year - 1)
            await seal_batch(connection, store=ledger.store, keys=ledger.keys, now=earlier, limit=1)
        first, second = await heads(ledger)
        assert second.at == first.at

    async def test_one_seals_at_a_time(self, ledger: KeptLedger) -> None:
        """Four sealers at once, entries arriving between: no gap, no double, every entry sealed."""

        async def arrive() -> None:
            for _ in range(5):
                await ledger.add(20)

        async def work() -> None:
            for _ in range(10):
                await ledger.seal(limit=30)

        await asyncio.gather(arrive(), *(work() for _ in range(4)))
        await ledger.seal()
        rows = await leaves(ledger)
        assert [row[0] for row in rows] == list(range(100))
        assert len({row[1] for row in rows}) == 100
        await heads(ledger)

    async def test_the_other_process_steps_aside(self, postgres_url: str, ledger: KeptLedger) -> None:
        """While one transaction holds the sealer's place, another process seals nothing."""
        database = Database(postgres_url)
        store = LedgerStore(database)
        async with database.write() as first, database.write() as second:
            assert await store.may_seal(first)
            assert not await store.may_seal(second)
            now = await database.now(second)
            assert await seal_batch(second, store=store, keys=ledger.keys, now=now) == 0
        async with database.write() as third:
            assert await store.may_seal(third)
        await database.close()


class TestRefresh:
    """What receipts name."""

    async def test_another_process_learns_the_head(self, ledger: KeptLedger) -> None:
        """A process that seals nothing knows the newest head after a refresh."""
        other = LedgerStore(ledger.database)
        async with ledger.database.read() as connection:
            assert await refresh(connection, store=other, keys=ledger.keys) is None
        await ledger.grow(5)
        async with ledger.database.read() as connection:
            known = await refresh(connection, store=other, keys=ledger.keys)
            assert await refresh(connection, store=other, keys=ledger.keys) is known
        assert known is not None
        assert known.size == 5

    async def test_a_forged_head_is_not_believed(self, ledger: KeptLedger) -> None:
        """A row that our key did not sign never reaches a receipt."""
        await ledger.grow(5)
        token = (await heads(ledger))[0].token
        async with ledger.database.write() as connection:
            await connection.execute(
                text("INSERT INTO ledger_head (size, root, token) VALUES (9, :r, :t)"),
                {"r": fold([b"x" * 32]), "t": token[:-6] + "AAAAAA"},
            )
        async with ledger.database.read() as connection:
            with pytest.raises(HeadRefused):
                await refresh(connection, store=ledger.store, keys=ledger.keys)
