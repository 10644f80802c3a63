"""Jining's units and codes, compared with the shared data."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from zhizhao.kernel.region import CITY, CODES, UNITS, Numbering, UnitUnknown, code_of, unit_by_id, unit_of

DATA: dict[str, Any] = json.loads(Path("tests/vectors/domain/divisions_jining.json").read_text("utf-8"))
BY_NAME = {unit.name: unit for unit in UNITS}


def test_fourteen_units_as_the_notice_addresses_them() -> None:
    """Eleven divisions and three zones, each with an id of its own and the published names."""
    assert len(UNITS) == 14
    assert len({unit.id for unit in UNITS}) == 14
    for row in DATA["units"]:
        unit = BY_NAME[row["name_zh"]]
        assert (unit.name_en, unit.kind) == (row["name_en"], row["kind"])
        assert unit.full_name == row.get("name_full_zh", row["name_zh"])


@pytest.mark.parametrize("row", DATA["units"], ids=lambda row: row["name_en"])
def test_every_code_of_the_data(row: dict[str, Any]) -> None:
    """National codes mean the unit in every numbering; local codes in their own."""
    unit = BY_NAME[row["name_zh"]]
    if row["code_kind"] == "GB/T 2260":
        assert all(unit_of(row["code"], numbering) is unit for numbering in Numbering)
        assert code_of(unit.id) == row["code"]
    for local in row["local_codes"]:
        assert unit_of(local["code"], local["numbering"]) is unit
        assert (local["code"], local["numbering"]) in {(c.code, c.numbering) for c in CODES if c.unit == unit.id}
    if row["code_kind"] != "GB/T 2260":
        with pytest.raises(UnitUnknown):
            code_of(unit.id)


def test_the_clash() -> None:
    """370892 is one zone in one numbering and another in the other, and none nationally."""
    assert unit_of("370892", "project").id == "taibaihu"
    assert unit_of("370892", "city").id == "jingkai"
    with pytest.raises(UnitUnknown):
        unit_of("370892")
    assert code_of("jingkai", "city") == "370892" == code_of("taibaihu", Numbering.PROJECT)


@pytest.mark.parametrize("row", DATA["abolished"], ids=lambda row: row["name_en"])
def test_abolished_codes_stay_readable(row: dict[str, Any]) -> None:
    """They stay inside old codes for ever, but are no longer in force."""
    successor = unit_of(row["successor"])
    assert unit_of(row["code"]) is successor
    assert unit_of(row["code"], on=date(2010, 1, 1)) is successor
    with pytest.raises(UnitUnknown):
        unit_of(row["code"], on=date(2020, 1, 1))
    assert code_of(successor.id) == row["successor"]


def test_the_city_systems_still_use_the_old_code() -> None:
    """370882 means 兖州区 there today (DOMAIN.md §11)."""
    assert unit_of("370882", "city", on=date(2026, 1, 1)).id == "yanzhou"
    with pytest.raises(UnitUnknown):
        unit_of("370812", "gbt2260", on=date(2010, 1, 1))


def test_longer_codes_and_the_city() -> None:
    """9 and 12 digits count by their first six; the city has a registrar of its own."""
    assert unit_of("370811001").id == unit_of("370811001002").id == "rencheng"
    assert unit_of("370800") is CITY is unit_by_id("jining")
    assert code_of("jining") == "370800"
    assert unit_by_id("qufu").name == "曲阜市"


@pytest.mark.parametrize("code", ["", "37081", "370199", "3708111", "37O811", "٣٧٠٨١١", "110101"])
def test_other_places(code: str) -> None:
    """Another city, a mistake, or digits of another script name no unit of ours."""
    with pytest.raises(UnitUnknown):
        unit_of(code)


def test_unknown_ids() -> None:
    """Ids are ours alone."""
    with pytest.raises(UnitUnknown):
        unit_by_id("370811")
    with pytest.raises(UnitUnknown):
        code_of("nowhere", "city")


def test_every_code_row_names_a_unit() -> None:
    """No row without its unit; no code twice in one numbering at one time."""
    assert {row.unit for row in CODES} == {unit.id for unit in UNITS}
    current = [(row.numbering, row.code) for row in CODES if row.until is None]
    assert len(current) == len(set(current))
