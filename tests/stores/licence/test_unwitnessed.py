"""The ledger's witness is out of reach: no version is made, ends and holds go on, the rest follows later (T11)."""

from datetime import timedelta
from pathlib import Path

import pytest

from factories.issuing import CAUSE, IssuingOffice, a_draft, issuing_office, uscc_of
from zhizhao.kernel.clock import HeldClock
from zhizhao.ledger.errors import LedgerUnwitnessed
from zhizhao.licence.issue import issue
from zhizhao.licence.issue_pending import IssueTally, issue_pending
from zhizhao.licence.react import AT_ONCE
from zhizhao.licence.status import LicenceStatus, LifeAct
from zhizhao.registry.entity import EntityStatus, Mark
from zhizhao.storage.database import Database

PATIENCE = timedelta(minutes=5)


@pytest.fixture
def office(database: Database, tmp_path: Path, held_clock: HeldClock) -> IssuingOffice:
    """Give an office with five minutes of patience, whose licences follow the register."""
    return issuing_office(database, tmp_path, held_clock, reacts=True, longest_unwitnessed=PATIENCE)


async def witness(office: IssuingOffice, *, ago: timedelta = timedelta(0)) -> None:
    """Let the witness have held the newest head some time ago."""
    async with office.database.write() as connection:
        at = await office.database.now(connection) - ago
        await office.office.ledger.put_witnessed(connection, 1, at=at)


async def lose(office: IssuingOffice) -> None:
    """Let the witness be out of reach for longer than is allowed."""
    await witness(office, ago=PATIENCE + timedelta(minutes=1))


async def due(office: IssuingOffice) -> dict[str, bool]:
    """Return what is due, with whether its principal changed."""
    async with office.database.read() as connection:
        return {one.uscc: one.principal_changed for one in await office.store.due(connection, limit=100)}


async def run(office: IssuingOffice, *, chunk: int = 500) -> IssueTally:
    """Work off what is due."""
    return await issue_pending(
        office.database, cause=CAUSE, office=office.office, registry=office.registry, chunk=chunk
    )


class TestUnwitnessed:
    """Stopped, and by itself going on."""

    async def test_nothing_is_issued(self, office: IssuingOffice) -> None:
        """A named refusal with the time since when; nothing is written."""
        await lose(office)
        await office.record(a_draft(1))
        async with office.database.write() as connection:
            with pytest.raises(LedgerUnwitnessed) as caught:
                await issue(connection, uscc_of(1), cause=CAUSE, office=office.office, registry=office.registry)
        assert set(caught.value.facts) == {"since", "witnessed"}
        async with office.database.read() as connection:
            assert await office.store.current(connection, uscc_of(1)) is None
        assert await office.events() == []

    async def test_a_window_records_and_its_licence_follows(self, office: IssuingOffice) -> None:
        """The register's change stands, the licence is due, and is made when the witness is back; no call is needed."""
        await lose(office)
        await office.record(a_draft(1))
        assert await due(office) == {uscc_of(1): False}
        assert (await run(office)).waiting == {uscc_of(1)}
        await witness(office)
        tally = await run(office)
        assert (tally.acts[LifeAct.ISSUE], tally.waiting, await due(office)) == (1, set(), {})

    async def test_a_changed_face_waits_with_its_principal(self, office: IssuingOffice) -> None:
        """The version of before stays the current one; that another person leads is not forgotten."""
        await witness(office)
        await office.record(a_draft(1))
        await lose(office)
        await office.record(a_draft(1, principal_name="李四", document=None))
        assert (await office.current(1)).version == 1
        assert await due(office) == {uscc_of(1): True}
        await run(office)
        assert await due(office) == {uscc_of(1): True}
        await witness(office)
        await run(office)
        assert ((await office.current(1)).version, await due(office)) == (2, {})

    async def test_an_end_or_a_dispute_never_waits(self, office: IssuingOffice) -> None:
        """Withdrawn and suspended at once, also where a changed face asks for a version as well."""
        await witness(office)
        await office.record(*(a_draft(n) for n in range(3)))
        await lose(office)
        await office.record(
            a_draft(0, status=EntityStatus.DEREGISTERED),
            a_draft(1, status=EntityStatus.REVOKED, registrar="他局（演示）"),
            a_draft(2, marks=frozenset({Mark.DISPUTED}), registrar="他局（演示）"),
        )
        states = [(await office.current(n)).status for n in range(3)]
        assert states == [LicenceStatus.WITHDRAWN, LicenceStatus.WITHDRAWN, LicenceStatus.SUSPENDED]
        assert set(await due(office)) == {uscc_of(1), uscc_of(2)}
        await witness(office)
        await run(office)
        found = [await office.current(n) for n in range(3)]
        assert [(one.version, one.status) for one in found] == [
            (1, LicenceStatus.WITHDRAWN),
            (2, LicenceStatus.WITHDRAWN),
            (2, LicenceStatus.SUSPENDED),
        ]

    async def test_a_bulk_waits_and_ends_go_through(self, office: IssuingOffice) -> None:
        """Every chunk is looked at once, what must wait stays due, and the run ends."""
        some = AT_ONCE + 1
        await witness(office)
        await office.record(*(a_draft(n) for n in range(some)))
        await run(office)
        await lose(office)
        ended = [a_draft(n, status=EntityStatus.DEREGISTERED) for n in range(some)]
        await office.record(*ended, *(a_draft(n) for n in range(some, 2 * some)))
        tally = await run(office, chunk=4)
        assert isinstance(tally.waits_for, LedgerUnwitnessed)
        assert (tally.acts[LifeAct.WITHDRAW], tally.acts[LifeAct.ISSUE], len(tally.waiting)) == (some, 0, some)
        assert set(await due(office)) == {uscc_of(n) for n in range(some, 2 * some)}
        await witness(office)
        assert (await run(office, chunk=4)).acts[LifeAct.ISSUE] == some
