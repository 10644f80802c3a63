"""Proofs read from the store lead to the roots of signed heads, and read few rows."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import event, text

from factories.ledgers import KeptLedger, drop_triggers
from zhizhao.ledger.edge import WIDTH
from zhizhao.ledger.errors import LedgerBroken, ProofInvalid
from zhizhao.ledger.prove import prove_consistency, prove_inclusion, root_at
from zhizhao.ledger.tree import require_consistency, require_inclusion

BATCHES = (1, 14, 1, 1, 239, 1, 255, 300)


async def roots(ledger: KeptLedger) -> dict[int, bytes]:
    """Read the root of every head."""
    async with ledger.database.read() as connection:
        rows = await connection.execute(text("SELECT size, root FROM ledger_head"))
        return {size: bytes(root) for size, root in rows}


class TestProve:
    """From rows to proofs."""

    async def test_inclusion_in_every_head(self, ledger: KeptLedger) -> None:
        """Entries are in every head from their own on, tiles full or not; they are found by id."""
        made = await ledger.grow(*BATCHES)
        known = await roots(ledger)
        async with ledger.database.read() as connection:
            for number in (0, 1, 14, 15, 16, 17, 254, 255, 256, 300, 511, 512, 811):
                leaf = await ledger.store.leaf(connection, made[number].entry_id)
                assert leaf is not None
                assert (leaf.number, leaf.leaf_hash) == (number, made[number].leaf_hash)
                for size in (s for s in known if s > number):
                    proof = await prove_inclusion(connection, number, size=size, store=ledger.store)
                    require_inclusion(
                        leaf.leaf_hash, number=number, size=size, path=proof.path, expected_root=known[size]
                    )

    async def test_consistency_between_all_heads(self, ledger: KeptLedger) -> None:
        """Every head contains every earlier one."""
        await ledger.grow(*BATCHES)
        known = await roots(ledger)
        async with ledger.database.read() as connection:
            for size, root in known.items():
                assert await root_at(connection, size, store=ledger.store) == root
                for old in (s for s in known if s <= size):
                    path = await prove_consistency(connection, old, size=size, store=ledger.store)
                    require_consistency(old=old, expected_old_root=known[old], size=size, expected_root=root, path=path)

    async def test_unknown_and_unsealed(self, ledger: KeptLedger) -> None:
        """An entry that waits has no number yet; a number beyond the tree has no proof."""
        (entry,) = await ledger.add(1)
        async with ledger.database.read() as connection:
            assert await ledger.store.leaf(connection, entry.entry_id) is None
            assert await ledger.store.body(connection, entry.entry_id) == entry.body
            with pytest.raises(ProofInvalid):
                await prove_inclusion(connection, 0, size=0, store=ledger.store)

    async def test_rows_read_grow_with_the_logarithm(self, ledger: KeptLedger, monkeypatch: pytest.MonkeyPatch) -> None:
        """A proof is one statement that reads one tile or fewer than 16 roots for each level."""
        await ledger.grow(1000, 1000, 95)
        levels = 3  # 16^3 > 2095
        counted: list[int] = []

        def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            counted.append("FROM ledger" in statement)

        async with ledger.database.read() as connection:
            event.listen(connection.sync_connection, "before_cursor_execute", count)
            for number in (0, 1023, 2047, 2094):
                counted.clear()
                await prove_inclusion(connection, number, size=2095, store=ledger.store)
                assert sum(counted) == 1
            wanted: list[int] = []
            pieces = ledger.store.pieces

            async def spy(*given: Any, **named: Any) -> Sequence[Any]:
                found = await pieces(*given, **named)
                wanted.append(len(found))
                return found

            monkeypatch.setattr(ledger.store, "pieces", spy)
            await prove_inclusion(connection, 5, size=2095, store=ledger.store)
        assert wanted[0] <= levels * WIDTH

    async def test_a_missing_tile_is_no_traceback(self, ledger: KeptLedger) -> None:
        """A proof over a hole says that the ledger is broken."""
        await ledger.grow(40)
        await drop_triggers(ledger.database)
        async with ledger.database.write() as connection:
            await connection.exec_driver_sql("DELETE FROM ledger_tile")
        async with ledger.database.read() as connection:
            with pytest.raises(LedgerBroken):
                await prove_inclusion(connection, 3, size=40, store=ledger.store)
