"""One row: everything that is wrong with it is told at once, cell by cell, and what is odd is taken with a warning."""

import pytest

from factories.numbers import made_up_id_number, made_up_uscc
from factories.registers import a_row, draft_of
from zhizhao.kernel.idcard import DocumentKind
from zhizhao.registry.entity import EntityStatus, Mark
from zhizhao.registry.errors import RowRefused
from zhizhao.registry.intake import reasons


def problems(row: dict[str, str], **reader: object) -> list[tuple[str, str]]:
    """Return column and reason of everything wrong with a row."""
    with pytest.raises(RowRefused) as refused:
        draft_of(row, **reader)
    return [(one.column, one.reason) for one in refused.value.facts["problems"]]  # type: ignore[attr-defined] # problems


class TestGoodRows:
    """What a row says."""

    def test_a_plain_row_has_no_warnings(self) -> None:
        """Negative control of every warning below."""
        draft = draft_of(a_row(1))
        assert draft.warnings == ()
        assert (draft.status, draft.marks, draft.kind, draft.template) == (EntityStatus.ACTIVE, None, "1", "A")
        assert draft.document is not None
        assert draft.document.kind is DocumentKind.ID_CARD

    def test_the_number_does_not_show(self) -> None:
        """A draft in a log tells no number."""
        assert made_up_id_number(1) not in repr(draft_of(a_row(1)))

    @pytest.mark.parametrize("name", ["", "***", "＊＊＊", "无", "无字号"])  # noqa: RUF001 as people fill it in
    def test_a_sole_trader_may_have_no_name(self, name: str) -> None:
        """Three asterisks are printed for it; another kind must have one."""
        code = made_up_uscc(1, prefix="92")
        trader = a_row(1, 统一社会信用代码=code, 类型="个体工商户", 名称=name, 经营者="张三恕")
        draft = draft_of(trader)
        assert (draft.name, draft.kind, draft.template) == (None, "8", "F")
        if not name:
            assert problems(a_row(1, 名称=name)) == [("名称", "不能为空")]

    def test_kind_and_template_stated(self) -> None:
        """A stated kind wins over the derived one; of a template the first letter counts; the setting is between."""
        assert draft_of(a_row(1, 主体类型代码="02")).kind == "2"
        assert draft_of(a_row(1, 主体类型代码="外资公司", 照面模板="g2")).template == "G"
        assert draft_of(a_row(1), kind_templates={"1": "B"}).template == "B"
        assert draft_of(a_row(1, 照面模板="A"), kind_templates={"1": "B"}).template == "A"

    def test_one_column_for_one_thing(self) -> None:
        """A sheet with 住所, 注册资本 and 成立日期 for every kind fills other templates too, with a warning."""
        row = a_row(1, 统一社会信用代码=made_up_uscc(1, prefix="92"), 类型="个体工商户", 组成形式="个人经营")
        draft = draft_of(row)
        assert (draft.facts["place"], draft.facts["registered_on"]) == (row["住所"], "2020年02月22日")
        assert draft.principal_name == "张三恕"
        assert set(draft.warnings) == {"item-column", "person-column"}

    def test_a_missing_item_is_counted(self) -> None:
        """The face would have a gap; the register decides, we tell."""
        assert draft_of(a_row(1, 住所="")).warnings == ("item-missing",)

    @pytest.mark.parametrize(
        ("changes", "warning"),
        [
            ({"统一社会信用代码": "91350211M0000XUF46"}, "uscc-outer-check"),
            ({"统一社会信用代码": "A1370800MAT000317Q", "主体类型代码": "1"}, "uscc-prefix-unlisted"),
            ({"名称": "<script>alert(1)</script>有限公司"}, "name-markup"),
            ({"名称": "工商I银行有限公司"}, "name-lookalike"),
            ({"证件号码": ""}, "document-missing"),
            ({"主体类型代码": "8"}, "kind-prefix"),
            ({"注册资本": "200"}, "money-without-unit"),
        ],
    )
    def test_what_is_odd_is_taken(self, changes: dict[str, str], warning: str) -> None:
        """Each warning has its sentence."""
        draft = draft_of(a_row(1, **changes))
        assert warning in draft.warnings
        assert warning in reasons.WARNINGS

    def test_markup_stays_as_it_is(self) -> None:
        """Text is text: nothing is escaped or cut on the way in."""
        assert draft_of(a_row(1, 名称="<script>alert(1)</script>")).name == "<script>alert(1)</script>"

    def test_marks(self) -> None:
        """Several in one cell; an empty cell of a column that is there means none."""
        assert draft_of(a_row(1, 标记="经营异常、争议")).marks == {Mark.ABNORMAL, Mark.DISPUTED}

    def test_a_stated_document_kind(self) -> None:
        """Its own rules count."""
        draft = draft_of(a_row(1, 证件类型="护照", 证件号码="12345678"))
        assert draft.document is not None
        assert draft.document.kind is DocumentKind.PASSPORT
        assert problems(a_row(1, 证件类型="驾驶证")) == [("证件类型", reasons.DOCUMENT_KIND)]


class TestBadCells:
    """Each defect has its own sentence, and none tells the cell's value where that may be an identity number."""

    @pytest.mark.parametrize(
        ("column", "cell", "told"),
        [
            ("统一社会信用代码", "", "不能为空"),
            ("统一社会信用代码", "91370811MAT00002", "应为 18 位"),
            ("统一社会信用代码", "91370883MAT0O0050E", "第 13 位“O”可能有误"),
            ("统一社会信用代码", "91370800MAT0000103", "主体标识码校验不符"),
            ("统一社会信用代码", "91370811MTA000026L", "均不符"),
            ("统一社会信用代码", "000000000000000000", "全为 0"),
            ("统一社会信用代码", "379900195506150115", "身份证件号码"),
            ("统一社会信用代码", "9.13708e+17", "位数已丢失"),
            ("名称", "济宁\u202e示例有限公司", "改变文字显示方向的控制字符：第 3 个字符 U+202E"),
            ("名称", "济宁\u200b示例有限公司", "隐藏字符"),
            ("名称", "济宁\x07示例有限公司", "控制字符"),
            ("名称", "济宁\ue000示例有限公司", "自造字"),
            ("名称", "示" * 300, "过长，最多 200 个字"),
            ("类型", "", "不能为空"),
            ("类型", "不知道是什么", ""),
            ("法定代表人", "张\u2066三", "控制字符"),
            ("法定代表人", "", "没有填写负责人员姓名"),
            ("证件号码", "379900195506150116", "校验位不符"),
            ("证件号码", "379900199902300136", "出生日期"),
            ("证件号码", "379900209901010168", "出生日期"),
            ("证件号码", "37990019550615011", "应为 18 位"),
            ("证件号码", "不详", "不符合任何一种证件"),
            ("证件号码", "3.799e+17", "位数已丢失"),
            ("登记状态", "", "不能为空"),
            ("登记状态", "开着", "不认识的登记状态"),
            ("登记状态", "歇业", "歇业是标记"),
            ("登记状态", "1", "含义不同"),
            ("登记机关", "", "不能为空"),
            ("区划代码", "3708", "6、9 或 12 位"),
            ("成立日期", "2020-02-30", "不是日期"),
            ("核准日期", "昨天", "不是日期"),
            ("登记日期", "1020-01-01", "不是日期"),
            ("经营范围", "食品\u202e销售", "控制字符"),
            ("主体类型代码", "99", "不认识的主体类型代码"),
            ("照面模板", "Z", "A 至 I"),
            ("标记", "好", "不认识的标记"),
        ],
    )
    def test_a_bad_cell(self, column: str, cell: str, told: str) -> None:
        """One problem, in its column, with its reason."""
        (problem,) = problems(a_row(1, **{column: cell}))
        assert problem[0] == ("主体类型代码" if cell == "不知道是什么" else column)
        assert told in problem[1]
        assert len(cell) < 6 or cell not in problem[1]

    def test_all_at_once(self) -> None:
        """A clerk corrects a row in one go."""
        found = problems(a_row(1, 名称="", 登记状态="?", 区划代码="?", 证件号码="?", 成立日期="?"))
        assert {column for column, _ in found} == {"名称", "登记状态", "区划代码", "证件号码", "成立日期"}

    def test_persons_that_differ(self) -> None:
        """Two other columns with two names decide nothing."""
        found = problems(a_row(1, 法定代表人="", 负责人="甲", 经营者="乙"))
        assert found == [("法定代表人", reasons.PERSON_DIFFERS)]

    def test_every_reason_of_a_text_has_a_sentence(self) -> None:
        """No refusal of the filter falls through."""
        for reason in (
            "empty",
            "control",
            "direction",
            "zero-width",
            "private-use",
            "unassigned",
            "surrogate",
            "marks",
        ):
            assert reasons.text({"reason": reason, "character": "U+0001", "position": 1})
