"""Single acts of an official: status with a reason, marks set and taken away."""

import pytest

from factories.numbers import made_up_uscc
from factories.registers import Register, a_row, draft_of
from zhizhao.kernel.text import TextRefused
from zhizhao.ledger.act import Act
from zhizhao.registry.change_status import change_status
from zhizhao.registry.entity import TRANSITIONS, EntityStatus, Mark
from zhizhao.registry.errors import EntityUnknown, NothingToChange, StatusNotReachable
from zhizhao.registry.mark import mark
from zhizhao.registry.unmark import unmark

USCC = made_up_uscc(1)


async def set_status(register: Register, status: EntityStatus, *, uscc: str = USCC, because: str = "处罚决定") -> None:
    """Change a status in a transaction of its own."""
    async with register.desk.database.write() as connection:
        await change_status(connection, uscc, status=status, because=because, **register.acting)


class TestChangeStatus:
    """`change_status` on both stores."""

    async def test_one_act(self, register: Register) -> None:
        """Version, reason, event, entry and time."""
        await register.record(draft_of(a_row(1)))
        await set_status(register, EntityStatus.REVOKED)
        entity = await register.get(1)
        assert (entity.status, entity.version) == (EntityStatus.REVOKED, 2)
        assert entity.principal.sealed is not None
        (event,) = await register.changes()
        assert (event["status_changed"], event["principal_changed"], event["fields"]) == (True, False, ["status"])
        entry = next(one for one in await register.entries() if one.act is Act.OFFICE_ENTITY_STATUS_CHANGED)
        assert (entry.object_id, entry.facts["version"]) == (USCC, 2)
        assert "处罚决定" not in entry.body.decode()
        async with register.desk.database.read() as connection:
            assert (await register.store.versions(connection, USCC))[-1].because == "处罚决定"
            assert await register.store.as_of(connection) == entity.recorded_at

    @pytest.mark.parametrize("before", list(EntityStatus))
    @pytest.mark.parametrize("after", list(EntityStatus))
    async def test_the_whole_table(self, register: Register, before: EntityStatus, after: EntityStatus) -> None:
        """Every pair of the transition table is let through or refused, and staying is nothing to change."""
        await register.record(draft_of(a_row(1, 登记状态=before.value)))
        if before is after:
            with pytest.raises(NothingToChange):
                await set_status(register, after)
        elif after in TRANSITIONS[before]:
            await set_status(register, after)
            assert (await register.get(1)).status is after
        else:
            with pytest.raises(StatusNotReachable):
                await set_status(register, after)

    async def test_refusals_change_nothing(self, register: Register) -> None:
        """An unknown code, no reason, a reason that hides something."""
        await register.record(draft_of(a_row(1)))
        with pytest.raises(EntityUnknown):
            await set_status(register, EntityStatus.REVOKED, uscc=made_up_uscc(2))
        for because in ("", "好\u202e的"):
            with pytest.raises(TextRefused):
                await set_status(register, EntityStatus.REVOKED, because=because)
        assert (await register.get(1)).version == 1
        assert await register.changes() == []

    async def test_the_feed_has_the_last_word(self, register: Register) -> None:
        """The same row as before the act is a change again: the register follows its registrar."""
        await register.record(draft_of(a_row(1)))
        await set_status(register, EntityStatus.REVOKED)
        assert (await register.record(draft_of(a_row(1)))).changed == 1


class TestMarks:
    """`mark` and `unmark`."""

    async def test_set_and_taken_away(self, register: Register) -> None:
        """Several marks stand beside the status and leave it."""
        await register.record(draft_of(a_row(1)))
        async with register.desk.database.write() as connection:
            await mark(connection, USCC, wanted=Mark.DISPUTED, because="利害关系人申请", **register.acting)
            entity = await mark(connection, USCC, wanted=Mark.ABNORMAL, because="未报送年报", **register.acting)
        assert (entity.marks, entity.status) == ({Mark.DISPUTED, Mark.ABNORMAL}, EntityStatus.ACTIVE)
        async with register.desk.database.write() as connection:
            entity = await unmark(connection, USCC, wanted=Mark.DISPUTED, because="已查清", **register.acting)
        assert entity.marks == {Mark.ABNORMAL} == (await register.get(1)).marks
        assert [one["fields"] for one in await register.changes()] == [["marks"]] * 3
        acts = {one.act for one in await register.entries()}
        assert {Act.OFFICE_ENTITY_MARKED, Act.OFFICE_ENTITY_UNMARKED} <= acts

    async def test_twice_is_nothing(self, register: Register) -> None:
        """A mark that is there, and one that is not."""
        await register.record(draft_of(a_row(1, 标记="争议")))
        async with register.desk.database.write() as connection:
            with pytest.raises(NothingToChange):
                await mark(connection, USCC, wanted=Mark.DISPUTED, because="x", **register.acting)
            with pytest.raises(NothingToChange):
                await unmark(connection, USCC, wanted=Mark.DORMANT, because="x", **register.acting)
