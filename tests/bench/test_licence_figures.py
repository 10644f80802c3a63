"""Figures of PERFORMANCE.md §4 that belong to licences: P8 bulk issue and P13 status list, CPU time in one run."""

import random
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest

from factories.issuing import CAUSE, IssuingOffice, a_draft, issuing_office
from factories.licences import NAMES
from factories.measure import unit_seconds
from zhizhao.kernel.clock import HeldClock
from zhizhao.licence.issue_pending import issue_pending
from zhizhao.licence.note_all import note_all
from zhizhao.licence.positions.store import POSITIONS
from zhizhao.licence.publish import Publisher
from zhizhao.licence.status_list import LIST_SIZE, pack
from zhizhao.storage.database import Database

pytestmark = pytest.mark.alone
ISSUED = 600
NOT_VALID = LIST_SIZE // 100


@pytest.fixture
async def registered(database: Database, tmp_path: Path, held_clock: HeldClock) -> IssuingOffice:
    """Give a register whose licences are all due."""
    desk = issuing_office(database, tmp_path, held_clock)
    await desk.record(*(a_draft(number) for number in range(ISSUED)))
    await note_all(database, office=desk.office, registry=desk.registry)
    return desk


@pytest.mark.parametrize(("with_sm2", "budget"), [(False, 20), (True, 20)], ids=["ES256", "ES256+SM2"])
async def test_p8_bulk_issue(registered: IssuingOffice, budget: int, *, with_sm2: bool) -> None:
    """Row, version, signatures, status index and audit cost at most 20 U of this process's CPU each."""
    desk = registered
    unit = unit_seconds()
    begun = process_time()
    tally = await issue_pending(
        desk.database, cause=CAUSE, office=replace(desk.office, with_sm2=with_sm2), registry=desk.registry
    )
    each = (process_time() - begun) / ISSUED
    print(f"issue {desk.database.kind} sm2={with_sm2}: {each * 1e6:.0f} us each, {each / unit:.1f} U")  # noqa: T201 a figure to read
    assert tally.done == ISSUED
    assert each / unit <= budget


def test_p13_packing_a_million() -> None:
    """At most 2 s and 30 KB at 1 % not valid."""
    indexes = random.Random(13).sample(range(LIST_SIZE), NOT_VALID)
    begun = process_time()
    packed = pack(LIST_SIZE, [(index, index % 3 + 1) for index in indexes])
    spent = process_time() - begun
    print(f"pack: {spent:.2f} s, {len(packed) / 1024:.1f} KiB as base64url")  # noqa: T201 a figure to read
    assert spent <= 2
    assert len(packed) <= 30 * 1024


async def test_p13_from_the_store(registered: IssuingOffice) -> None:
    """The same through the store: one query, packed, signed; the second call is one small query."""
    desk = registered
    indexes = random.Random(14).sample(range(LIST_SIZE), NOT_VALID)
    async with desk.database.write() as connection:
        now = await desk.store.now(connection)
        await desk.store.positions.open(connection, 1, size=LIST_SIZE, decoys=[])
        rows = [
            {"list_number": 1, "list_index": i, "uscc": "x", "version": 1, "status": i % 3 + 1, "changed_at": now}
            for i in indexes
        ]
        await connection.execute(POSITIONS.insert(), rows)
    publisher = Publisher(desk.store.positions, keys=desk.office.keys, names=NAMES, lifetime_seconds=300)
    async with desk.database.read() as connection:
        begun = process_time()
        token = await publisher.publish(connection, 1)
        built = process_time() - begun
        begun = process_time()
        assert await publisher.publish(connection, 1) == token
        again = process_time() - begun
    print(f"publish {desk.database.kind}: {built:.2f} s, {len(token) / 1024:.1f} KiB; again {again * 1e3:.1f} ms")  # noqa: T201 a figure to read
    assert built <= 2
    assert len(token) <= 42 * 1024  # 30 KiB packed, a third more as base64url inside the token
    assert again <= built / 4
