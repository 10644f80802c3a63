"""Kinds, their aliases and templates, and what a sender without kinds means."""

import json
from pathlib import Path
from typing import Any

import pytest

from zhizhao.registry.errors import KindUnknown
from zhizhao.registry.kind import derive_kind, kind_of, kinds, template_of
from zhizhao.registry.template import PERSON_FIELDS, face_data, field_labels, label_fields

DATA: dict[str, Any] = json.loads(Path("tests/vectors/domain/entity_kinds.json").read_text("utf-8"))
FACES: dict[str, Any] = json.loads(Path("tests/vectors/domain/face_templates.json").read_text("utf-8"))


def test_the_packaged_data_are_the_shared_ones() -> None:
    """Word for word."""
    for name in ("entity_kinds", "face_templates"):
        packaged = Path(f"src/zhizhao/registry/data/{name}.json").read_bytes()
        assert packaged == Path(f"tests/vectors/domain/{name}.json").read_bytes()


@pytest.mark.parametrize("row", DATA["kinds"], ids=lambda row: row["code"])
def test_every_kind(row: dict[str, Any]) -> None:
    """By code, alias and name; with its default template; derived from its own name."""
    kind = kinds()[row["code"]]
    for word in (row["code"], f" 0{row['code']} ", *row["aliases"], row["name_zh"]):
        assert kind_of(word) is kind
    assert template_of(kind, overrides={}) == (row["default_template"] or "")
    assert derive_kind(row["uscc_prefix"] or "91", row["name_zh"]) is kind


@pytest.mark.parametrize(
    ("prefix", "entity_type", "code"),
    [
        ("91", "有限责任公司(自然人独资)", "1"),
        ("91", "有限责任公司（自然人投资或控股的法人独资）", "1"),
        ("91", "股份有限公司(上市、国有控股)", "1"),
        ("91", "有限责任公司(外商独资)", "2"),
        ("91", "有限责任公司(港澳台投资、非独资)", "2"),
        ("91", "有限责任公司分公司(自然人独资)", "9"),
        ("91", "外商投资企业分公司", "10"),
        ("91", "外国（地区）公司分支机构", "19"),
        ("91", "外国(地区)企业在中国境内从事经营活动", "20"),
        ("91", "外国（地区）企业常驻代表机构", "31"),
        ("91", "全民所有制", "3"),
        ("91", "集体所有制(股份合作)", "3"),
        ("91", "集体分支机构(非法人)", "11"),
        ("91", "普通合伙企业", "4"),
        ("91", "有限合伙企业(外商投资)", "5"),
        ("91", "普通合伙企业分支机构", "12"),
        ("91", "个人独资企业", "7"),
        ("91", "个人独资企业分支机构", "14"),
        ("92", "个体工商户", "8"),
        ("92", "个体", "8"),
        ("93", "农民专业合作社", "6"),
        ("93", "农民专业合作社联合社", "18"),
        ("93", "农民专业合作社分支机构", "15"),
    ],
)
def test_derived_kinds(prefix: str, entity_type: str, code: str) -> None:
    """The documented rules on texts as registers write them."""
    assert derive_kind(prefix, entity_type).code == code


@pytest.mark.parametrize("entity_type", ["", "不详", "学校"])
def test_what_cannot_be_derived(entity_type: str) -> None:
    """Then the sender must say."""
    with pytest.raises(KindUnknown):
        derive_kind("91", entity_type)


def test_unknown_codes_and_letters() -> None:
    """Neither is guessed."""
    with pytest.raises(KindUnknown):
        kind_of("24")
    with pytest.raises(KindUnknown):
        template_of(kinds()["1"], overrides={}, stated="Z")
    with pytest.raises(KindUnknown):
        template_of(kinds()["1"], overrides={"1": "?"})


def test_faces() -> None:
    """Every template has one person; every printed label has a field and every field a label."""
    for letter, template in face_data().templates.items():
        for version, items in template.faces.items():
            assert [item.field for item in items if item.field in PERSON_FIELDS] == [template.person_field]
            given = next(one for one in FACES["templates"] if one["template"] == letter)["faces"][version]
            assert [(item.field, item.label_zh, item.side) for item in items] == [
                (one["field"], one["label_zh"], one["side"]) for one in given
            ]
            assert all(item.label_zh in label_fields() and item.field in field_labels() for item in items)
    assert label_fields()["注册资本"] == "registered_capital"
    assert [version.id for version in face_data().versions] == ["2019", "2022"]
