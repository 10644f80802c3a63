"""A licence follows the register; its versions, places and history agree on every path."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from factories.issuing import CAUSE, CLERK, HOLDER, IssuingOffice, a_draft, uscc_of
from zhizhao.kernel.idcard import Document, DocumentKind
from zhizhao.licence.chain import check_chain
from zhizhao.licence.dispute import dispute
from zhizhao.licence.errors import ChainBroken, TransitionRefused, VersionConflict
from zhizhao.licence.freeze import freeze
from zhizhao.licence.reissue import reissue
from zhizhao.licence.settle import settle
from zhizhao.licence.status import Hold, LicenceStatus, LifeAct
from zhizhao.licence.unfreeze import unfreeze
from zhizhao.licence.withdraw import withdraw
from zhizhao.registry.entity import EntityStatus, Mark

VALID, CHANGED, SUSPENDED, WITHDRAWN = (
    LicenceStatus.VALID,
    LicenceStatus.CHANGED,
    LicenceStatus.SUSPENDED,
    LicenceStatus.WITHDRAWN,
)
NONE: frozenset[Mark] = frozenset()


async def act(desk: IssuingOffice, verb: Any, number: int = 1, cause: Any = HOLDER) -> None:
    """Do one act in its own transaction."""
    async with desk.database.write() as connection:
        await verb(connection, uscc_of(number), cause=cause, office=desk.office)


async def statuses(desk: IssuingOffice, number: int = 1) -> list[LicenceStatus]:
    """Return the status of each version, oldest first, after checking that everything agrees."""
    versions = await desk.versions(number)
    check_chain(versions)
    async with desk.database.read() as connection:
        head = (await desk.store.heads(connection, [uscc_of(number)]))[uscc_of(number)]
        history = await desk.store.acts(connection, uscc_of(number))
        entries = (await connection.execute(text("SELECT count(*) FROM ledger_entry"))).scalar_one()
    assert head.version == len(versions)
    assert head.state.status is versions[-1].status
    assert versions[-1].holds == head.state.holds
    assert [one.number for one in history] == list(range(1, head.acts + 1))
    assert history[-1].status is head.state.status
    assert entries >= head.acts
    return [one.status for one in versions]


class TestReissue:
    """A change of registration."""

    async def test_a_changed_face_makes_a_new_version(self, reacting: IssuingOffice) -> None:
        """In the register's own transaction; the old copy is `changed` at once."""
        await reacting.record(a_draft(1))
        first = await reacting.current(1)
        await reacting.record(a_draft(1, facts={"domicile": "济宁市兖州区新址2号"}, approved_on=date(2026, 11, 20)))
        assert await statuses(reacting) == [CHANGED, VALID]
        second = await reacting.current(1)
        assert (second.version, second.registry_version) == (2, 2)
        assert second.face.text("domicile") == "济宁市兖州区新址2号"
        assert second.previous_hash == first.row_hash
        assert (second.list_number, second.list_index) != (first.list_number, first.list_index)
        assert second.display_id == first.display_id
        assert await reacting.event("licence.version.superseded.v1") == {
            "actor": {"kind": "system", "id": "zhizhao"},
            "uscc": uscc_of(1),
            "version": 2,
            "superseded": 1,
        }

    async def test_what_is_not_on_the_face_makes_none(self, reacting: IssuingOffice) -> None:
        """A mark changes nothing printed; the licence only notes that it has seen the register's version."""
        await reacting.record(a_draft(1, marks=NONE))
        await reacting.record(a_draft(1, marks=frozenset({Mark.ABNORMAL})))
        assert await statuses(reacting) == [VALID]
        async with reacting.database.read() as connection:
            assert (await reacting.store.heads(connection, [uscc_of(1)]))[uscc_of(1)].registry_version == 2

    async def test_another_person_of_the_same_name(self, reacting: IssuingOffice) -> None:
        """The face is the same, the licence is not: the former representative's copy must end."""
        await reacting.record(a_draft(1))
        await reacting.record(a_draft(1, document=Document(DocumentKind.PASSPORT, "P9999999")))
        assert await statuses(reacting) == [CHANGED, VALID]

    async def test_following_twice_changes_nothing(self, desk: IssuingOffice) -> None:
        """Safe to run again."""
        await desk.record(a_draft(1))
        assert await desk.follow(1) == (LifeAct.ISSUE,)
        assert await desk.follow(1) == ()
        assert await statuses(desk) == [VALID]


class TestWithdraw:
    """The entity is no longer active."""

    @pytest.mark.parametrize("status", [s for s in EntityStatus if s is not EntityStatus.ACTIVE])
    async def test_each_status(self, status: EntityStatus, reacting: IssuingOffice) -> None:
        """Every version ends for good, the reason is the status."""
        await reacting.record(a_draft(1))
        await reacting.record(a_draft(1, registrar="济宁市行政审批服务局（演示）"))
        await reacting.record(a_draft(1, registrar="济宁市行政审批服务局（演示）", status=status))
        assert await statuses(reacting) == [WITHDRAWN, WITHDRAWN]
        event = await reacting.event("licence.licence.withdrawn.v1")
        assert event["because"] == f"entity-{status.value.replace('_', '-')}"
        async with reacting.database.hot.transaction() as hot:
            found = (await reacting.store.current_hot(hot, [uscc_of(1)]))[uscc_of(1)]
        assert found.status is WITHDRAWN

    async def test_an_entity_that_comes_in_revoked(self, reacting: IssuingOffice) -> None:
        """It has a licence for its deregistration, withdrawn from the start."""
        await reacting.record(a_draft(1, status=EntityStatus.REVOKED))
        assert await statuses(reacting) == [WITHDRAWN]
        assert [kind for kind, _ in await reacting.events()] == [
            "licence.licence.issued.v1",
            "licence.licence.withdrawn.v1",
        ]

    async def test_a_restored_entity_gets_a_new_version(self, reacting: IssuingOffice) -> None:
        """The withdrawn one stays withdrawn."""
        await reacting.record(a_draft(1))
        await reacting.record(a_draft(1, status=EntityStatus.REVOKED))
        await reacting.record(a_draft(1, status=EntityStatus.ACTIVE))
        assert await statuses(reacting) == [WITHDRAWN, VALID]

    async def test_a_revoked_entity_that_moves(self, reacting: IssuingOffice) -> None:
        """Its next version is right and withdrawn at once; a deregistered one gets none."""
        await reacting.record(a_draft(1, status=EntityStatus.REVOKED))
        await reacting.record(a_draft(1, status=EntityStatus.REVOKED, facts={"domicile": "新址"}))
        assert await statuses(reacting) == [WITHDRAWN, WITHDRAWN]
        await reacting.record(a_draft(1, status=EntityStatus.DEREGISTERED, facts={"domicile": "又新址"}))
        assert await statuses(reacting) == [WITHDRAWN, WITHDRAWN]

    async def test_twice_is_refused(self, desk: IssuingOffice) -> None:
        """A bare withdrawal of what is withdrawn."""
        await desk.record(a_draft(1))
        await desk.follow(1)
        await act(desk, withdraw, cause=replace(CAUSE, because=None))
        assert (await desk.event("licence.licence.withdrawn.v1"))["because"] == "withdrawn"
        with pytest.raises(TransitionRefused):
            await act(desk, withdraw)
        assert await statuses(desk) == [WITHDRAWN]


class TestHolds:
    """Frozen by the holder, disputed at the registry."""

    async def test_freeze_and_unfreeze(self, desk: IssuingOffice) -> None:
        """At once, and back; twice is refused both ways."""
        await desk.record(a_draft(1))
        await desk.follow(1)
        await act(desk, freeze)
        assert await statuses(desk) == [SUSPENDED]
        with pytest.raises(TransitionRefused):
            await act(desk, freeze)
        await act(desk, unfreeze, cause=CLERK)
        assert await statuses(desk) == [VALID]
        with pytest.raises(TransitionRefused):
            await act(desk, unfreeze)
        suspended, resumed = [
            await desk.event(kind) for kind in ("licence.licence.suspended.v1", "licence.licence.resumed.v1")
        ]
        assert (suspended["because"], resumed["because"], resumed["status"]) == ("frozen", "frozen", "valid")
        async with desk.database.read() as connection:
            bodies = (await connection.execute(text("SELECT body FROM ledger_entry ORDER BY entry_id"))).scalars().all()
        joined = b"".join(bytes(body) for body in bodies)
        assert b"wallet:licence:frozen" in joined
        assert b"office:licence:unfrozen" in joined

    async def test_a_dispute_and_its_end(self, reacting: IssuingOffice) -> None:
        """The mark suspends, its end lifts; the holder's own freeze stays."""
        await reacting.record(a_draft(1, marks=NONE))
        await act(reacting, freeze)
        await reacting.record(a_draft(1, marks=frozenset({Mark.DISPUTED})))
        assert (await reacting.current(1)).holds == {Hold.FROZEN, Hold.DISPUTED}
        await reacting.record(a_draft(1, marks=NONE))
        assert await statuses(reacting) == [SUSPENDED]
        await act(reacting, unfreeze)
        assert await statuses(reacting) == [VALID]

    async def test_dispute_and_settle_by_hand(self, desk: IssuingOffice) -> None:
        """The verbs themselves."""
        await desk.record(a_draft(1))
        await desk.follow(1)
        await act(desk, dispute, cause=CAUSE)
        assert await statuses(desk) == [SUSPENDED]
        await act(desk, settle, cause=CAUSE)
        assert await statuses(desk) == [VALID]

    async def test_a_new_version_of_a_frozen_licence_is_frozen(self, reacting: IssuingOffice) -> None:
        """A change of registration is no way around the freeze."""
        await reacting.record(a_draft(1))
        await act(reacting, freeze)
        await reacting.record(a_draft(1, facts={"domicile": "新址"}))
        assert await statuses(reacting) == [CHANGED, SUSPENDED]

    async def test_a_hold_lives_beneath_withdrawal(self, reacting: IssuingOffice) -> None:
        """Redeem is told of it, and a restored licence is still frozen."""
        await reacting.record(a_draft(1))
        await reacting.record(a_draft(1, status=EntityStatus.REVOKED))
        await act(reacting, freeze)
        assert await statuses(reacting) == [WITHDRAWN]
        async with reacting.database.hot.transaction() as hot:
            assert (await reacting.store.current_hot(hot, [uscc_of(1)]))[uscc_of(1)].held
        await reacting.record(a_draft(1, status=EntityStatus.ACTIVE))
        assert await statuses(reacting) == [WITHDRAWN, SUSPENDED]


class TestAsOf:
    """What was current at a moment, and what it was then."""

    async def test_every_moment(self, reacting: IssuingOffice) -> None:
        """Before the first there is nothing; later versions and states never colour earlier ones."""
        await reacting.record(a_draft(1))
        await act(reacting, freeze)
        await reacting.record(a_draft(1, facts={"domicile": "新址"}))
        await reacting.record(a_draft(1, facts={"domicile": "新址"}, status=EntityStatus.DEREGISTERED))
        uscc = uscc_of(1)
        async with reacting.database.read() as connection:
            history = await reacting.store.acts(connection, uscc)
            seen = [await reacting.store.as_of(connection, uscc, entry.happened_at) for entry in history]
            before = await reacting.store.as_of(connection, uscc, history[0].happened_at - timedelta(seconds=1))
        assert before is None
        assert [(one.version, one.status, one.holds) for one in seen if one] == [
            (1, VALID, frozenset()),
            (1, SUSPENDED, {Hold.FROZEN}),
            (2, SUSPENDED, {Hold.FROZEN}),
            (2, WITHDRAWN, {Hold.FROZEN}),
        ]


class TestGuards:
    """What stands against two transactions and against hands in the store."""

    async def test_many_follow_one_change(self, desk: IssuingOffice) -> None:
        """One new version, no gap, no double."""
        await desk.record(a_draft(1))
        await desk.follow(1)
        await desk.record(a_draft(1, facts={"domicile": "新址"}))
        acts = await asyncio.gather(*(desk.follow(1) for _ in range(12)))
        assert sorted(acts) == [()] * 11 + [(LifeAct.REISSUE,)]
        assert await statuses(desk) == [CHANGED, VALID]

    async def test_without_the_lock_the_key_decides(self, desk: IssuingOffice) -> None:
        """The control: transactions that all start from the same reading cannot all make version 2."""
        await desk.record(a_draft(1))
        await desk.follow(1)
        face = (await desk.current(1)).face
        async with desk.database.read() as connection:
            head = (await desk.store.heads(connection, [uscc_of(1)]))[uscc_of(1)]

        async def make() -> int:
            try:
                async with desk.database.write() as connection:
                    await reissue(connection, head, face, registry_version=1, cause=CAUSE, office=desk.office)
            except VersionConflict:
                return 0
            return 1

        assert sum(await asyncio.gather(*(make() for _ in range(8)))) == 1
        assert await statuses(desk) == [CHANGED, VALID]

    async def test_a_stale_head_moves_nothing(self, desk: IssuingOffice) -> None:
        """Two that read the same head cannot both act on it."""
        await desk.record(a_draft(1))
        await desk.follow(1)
        async with desk.database.write() as connection:
            head = (await desk.store.heads(connection, [uscc_of(1)], lock=True))[uscc_of(1)]
            await desk.store.move(connection, head, replace(head, acts=head.acts + 1))
            with pytest.raises(VersionConflict):
                await desk.store.move(connection, head, replace(head, acts=head.acts + 1))

    async def test_a_version_number_is_given_once(self, desk: IssuingOffice) -> None:
        """The key, not a look before, decides."""
        await desk.record(a_draft(1))
        await desk.follow(1)
        kept = await desk.current(1)
        async with desk.database.write() as connection:
            with pytest.raises(VersionConflict):
                await desk.store.add_versions(connection, [kept])

    async def test_a_row_changed_by_hand_is_found(self, reacting: IssuingOffice) -> None:
        """With the triggers taken away, the chain still tells."""
        await reacting.record(a_draft(1))
        await reacting.record(a_draft(1, facts={"domicile": "新址"}))
        drop = (
            ["DROP TRIGGER licence_versions_no_update"]
            if reacting.database.is_sqlite
            else ["DROP TRIGGER licence_versions_append_only ON licence_versions"]
        )
        change = "UPDATE licence_versions SET identifier = 'x' WHERE version = 1"
        async with reacting.database.write() as connection:
            for statement in (*drop, change):
                await connection.execute(text(statement))
        with pytest.raises(ChainBroken):
            check_chain(await reacting.versions(1))
