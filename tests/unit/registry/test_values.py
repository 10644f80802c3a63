"""What cells say: dates, states, divisions."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizhao.registry.entity import EntityStatus, Mark
from zhizhao.registry.intake.values import (
    StatusList,
    chinese_date,
    read_date,
    read_division,
    read_marks,
    read_status,
)


@pytest.mark.parametrize(
    "text",
    [
        "2020-02-22",
        "2020/2/22",
        "2020.02.22",
        "20200222",
        "2020年2月22日",
        "2020年02月22日",
        "２０２０－０２－２２",  # noqa: RUF001 as people type it
        " 2020-02-22 00:00:00 ",
        "2020-02-22T08:00",
    ],
)
def test_dates(text: str) -> None:
    """Every usual spelling."""
    assert read_date(text) == date(2020, 2, 22)
    assert chinese_date(text) == "2020年02月22日"


@pytest.mark.parametrize("text", ["", "2020", "2020-13-01", "2021-02-29", "43883", "22/02/2020", "长期", "1899-12-31"])
def test_no_dates(text: str) -> None:
    """Days that are none, spreadsheet serials, other orders."""
    with pytest.raises(ValueError, match="日期"):
        read_date(text)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_dates_there_and_back(day: date) -> None:
    """Printed and read again."""
    assert read_date(chinese_date(day.isoformat())) == day


@given(st.text(max_size=30))
def test_nothing_but_value_errors(text: str) -> None:
    """Whatever a cell holds."""
    for read in (read_date, read_division, read_marks, lambda one: read_status(one, StatusList.NEW)):
        try:
            read(text)
        except ValueError as refused:
            assert str(refused)  # noqa: PT017 the reason must be there


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("存续", EntityStatus.ACTIVE),
        ("存续（在营、开业、在册）", EntityStatus.ACTIVE),
        (" 在 业 ", EntityStatus.ACTIVE),
        ("吊销，未注销", EntityStatus.REVOKED),
        ("已注销", EntityStatus.DEREGISTERED),
        ("撤销", EntityStatus.RESCINDED),
        ("迁出", EntityStatus.MOVED_OUT),
        ("moved_out", EntityStatus.MOVED_OUT),
    ],
)
def test_status_words(text: str, status: EntityStatus) -> None:
    """Five states by the words registers use; 吊销，已注销 is deregistered."""
    assert read_status(text, StatusList.NONE) is status
    assert read_status("吊销，已注销", StatusList.NONE) is EntityStatus.DEREGISTERED


def test_status_digits_need_a_list() -> None:
    """Both lists of DOMAIN.md §8.3, digit by digit."""
    old = {"0": "active", "1": "revoked", "2": "deregistered", "4": "deregistered"}
    new = {"1": "active", "2": "revoked", "4": "deregistered", "5": "rescinded", "6": "moved_out"}
    for status_list, expected in ((StatusList.OLD, old), (StatusList.NEW, new), (StatusList.NONE, {})):
        for digit in "0123456789":
            if digit in expected:
                assert read_status(digit, status_list) == expected[digit]
            else:
                with pytest.raises(ValueError, match="登记状态"):
                    read_status(digit, status_list)


def test_marks() -> None:
    """Any separator; 无 and blanks mean none."""
    assert read_marks("经营异常、歇业;争议") == {Mark.ABNORMAL, Mark.DORMANT, Mark.DISPUTED}
    assert read_marks("无") == read_marks(" ") == frozenset()


def test_divisions() -> None:
    """Six, nine or twelve digits."""
    assert read_division("370811") == "370811"
    assert read_division("３７０８１１００１") == "370811001"  # noqa: RUF001 as people type it
    for wrong in ("37081", "3708110", "37081A", ""):
        with pytest.raises(ValueError, match="区划"):
            read_division(wrong)
