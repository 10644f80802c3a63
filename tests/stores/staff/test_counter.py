"""The counter's book in each store: settings are kept, lines are counted and found, units see their own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from factories.house import TestHouse
from zhizhao.kernel.clock import HeldClock
from zhizhao.kernel.ids import time_ordered_id
from zhizhao.staff.counter.keep_setting import keep_setting
from zhizhao.staff.counter.scan import Scan, Today
from zhizhao.staff.counter.setting import DeskSetting
from zhizhao.staff.counter.store import CounterStore

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
BOOK = CounterStore()


def line(house: TestHouse, number: int, *, unit: str = "u", account: str = "a", outcome: str = "accepted") -> Scan:
    """Return one line."""
    return Scan(
        scan_id=time_ordered_id(house.parts.clock),
        account_id=account,
        unit=unit,
        window="窗口03",
        at=AT + timedelta(minutes=number),
        outcome=outcome,
        entity_name=f"济宁示例第{number}有限公司" if outcome == "accepted" else None,
        matter="EG-SCJG-SPXK",
        case_number=f"JN2026-{number:06d}",
        note="",
        presentation_id=f"prs_{number}" if outcome != "code-used" else None,
    )


class TestSetting:
    """How a desk is left."""

    async def test_unset_then_kept(self, house: TestHouse) -> None:
        """A desk nobody set has defaults; the last setting counts."""
        database = house.parts.database
        async with database.write() as tx:
            assert await BOOK.setting(tx, "a") == DeskSetting()
            for case in ("1", " 2 "):
                await keep_setting(tx, "a", setting=DeskSetting(case_number=case, keys=False), store=BOOK)
        async with database.read() as reader:
            assert await BOOK.setting(reader, "a") == DeskSetting(case_number="2", keys=False)
            assert await BOOK.setting(reader, "b") == DeskSetting()


class TestBook:
    """Lines of the day."""

    async def test_latest_and_counts(self, house: TestHouse) -> None:
        """Twenty of the desk, newest first; counts since a moment."""
        async with house.parts.database.write() as tx:
            for number in range(25):
                await BOOK.add_scan(tx, line(house, number, outcome="code-used" if number % 5 == 0 else "accepted"))
            await BOOK.add_scan(tx, line(house, 99, account="b"))
        async with house.parts.database.read() as reader:
            latest = await BOOK.latest(reader, "a", unit="u")
            assert [s.case_number for s in latest] == [f"JN2026-{n:06d}" for n in range(24, 4, -1)]
            assert await BOOK.counts(reader, "a", unit="u", since=AT) == Today(25, 20)
            assert await BOOK.counts(reader, "a", unit="u", since=AT + timedelta(minutes=20)) == Today(5, 4)
            assert await BOOK.counts(reader, "nobody", unit="u", since=AT) == Today(0, 0)

    async def test_old_lines_are_forgotten(self, house: TestHouse) -> None:
        """Lines written before a moment go, later ones stay."""
        clock = HeldClock(AT)
        async with house.parts.database.write() as tx:
            for number in range(6):
                await BOOK.add_scan(tx, replace(line(house, number), scan_id=time_ordered_id(clock)))
                clock.move(minutes=1)
            assert await BOOK.forget_scans(tx, before=AT + timedelta(minutes=4)) == 4
            assert len(await BOOK.of_unit(tx, "u", before=None)) == 2

    async def test_a_unit_sees_its_own_lines(self, house: TestHouse) -> None:
        """Pages and search stay inside the unit."""
        async with house.parts.database.write() as tx:
            for number in range(6):
                await BOOK.add_scan(tx, line(house, number, unit="u" if number % 2 else "v"))
        async with house.parts.database.read() as reader:
            mine = await BOOK.of_unit(reader, "u", before=None)
            assert [s.case_number[-1] for s in mine] == ["5", "3", "1"]
            older = await BOOK.of_unit(reader, "u", before=mine[0].scan_id, limit=1)
            assert [s.case_number[-1] for s in older] == ["3"]
            assert [s.case_number for s in await BOOK.of_unit(reader, "u", before=None, search="第3有")] == [
                "JN2026-000003"
            ]
            assert await BOOK.of_unit(reader, "u", before=None, search="JN2026-000002") == []
            assert await BOOK.of_presentation(reader, "prs_2", unit="u") is None
            assert (await BOOK.of_presentation(reader, "prs_3", unit="u")) is not None
