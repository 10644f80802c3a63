"""Where an entity is registered: Jining's 14 units, told by our own id, and the codes that mean them.

The notice addresses 11 county-level divisions and 3 functional zones. The zones have no GB/T 2260 code; two local
numberings are in use and clash, so a code means a unit only together with its numbering (DOMAIN.md §11).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zhizhao.kernel.errors import UnitUnknown
from zhizhao.kernel.region_rows import CODE_ROWS, UNIT_ROWS

DIVISION_DIGITS = 6
CITY_CODE = "370800"


class Numbering(StrEnum):
    """Who gives a division code its meaning; every connected system declares one."""

    GBT2260 = "gbt2260"
    """The national standard."""
    CITY = "city"
    """The city's service systems: the standard's codes, and own ones for the zones."""
    PROJECT = "project"
    """Codes of investment projects: the standard's codes, and other own ones for the zones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A county-level division or functional zone, or the city itself."""

    id: str
    """Ours; never changes."""
    name: str
    full_name: str
    name_en: str
    kind: str
    """`district`, `county`, `county_level_city`, `functional_zone`; `city` for the city itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """One code that means, or once meant, a unit in one numbering."""

    unit: str
    numbering: Numbering
    code: str
    since: date | None
    """First day; None: since before our time."""
    until: date | None
    """First day on which it is no longer given out; it stays inside old codes and ID numbers for ever."""


UNITS = tuple(
    Unit(id=id_, name=name, full_name=full, name_en=english, kind=kind) for id_, name, full, english, kind in UNIT_ROWS
)
CITY = Unit(id="jining", name="济宁市", full_name="济宁市", name_en="Jining City", kind="city")
"""The city's own registrar (市本级), beside the 14 units."""
CODES = tuple(
    CodeRow(unit=unit, numbering=Numbering(numbering), code=code, since=since, until=until)
    for unit, numbering, code, since, until in CODE_ROWS
)
_BY_ID = {unit.id: unit for unit in (*UNITS, CITY)}


def unit_by_id(unit_id: str) -> Unit:
    """Return the unit of our own id. Raises UnitUnknown."""
    try:
        return _BY_ID[unit_id]
    except KeyError:
        raise UnitUnknown(unit=unit_id) from None


def unit_of(code: str, numbering: Numbering | str = Numbering.GBT2260, *, on: date | None = None) -> Unit:
    """Return the unit that a division code means in a numbering.

    Codes of 9 and 12 digits count by their first six. A local numbering falls back to the national one. Without `on`
    every code that ever was counts, since old ones stay inside credit codes; with a day only those in force then.
    Raises UnitUnknown: another place, or an unknown code.
    """
    if len(code) not in {6, 9, 12} or not (code.isascii() and code.isdigit()):
        raise UnitUnknown(division=code, numbering=str(numbering))
    division = code[:DIVISION_DIGITS]
    if division == CITY_CODE:
        return CITY
    for wanted in dict.fromkeys((Numbering(numbering), Numbering.GBT2260)):
        for row in CODES:
            if row.code == division and row.numbering is wanted and _in_force(row, on=on):
                return _BY_ID[row.unit]
    raise UnitUnknown(division=code, numbering=str(numbering))


def code_of(unit_id: str, numbering: Numbering | str = Numbering.GBT2260) -> str:
    """Return the code in force that means the unit in a numbering. Raises UnitUnknown: it has none."""
    if unit_id == CITY.id:
        return CITY_CODE
    for wanted in dict.fromkeys((Numbering(numbering), Numbering.GBT2260)):
        for row in CODES:
            if row.unit == unit_id and row.numbering is wanted and row.until is None:
                return row.code
    raise UnitUnknown(unit=unit_id, numbering=str(numbering))


def _in_force(row: CodeRow, *, on: date | None) -> bool:
    return on is None or ((row.since is None or row.since <= on) and (row.until is None or on < row.until))


__all__ = ["CITY", "CODES", "UNITS", "CodeRow", "Numbering", "Unit", "UnitUnknown", "code_of", "unit_by_id", "unit_of"]
