"""Recording: versions, events, ledger, the time the data are as of; sealed numbers; races."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text

from factories.numbers import made_up_id_number, made_up_uscc
from factories.registers import Register, a_row, draft_of, open_register
from zhizhao.kernel.clock import HeldClock
from zhizhao.kernel.events import Event
from zhizhao.kernel.idcard import DocumentKind
from zhizhao.ledger.act import Act
from zhizhao.registry.entity import EntityStatus, Mark
from zhizhao.registry.errors import ChangedMeanwhile, NothingToChange, RegisterNeverFed, RowRefused
from zhizhao.registry.events import EntityChanged, EntityRegistered
from zhizhao.registry.record import SEALED_COLUMN, SEALED_TABLE
from zhizhao.registry.record_entity import record_entity
from zhizhao.storage.database import Database, Transaction
from zhizhao.trust.errors import SealBroken


class TestRecord:
    """`record` on both stores."""

    async def test_a_new_entity(self, register: Register) -> None:
        """Everything the row says is there again, with whole facts; the time moves; event and entry are there."""
        tally = await register.record(draft_of(a_row(1, 备注="")))
        entity = await register.get(1)
        assert (tally.new, tally.changed, tally.unchanged) == (1, 0, 0)
        assert (entity.version, entity.status, entity.kind, entity.template) == (1, EntityStatus.ACTIVE, "1", "A")
        assert entity.facts["name"] == entity.name == "济宁示例第1机电设备有限公司"
        assert entity.facts["legal_representative"] == entity.principal.name == "张三恕"
        assert entity.facts["established_on"] == "2020年02月22日"
        assert entity.made_on == entity.approved_on
        async with register.desk.database.read() as connection:
            assert await register.store.as_of(connection) == entity.recorded_at
        async with register.desk.database.hot.transaction() as hot:
            assert (await register.store.standing_hot(hot, []))[0] == entity.recorded_at
        (event,) = await register.events()
        assert (event.kind, event.payload["uscc"]) == (EntityRegistered.kind, entity.uscc)
        (entry,) = await register.entries()
        assert (entry.act, entry.object_id) == (Act.OFFICE_ENTITY_RECORDED, entity.uscc)

    async def test_an_empty_register_says_so(self, register: Register) -> None:
        """Nobody may claim data as of a time when there are none."""
        async with register.desk.database.read() as connection:
            with pytest.raises(RegisterNeverFed):
                await register.store.as_of(connection)
        async with register.desk.database.hot.transaction() as hot:
            with pytest.raises(RegisterNeverFed):
                await register.store.standing_hot(hot, [])

    async def test_the_same_again_changes_nothing(self, register: Register) -> None:
        """Idempotent: no version, no event, no entry."""
        draft = draft_of(a_row(1))
        await register.record(draft)
        tally = await register.record(draft)
        assert (tally.new, tally.changed, tally.unchanged) == (0, 0, 1)
        assert len(await register.events()) == len(await register.entries()) == 1

    async def test_a_change_is_a_version_and_never_a_new_entity(self, register: Register) -> None:
        """Fields are named, the person's change is told, the former version stays readable."""
        await register.record(draft_of(a_row(1)))
        row = a_row(1, 注册资本="300万元", 法定代表人="李四维", 证件号码=made_up_id_number(77))
        tally = await register.record(draft_of(row))
        assert (tally.new, tally.changed) == (0, 1)
        entity = await register.get(1)
        assert (entity.version, entity.facts["registered_capital"], entity.principal.name) == (2, "300万元", "李四维")
        (event,) = await register.changes()
        assert event["fields"] == ["principal", "registered_capital"]
        assert (event["principal_changed"], event["status_changed"]) == (True, False)
        async with register.desk.database.read() as connection:
            versions = await register.store.versions(connection, entity.uscc)
        assert [one.content.facts["registered_capital"] for one in versions] == ["200万元", "300万元"]

    async def test_an_older_row_brings_nothing_back(self, register: Register) -> None:
        """An old file imported again: refused by name, the newer record stays, nothing is written."""
        await register.record(draft_of(a_row(1, 注册资本="300万元", 核准日期="2024-05-06")))
        old = draft_of(a_row(1, 注册资本="200万元", 核准日期="2023-01-01"))
        tally = await register.record(old)
        assert (tally.changed, tally.unchanged) == (0, 0)
        (refusal,) = tally.refused
        assert refusal.column == "核准日期"
        assert "2023-01-01 早于已登记的 2024-05-06" in refusal.reason
        entity = await register.get(1)
        assert (entity.version, entity.facts["registered_capital"]) == (1, "300万元")
        assert await register.changes() == []
        assert (await register.record(old, allow_older=True)).changed == 1
        assert (await register.get(1)).facts["registered_capital"] == "200万元"

    @pytest.mark.parametrize(
        ("before", "after", "refused"),
        [
            ({"核准日期": "2024-05-06"}, {"核准日期": "2024-05-06"}, 0),
            ({"核准日期": "2024-05-06"}, {"核准日期": "2024-05-07"}, 0),
            ({"核准日期": "2024-05-06"}, {"核准日期": ""}, 0),
            ({"核准日期": ""}, {"核准日期": "2020-01-01"}, 0),
            ({"核准日期": "", "登记日期": "2024-05-06"}, {"核准日期": "", "登记日期": "2024-05-05"}, 1),
            (
                {"核准日期": "2024-05-06", "登记日期": "2024-05-06"},
                {"核准日期": "2024-05-07", "登记日期": "2020-02-22"},
                0,
            ),
            ({"核准日期": "", "登记日期": ""}, {"核准日期": "", "登记日期": ""}, 0),
        ],
    )
    async def test_like_dates_are_compared_with_like(
        self, before: dict[str, str], after: dict[str, str], refused: int, register: Register
    ) -> None:
        """The day of approval decides; without any on both sides the day of registration; else nobody can tell."""
        await register.record(draft_of(a_row(1, 注册资本="200万元", **before)))
        tally = await register.record(draft_of(a_row(1, 注册资本="300万元", **after)))
        assert (tally.changed, len(tally.refused)) == (1 - refused, refused)

    async def test_a_corrected_spelling_is_the_same_person(self, register: Register) -> None:
        """The document decides: mandates must not be suspended for a typing error."""
        await register.record(draft_of(a_row(1)))
        await register.record(draft_of(a_row(1, 法定代表人="张三恕（更正）")))
        (event,) = await register.changes()
        assert event["principal_changed"] is False

    async def test_a_row_without_document_keeps_the_known_one(self, register: Register) -> None:
        """A poorer feed must not take the right to download from the same person; another person gets none."""
        await register.record(draft_of(a_row(1)))
        known = (await register.get(1)).principal
        tally = await register.record(draft_of(a_row(1, 证件号码="")))
        assert tally.unchanged == 1
        await register.record(draft_of(a_row(1, 证件号码="", 住所="别处")))
        assert (await register.get(1)).principal == known
        await register.record(draft_of(a_row(1, 证件号码="", 法定代表人="李四维")))
        assert (await register.get(1)).principal.lookup is None

    async def test_the_number_is_sealed_at_its_place(self, register: Register) -> None:
        """It opens at table, column and row; moved to another row it does not (negative control)."""
        await register.record(draft_of(a_row(1)))
        principal = (await register.get(1)).principal
        assert principal.document_kind is DocumentKind.ID_CARD
        assert principal.sealed is not None
        place = {"table": SEALED_TABLE, "column": SEALED_COLUMN}
        assert register.sealer.open(principal.sealed, **place, row=made_up_uscc(1)) == made_up_id_number(1)
        with pytest.raises(SealBroken):
            register.sealer.open(principal.sealed, **place, row=made_up_uscc(2))

    async def test_the_number_stands_nowhere_in_clear(self, register: Register) -> None:
        """No table holds it; the search itself is shown to work on the name."""
        await register.record(draft_of(a_row(1)))
        assert await holding(register, "张三恕") >= {"registry_entity", "registry_version"}
        assert await holding(register, made_up_id_number(1)) == set()

    async def test_reactions_see_the_new_version(
        self, database: Database, held_clock: HeldClock, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        """Same-transaction reactions run after the rows are written, and their failure undoes everything."""
        seen: list[int] = []

        async def react(connection: Transaction, events: list[Event]) -> None:
            for event in events:
                assert isinstance(event, EntityRegistered | EntityChanged)
                found = await register.store.get(connection, event.uscc)
                assert found is not None
                seen.append(found.version)
            if len(seen) == 2:
                raise ReactionFailed

        folder = tmp_path_factory.mktemp("reacting")
        reactions = {EntityRegistered.kind: [react], EntityChanged.kind: [react]}
        register = open_register(database, folder, held_clock, reactions)
        await register.record(draft_of(a_row(1)))
        with pytest.raises(ReactionFailed):
            await register.record(draft_of(a_row(1, 住所="别处")))
        assert seen == [1, 2]
        assert (await register.get(1)).version == 1

    async def test_a_status_that_no_act_leads_to_is_refused(self, register: Register) -> None:
        """A feed cannot make a moved entity deregistered; what it may do it does."""
        await register.record(draft_of(a_row(1, 登记状态="迁出")))
        tally = await register.record(draft_of(a_row(1, 登记状态="注销")))
        assert [(one.column, one.uscc) for one in tally.refused] == [("登记状态", made_up_uscc(1))]
        assert (await register.get(1)).status is EntityStatus.MOVED_OUT
        assert (await register.record(draft_of(a_row(1)))).changed == 1

    async def test_marks_stay_when_the_sender_knows_none(self, register: Register) -> None:
        """A dispute set at the office survives a feed without marks; a feed with marks says them all."""
        await register.record(draft_of(a_row(1, 标记="争议、经营异常")))
        assert (await register.get(1)).marks == {Mark.DISPUTED, Mark.ABNORMAL}
        await register.record(draft_of(a_row(1, 住所="别处")))
        assert (await register.get(1)).marks == {Mark.DISPUTED, Mark.ABNORMAL}
        await register.record(draft_of(a_row(1, 标记="无")))
        assert (await register.get(1)).marks == frozenset()

    async def test_two_at_once(self, register: Register) -> None:
        """Two officials change one entity: both versions are there, or one is told to look again; none is lost."""
        await register.record(draft_of(a_row(1)))
        drafts = [draft_of(a_row(1, 住所=f"第{number}处")) for number in range(4)]
        done = await asyncio.gather(*(register.record(draft) for draft in drafts), return_exceptions=True)
        kept = [one for one in done if not isinstance(one, BaseException)]
        assert all(isinstance(one, ChangedMeanwhile) for one in done if isinstance(one, BaseException))
        assert (await register.get(1)).version == 1 + len(kept)

    async def test_two_register_the_same(self, register: Register) -> None:
        """Two feeds bring the same new entity: one entity, and the other feed is told or finds it unchanged."""
        draft = draft_of(a_row(1))
        done = await asyncio.gather(register.record(draft), register.record(draft), return_exceptions=True)
        failed = [one for one in done if isinstance(one, BaseException)]
        assert all(isinstance(one, ChangedMeanwhile) for one in failed)
        assert (await register.get(1)).version == 1
        assert len(await register.events()) == 1


class ReactionFailed(Exception):
    """Raised by a reaction of the test."""


async def holding(register: Register, needle: str) -> set[str]:
    """Return the tables of which some column of some row holds a text."""
    database = register.desk.database
    tables = ("registry_entity", "registry_version", "registry_feed", "outbox", "ledger_entry")
    found = set()
    async with database.read() as connection:
        for table in tables:
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()  # noqa: S608 our own tables
            raw = b" ".join(cell if isinstance(cell, bytes) else str(cell).encode() for row in rows for cell in row)
            if needle.encode() in raw:
                found.add(table)
    return found


class TestRecordEntity:
    """The official's form: refusals are errors."""

    async def test_it_returns_the_entity(self, register: Register) -> None:
        """The reason is kept with the version."""
        draft = draft_of(a_row(1))
        async with register.desk.database.write() as connection:
            entity = await record_entity(connection, draft, because="补录", sealer=register.sealer, **register.acting)
        assert entity.version == 1
        async with register.desk.database.read() as connection:
            (version,) = await register.store.versions(connection, entity.uscc)
        assert version.because == "补录"

    async def test_it_refuses(self, register: Register) -> None:
        """Nothing to change, and a status out of reach."""
        draft = draft_of(a_row(1, 登记状态="迁出"))
        await register.record(draft)
        for wrong, error in ((draft, NothingToChange), (replace(draft, status=EntityStatus.REVOKED), RowRefused)):
            with pytest.raises(error):
                async with register.desk.database.write() as connection:
                    await record_entity(connection, wrong, because="x", sealer=register.sealer, **register.acting)
