"""Whole files into the register: every format, twice, with changes, bad rows, stopped halfway."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from factories.numbers import made_up_id_number, made_up_uscc
from factories.registers import (
    Register,
    a_firm,
    a_row,
    open_register,
    table,
    write_csv,
    write_message,
    write_xlsx,
)
from zhizhao.kernel.clock import HeldClock
from zhizhao.kernel.events import Event
from zhizhao.ledger.act import Act
from zhizhao.registry.entity import EntityStatus, Mark
from zhizhao.registry.errors import IntakeRefused, RegisterNeverFed
from zhizhao.registry.events import EntityRegistered
from zhizhao.registry.intake.values import StatusList
from zhizhao.registry.store import FEED
from zhizhao.storage.database import Database, Transaction
from zhizhao.trust.domestic.sm3 import sm3

Writer = Callable[[Path, list[list[str]]], Path]
FORMATS: dict[str, Writer] = {
    "xlsx": lambda folder, lines: write_xlsx(folder / "名录.xlsx", lines),
    "csv": lambda folder, lines: write_csv(folder / "名录.csv", lines),
    "csv-bom": lambda folder, lines: write_csv(folder / "名录.csv", lines, encoding="utf-8-sig"),
    "csv-gb18030": lambda folder, lines: write_csv(folder / "名录.csv", lines, encoding="gb18030"),
    "csv-tab": lambda folder, lines: write_csv(folder / "名录.txt", lines, delimiter="\t"),
    "csv-semicolon": lambda folder, lines: write_csv(folder / "名录.csv", lines, delimiter=";"),
}


class TestFormats:
    """The same rows in every format give the same entities."""

    @pytest.mark.parametrize("kind", FORMATS)
    async def test_tables(self, register: Register, tmp_path: Path, kind: str) -> None:
        """New, then unchanged, then one changed: a change, never a new entity; rare characters survive."""
        rows = [a_row(number) for number in range(1, 6)]
        rows[2]["名称"] = "济宁𠮷祥𰻞面馆有限公司"
        first = await register.take(FORMATS[kind](tmp_path, table(rows)))
        again = await register.take(FORMATS[kind](tmp_path, table(rows)))
        rows[1]["注册资本"] = "300万元"
        changed = await register.take(FORMATS[kind](tmp_path, table(rows)))
        assert first.figures == (5, 5, 0, 0, 0)
        assert again.figures == (5, 0, 0, 5, 0)
        assert changed.figures == (5, 0, 1, 4, 0)
        assert first.told.lines == []
        assert (await register.get(3)).name == "济宁𠮷祥𰻞面馆有限公司"
        entity = await register.get(2)
        assert (entity.version, entity.facts["registered_capital"]) == (2, "300万元")
        assert (await register.get(1)).facts["established_on"] == "2020年02月22日"

    async def test_formats_agree(self, register: Register, tmp_path: Path) -> None:
        """What came as xlsx is unchanged as CSV in either encoding."""
        lines = table([a_row(number) for number in range(1, 4)])
        await register.take(FORMATS["xlsx"](tmp_path, lines))
        for kind in ("csv", "csv-gb18030", "csv-tab"):
            assert (await register.take(FORMATS[kind](tmp_path, lines))).figures == (3, 0, 0, 3, 0)

    @pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "GB18030"])
    async def test_message(self, register: Register, tmp_path: Path, encoding: str) -> None:
        """Numbers go to their fields, unknown ones are kept, the phone is not, the number is sealed."""
        path = write_message(tmp_path / "in.xml", [a_firm(1, attribute16="甲", attribute777="乙")], encoding=encoding)
        assert (await register.take(path)).figures == (1, 1, 0, 0, 0)
        entity = await register.get(1)
        assert (entity.status, entity.template, entity.kind) == (EntityStatus.ACTIVE, "A", "1")
        assert entity.registrar == "济宁市任城区行政审批服务局（演示）"
        assert entity.extra == {
            "attribute16": "甲",
            "attribute17": "370800200000017",
            "attribute41": "370811",
            "attribute777": "乙",
        }
        assert entity.principal.sealed is not None
        assert (await register.take(path)).figures == (1, 0, 0, 1, 0)

    async def test_a_message_leaves_the_status(self, register: Register, tmp_path: Path) -> None:
        """A change message about a revoked entity must not make it active again."""
        await register.take(FORMATS["csv"](tmp_path, table([a_row(1, 登记状态="吊销", 标记="争议")])))
        await register.take(write_message(tmp_path / "in.xml", [a_firm(1)]))
        entity = await register.get(1)
        assert (entity.version, entity.status, entity.marks) == (2, EntityStatus.REVOKED, {Mark.DISPUTED})

    async def test_a_message_with_only_the_digest(self, register: Register, tmp_path: Path) -> None:
        """Field 56 as SM3 finds the same person as the number does, and the number in clear changes nothing."""
        number = made_up_id_number(1)
        path = write_message(tmp_path / "in.xml", [a_firm(1, attribute56=sm3(number.encode()).hex())])
        await register.take(path)
        principal = (await register.get(1)).principal
        assert principal.sealed is None
        assert principal.lookup == register.sealer.lookup_document("id_card", number)
        assert (await register.take(write_message(path, [a_firm(1)]))).figures == (1, 0, 0, 1, 0)

    async def test_five_persons_and_alias(self, register: Register, tmp_path: Path) -> None:
        """A sender that fills all person fields alike; kind 22 read as 31; template I has no 类型."""
        persons = {f"attribute{number}": "张三恕" for number in (20, 21, 22, 23, 24)}
        firm = a_firm(1, type="8", attribute13=made_up_uscc(1, prefix="92"), **persons, attribute90="F")
        other = a_firm(2, type="22", attribute24="李四维", attribute90="")
        del other["attribute20"]
        await register.take(write_message(tmp_path / "in.xml", [firm, other]))
        async with register.desk.database.read() as connection:
            trader = await register.store.get(connection, made_up_uscc(1, prefix="92"))
        assert trader is not None
        assert (trader.facts["operator"], trader.principal.name) == ("张三恕", "张三恕")
        office = await register.get(2)
        assert (office.kind, office.template, office.facts["chief_representative"]) == ("31", "I", "李四维")


class TestReporting:
    """Dry run, doubles, ledger, feeds, time."""

    async def test_dry_run_writes_nothing(self, register: Register, tmp_path: Path) -> None:
        """The figures are those of the real run afterwards."""
        await register.take(FORMATS["csv"](tmp_path, table([a_row(1), a_row(2)])))
        events = len(await register.events())
        rows = [a_row(1), a_row(2, 住所="别处"), a_row(3), a_row(4, 区划代码="x")]
        path = FORMATS["csv"](tmp_path, table(rows))
        tried = await register.take(path, dry_run=True)
        assert tried.figures == (4, 1, 1, 1, 1)
        assert len(await register.events()) == events
        assert (await register.get(2)).version == 1
        assert (await register.take(path)).figures == tried.figures

    async def test_doubles_in_one_file(self, register: Register, tmp_path: Path) -> None:
        """The first row counts, the second is told with the first one's number; also across chunks."""
        rows = [a_row(1), a_row(2), a_row(1, 住所="别处"), a_row(2)]
        done = await register.take(FORMATS["csv"](tmp_path, table(rows)), chunk_rows=2)
        assert done.figures == (4, 2, 0, 0, 2)
        assert done.told.reasons(4) == ["与第 2 行重复：同一文件中同一代码只取第一行"]
        assert done.told.reasons(5) == ["与第 3 行重复：同一文件中同一代码只取第一行"]
        assert (await register.get(1)).facts["domicile"] != "别处"

    async def test_the_ledger_has_one_entry_a_chunk_and_one_a_change(self, register: Register, tmp_path: Path) -> None:
        """Counts and the digest of the versions' chains; nothing personal."""
        lines = table([a_row(number) for number in range(1, 6)])
        await register.take(FORMATS["csv"](tmp_path, lines), chunk_rows=2)
        entries = await register.entries()
        batches = [one for one in entries if one.act is Act.OPERATOR_REGISTRY_BATCH_RECORDED]
        assert sorted(one.facts["new"] for one in batches) == [1, 2, 2]
        (end,) = [one for one in entries if one.act is Act.OPERATOR_REGISTRY_IMPORTED]
        assert (end.facts["rows"], end.facts["new"], end.object_id) == (5, 5, batches[0].object_id)
        await register.take(FORMATS["csv"](tmp_path, table([a_row(1, 住所="别处"), a_row(2)])))
        changed = [one for one in await register.entries() if one.act is Act.OPERATOR_ENTITY_CHANGED]
        assert [(one.object_id, one.facts["fields"]) for one in changed] == [(made_up_uscc(1), ["domicile"])]
        assert not any("张三恕" in one.body.decode() for one in await register.entries())

    async def test_feed_and_time(self, register: Register, tmp_path: Path) -> None:
        """The feed is kept with its figures; the data are as of its beginning."""
        await register.take(FORMATS["csv"](tmp_path, table([a_row(1), a_row(2, 名称="")])))
        async with register.desk.database.read() as connection:
            feed = (await connection.execute(select(FEED))).one()
            as_of = await register.store.as_of(connection)
        assert (feed.source, feed.actor) == ("名录.csv", "operator:cli")
        assert feed.tally == '{"changed":0,"new":1,"rejected":1,"rows":2,"unchanged":0}'
        assert as_of == feed.started_at <= feed.finished_at

    async def test_a_file_without_a_good_row_moves_no_time(self, register: Register, tmp_path: Path) -> None:
        """All rows refused: there are no data to be as of."""
        await register.take(FORMATS["csv"](tmp_path, table([a_row(1, 名称="")])))
        async with register.desk.database.read() as connection:
            with pytest.raises(RegisterNeverFed):
                await register.store.as_of(connection)

    async def test_declared_status_list(self, register: Register, tmp_path: Path) -> None:
        """The digit 2 is refused undeclared, and means two different things in the two lists (DOMAIN.md §8.3)."""
        path = FORMATS["csv"](tmp_path, table([a_row(1, 登记状态="2")]))
        undeclared = await register.take(path)
        assert "--status-list" in undeclared.told.reasons(2)[0]
        await register.take(path, status_list=StatusList.OLD)
        assert (await register.get(1)).status is EntityStatus.DEREGISTERED
        await register.take(path, status_list=StatusList.NEW)
        assert (await register.get(1)).status is EntityStatus.REVOKED

    async def test_a_status_out_of_reach_is_a_bad_row(self, register: Register, tmp_path: Path) -> None:
        """Told with its row; the other rows are taken."""
        await register.take(FORMATS["csv"](tmp_path, table([a_row(1, 登记状态="迁出"), a_row(2)])))
        done = await register.take(FORMATS["csv"](tmp_path, table([a_row(2, 住所="别处"), a_row(1, 登记状态="撤销")])))
        assert done.figures == (2, 0, 1, 0, 1)
        assert done.told.lines[0][:3] == (3, "错误", "登记状态")


class TestBadInput:
    """Issue 2, item 6: each with its own message, and nothing is lost."""

    @pytest.mark.parametrize("kind", ["xlsx", "csv"])
    async def test_bad_rows_among_good_ones(self, register: Register, tmp_path: Path, kind: str) -> None:
        """Every bad row is told once with a reason of its own; every other row is taken, markup as plain text."""
        bad = {
            "wrong code": {"统一社会信用代码": "91370811MTA000026L"},
            "letter no code has": {"统一社会信用代码": "91370883MAT0O0050E"},
            "identity number as code": {"统一社会信用代码": "379900195506150115"},
            "hidden failure": {"统一社会信用代码": "91370800MAT0000103"},
            "direction": {"名称": "济宁\u202e示例有限公司"},
            "isolate": {"法定代表人": "张\u2066三"},
            "long name": {"名称": "示" * 300},
            "no name": {"名称": ""},
            "wrong document": {"证件号码": "379900195506150116"},
            "wrong status": {"登记状态": "开着"},
            "wrong division": {"区划代码": "3708"},
            "wrong date": {"成立日期": "2020-02-30"},
        }
        rows: list[dict[str, str]] = []
        for number, changes in enumerate(bad.values(), start=1):
            rows += [a_row(2 * number), a_row(2 * number + 1, **changes)]
        rows.append(a_row(90, 名称="<script>alert(1)</script>"))
        done = await register.take(FORMATS[kind](tmp_path, table(rows)))
        assert done.figures == (25, 13, 0, 0, 12)
        errors = [line for line in done.told.lines if line[1] == "错误"]
        assert [line[0] for line in errors] == list(range(3, 27, 2))
        assert len({reason for *_, reason in errors}) == len(bad)
        assert [line for line in done.told.lines if line[1] == "提示"] == [
            (26, "提示", "名称", "含有尖括号 < 或 >：按原文登记，请核对")
        ]
        assert (await register.get(90)).name == "<script>alert(1)</script>"
        assert not any("379900195506150115" in reason for *_, reason in errors)

    async def test_refused_files_touch_nothing(self, register: Register, tmp_path: Path) -> None:
        """A file refused as a whole leaves no entity, no event and no time."""
        path = FORMATS["csv"](tmp_path, [["名称", "类型", "住所"], ["甲", "乙", "丙"]])
        with pytest.raises(IntakeRefused):
            await register.take(path)
        assert await count(register) == 0
        assert await register.events() == []

    @pytest.mark.parametrize(("most", "taken"), [(3, True), (2, False)])
    async def test_a_page_takes_so_many_rows(
        self, register: Register, tmp_path: Path, most: int, *, taken: bool
    ) -> None:
        """The limit itself passes, one row beyond it refuses the trial, before anything is written."""
        path = FORMATS["csv"](tmp_path, table([a_row(number) for number in range(1, 4)]))
        if taken:
            assert (await register.take(path, dry_run=True, most_rows=most)).figures[0] == 3
            return
        with pytest.raises(IntakeRefused, match="too-many-rows"):
            await register.take(path, dry_run=True, most_rows=most)
        assert await count(register) == 0


class TestInterrupted:
    """Stopped anywhere and run again."""

    async def test_chunks_before_the_stop_are_kept(
        self, database: Database, held_clock: HeldClock, tmp_path: Path
    ) -> None:
        """The second chunk's transaction fails as a whole; the next run takes exactly what is missing."""
        calls: list[int] = []

        async def react(connection: Transaction, events: Sequence[Event]) -> None:
            del connection
            calls.append(len(events))
            if len(calls) == 2:
                raise Stopped

        register = open_register(database, tmp_path, held_clock, {EntityRegistered.kind: [react]})
        path = FORMATS["csv"](tmp_path, table([a_row(number) for number in range(1, 8)]))
        with pytest.raises(Stopped):
            await register.take(path, chunk_rows=3)
        assert await count(register) == 3
        async with database.read() as connection:
            with pytest.raises(RegisterNeverFed):
                await register.store.as_of(connection)
        assert (await register.take(path, chunk_rows=3)).figures == (7, 4, 0, 3, 0)
        assert await count(register) == 7

    async def test_a_file_that_breaks_off(self, register: Register, tmp_path: Path) -> None:
        """What stands before the break is taken, the reason is told, the time does not move."""
        path = FORMATS["csv"](tmp_path, table([a_row(number) for number in range(1, 4)]))
        with path.open("a", encoding="utf-8") as file:
            file.write('"91370811MAT0000')
        with pytest.raises(IntakeRefused) as refused:
            await register.take(path)
        assert refused.value.facts["reason"] == "csv-broken"
        assert await count(register) == 3
        async with register.desk.database.read() as connection:
            with pytest.raises(RegisterNeverFed):
                await register.store.as_of(connection)

    async def test_a_message_that_breaks_off(self, register: Register, tmp_path: Path) -> None:
        """The same for a message cut in its middle."""
        path = write_message(tmp_path / "in.xml", [a_firm(1), a_firm(2)])
        path.write_bytes(path.read_bytes()[:-200])
        with pytest.raises(IntakeRefused) as refused:
            await register.take(path)
        assert refused.value.facts["reason"] == "xml-broken"
        assert await count(register) == 1


class Stopped(Exception):
    """The process was stopped."""


async def count(register: Register) -> Any:
    """Return how many entities there are."""
    async with register.desk.database.read() as connection:
        return (await connection.execute(text("SELECT count(*) FROM registry_entity"))).scalar_one()
