"""Figures of PERFORMANCE.md §4 that belong to the ledger: P12, and what sealing costs, CPU time in one run."""

import random
from pathlib import Path
from time import process_time

import pytest

from factories.ledgers import KeptLedger, kept_ledger
from factories.measure import unit_seconds
from zhizhao.kernel.clock import HeldClock
from zhizhao.ledger.check import check
from zhizhao.ledger.edge import place_of
from zhizhao.ledger.prove import prove_inclusion
from zhizhao.ledger.store import TILE
from zhizhao.ledger.tree import plan_inclusion
from zhizhao.storage.database import Database
from zhizhao.storage.sqltext import insert_many

pytestmark = pytest.mark.alone
LEAVES = 20_000
TEN_MILLION = 10_000_000
PROOFS = 200


@pytest.fixture
def ledger(database: Database, tmp_path: Path, held_clock: HeldClock) -> KeptLedger:
    """Give an empty ledger on each store."""
    return kept_ledger(database, tmp_path, held_clock)


async def test_p12_audit_check_and_sealing(ledger: KeptLedger) -> None:
    """At least 100,000 leaves a second and core are re-derived; sealing costs at most half a U a leaf."""
    for _ in range(LEAVES // 5000):
        await ledger.add(5000)
    unit = unit_seconds()
    begun = process_time()
    assert await ledger.seal() == LEAVES
    sealing = (process_time() - begun) / LEAVES
    await ledger.countersign()
    begun = process_time()
    report = await check(ledger.database, store=ledger.store, keys=ledger.keys, witness=ledger.witness)
    rate = LEAVES / (process_time() - begun)
    print(f"check {ledger.database.kind}: {rate:.0f}/s; seal {sealing * 1e6:.1f} us, {sealing / unit:.2f} U")  # noqa: T201 a figure to read
    assert report.leaves == LEAVES
    assert rate >= 100_000
    assert sealing / unit <= 0.5


async def test_p12_inclusion_proof_at_ten_million(ledger: KeptLedger) -> None:
    """At most 10 U of this process's CPU, over the rows that a tree of ten million leaves needs."""
    chance = random.Random(1)
    numbers = [chance.randrange(TEN_MILLION) for _ in range(PROOFS)]
    names = set()
    for number in numbers:
        for row in plan_inclusion(number, TEN_MILLION):
            for place in map(place_of, row):
                if place.is_full(TEN_MILLION):
                    names.add((place.level, place.tile))
                names |= {(place.level - 1, at) for at in place.positions if place.level}
    rows = [(level, number, chance.randbytes(32), chance.randbytes(512)) for level, number in sorted(names)]
    async with ledger.database.write() as connection:
        await insert_many(connection, TILE, columns=("level", "number", "root", "hashes"), rows=rows)
    unit = unit_seconds()
    async with ledger.database.read() as connection:
        await prove_inclusion(connection, numbers[0], size=TEN_MILLION, store=ledger.store)
        begun = process_time()
        for number in numbers:
            proof = await prove_inclusion(connection, number, size=TEN_MILLION, store=ledger.store)
            assert len(proof.path) in range(20, 25)
        each = (process_time() - begun) / PROOFS
    print(f"inclusion {ledger.database.kind}: {each * 1e6:.0f} us, {each / unit:.1f} U")  # noqa: T201 a figure to read
    assert each / unit <= 10
