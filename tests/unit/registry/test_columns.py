"""Heads of tables: tolerant of spelling, strict about what is missing."""

import pytest

from factories.registers import LABELS
from zhizhao.registry.errors import IntakeRefused
from zhizhao.registry.intake.columns import REGISTER, is_head, key_of, read_head
from zhizhao.registry.template import label_fields


@pytest.mark.parametrize(
    "label",
    ["名称", " 名 称 ", "名称*", "＊名称：", "名\u3000称", "名称（必填）", "名称\n", "名称(字号)"],  # noqa: RUF001 as people write
)
def test_spellings_of_a_heading(label: str) -> None:
    """Blanks, full width, stars, colons and a remark in brackets do not matter."""
    assert key_of(label) == "name"


def test_every_documented_label() -> None:
    """All labels of the faces, and the register's own."""
    for label in (*label_fields(), *REGISTER):
        assert key_of(label)


@pytest.mark.parametrize("label", ["", "备注", "企业名称2", "法定代表人手机", "x" * 1000])
def test_other_headings(label: str) -> None:
    """What is not ours has no key."""
    assert key_of(label) is None


def test_any_order_and_unknown_columns() -> None:
    """Unknown ones are reported, not fatal; empty headings do not count."""
    head = read_head(["备注", "", *reversed(LABELS), "联系 电话"])
    assert head.unknown == ("备注", "联系 电话")
    assert dict(head.columns)[2] == key_of(LABELS[-1])
    assert head.width == len(LABELS) + 3


@pytest.mark.parametrize(
    "missing", ["统一社会信用代码", "名称", "类型", "登记状态", "登记机关", "区划代码", "证件号码"]
)
def test_a_missing_column_is_named(missing: str) -> None:
    """Fatal, with its name; several are all named."""
    with pytest.raises(IntakeRefused) as refused:
        read_head([label for label in LABELS if label != missing])
    assert refused.value.facts == {"reason": "missing-columns", "message": f"缺少必需的列：{missing}"}
    with pytest.raises(IntakeRefused) as refused:
        read_head([label for label in LABELS if label not in {missing, "法定代表人"}])
    assert missing in str(refused.value.facts["message"])
    assert "至少一列" in str(refused.value.facts["message"])


def test_columns_that_need_not_be_there() -> None:
    """Negative control: dropping any other column is fine."""
    for label in ("经营范围", "注册资本", "核准日期", "登记日期", "住所", "营业期限", "成立日期"):
        assert read_head([one for one in LABELS if one != label])


def test_a_double_column_is_refused() -> None:
    """Nobody could say which of the two counts."""
    with pytest.raises(IntakeRefused) as refused:
        read_head([*LABELS, "名 称"])
    assert refused.value.facts["reason"] == "double-columns"


def test_is_head() -> None:
    """Titles and remarks above the head are not the head."""
    assert is_head(["统一社会信用代码", "备注"])
    assert is_head(["名称", "类型", "住所"])
    assert not is_head(["济宁市经营主体名录（演示）", "", ""])
    assert not is_head([])
