"""A matter and the rules of its noun."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizhao.catalogue.errors import MatterMalformed, MatterUnknown
from zhizhao.catalogue.matter import CODE, LONGEST_CODE, Domain, Function, Matter, checked
from zhizhao.catalogue.tree import make_tree

FOOD = Matter(
    code="EG-SCJG-SPXK",
    name="食品经营许可",
    path=("电子政务", "市场监管", "食品经营许可"),
    purpose="办理食品经营许可时，核对申请主体。",
    fields=("uscc", "name"),
    functions=frozenset({Function.PRESENT}),
    statuses=frozenset({"active"}),
    documents_not_required=("营业执照复印件",),
)
CHANGE = replace(FOOD, code="EG-SCJG-BGDJ", name="变更登记", path=("电子政务", "市场监管", "变更登记"))
GOODS = replace(FOOD, code="EG-JTYS-DLHY", name="货运", path=("电子政务", "交通运输", "货运"))
BANK = replace(FOOD, code="EC-YHFW-KHKH", name="开户", path=("电子商务", "商业银行服务", "开户"))


class TestChecked:
    """Each rule refuses, and says which."""

    def test_a_good_matter_passes(self) -> None:
        """The control."""
        assert checked(FOOD) is FOOD
        assert FOOD.domain is Domain.GOVERNMENT

    @pytest.mark.parametrize(
        ("reason", "change"),
        [
            ("code", {"code": "EG-SCJG"}),
            ("code", {"code": "EG-SCJG-spxk"}),
            ("code", {"code": "EX-SCJG-SPXK"}),
            ("code", {"code": "EG-SCJG-SPXK-1"}),
            ("code", {"code": "EG--SPXK"}),
            ("code", {"code": "EG-SCJG-SPXK\n"}),
            ("code", {"code": "EG-SCJG-食品"}),
            ("code", {"code": "EG-SCJG-" + "X" * 25}),
            ("name", {"name": " "}),
            ("name", {"name": "别的"}),
            ("path", {"path": ("电子商务", "市场监管", "食品经营许可")}),
            ("path", {"path": ("电子政务", "", "食品经营许可")}),
            ("purpose", {"purpose": ""}),
            ("purpose", {"purpose": "长" * 201}),
            ("fields", {"fields": ()}),
            ("fields", {"fields": ("name", "name")}),
            ("functions", {"functions": frozenset()}),
            ("statuses", {"statuses": frozenset()}),
        ],
    )
    def test_each_rule(self, reason: str, change: dict[str, Any]) -> None:
        """The facts name the part that is wrong."""
        with pytest.raises(MatterMalformed) as caught:
            checked(replace(FOOD, **change))
        assert caught.value.facts["reason"] == reason

    @given(st.from_regex(CODE, fullmatch=True).filter(lambda code: len(code) <= LONGEST_CODE))
    def test_every_code_of_the_grammar(self, code: str) -> None:
        """INTERFACES.md §3."""
        name = "电子政务" if code.startswith("EG") else "电子商务"
        assert checked(replace(FOOD, code=code, path=(name, *FOOD.path[1:]))).code == code


class TestTree:
    """Three levels for people, one look-up for programs."""

    TREE = make_tree(7, [FOOD, BANK, GOODS, CHANGE])

    def test_levels_in_order_of_codes(self) -> None:
        """Domain, industry, matter."""
        shape = [
            (
                branch.name,
                [(industry.code, industry.name, [m.name for m in industry.matters]) for industry in branch.industries],
            )
            for branch in self.TREE.branches()
        ]
        assert shape == [
            ("电子政务", [("EG-JTYS", "交通运输", ["货运"]), ("EG-SCJG", "市场监管", ["变更登记", "食品经营许可"])]),
            ("电子商务", [("EC-YHFW", "商业银行服务", ["开户"])]),
        ]
        assert len(make_tree(1, [FOOD]).branches()) == 1

    def test_looking_up(self) -> None:
        """A code that is not in force is refused or None, as asked."""
        assert self.TREE.matter("EG-SCJG-SPXK") is FOOD
        assert self.TREE.get("EG-SCJG-XXXX") is None
        with pytest.raises(MatterUnknown):
            self.TREE.matter("EG-SCJG-XXXX")
        assert (self.TREE.version, len(self.TREE)) == (7, 4)

    def test_a_snapshot_never_changes(self) -> None:
        """Nobody who holds it can change what others see."""
        with pytest.raises(TypeError):
            self.TREE.matters["x"] = FOOD  # type: ignore[index] # the point of the test
