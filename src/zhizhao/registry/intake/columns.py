"""Which column is which: the Chinese labels of the faces and of the register (INTERFACES.md §2)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from zhizhao.kernel.text import squeeze
from zhizhao.registry.errors import IntakeRefused
from zhizhao.registry.template import PERSON_FIELDS, field_labels, label_fields

REGISTER = {
    "统一社会信用代码": "uscc",
    "登记状态": "@status",
    "登记机关": "@registrar",
    "区划代码": "@division",
    "证件号码": "@document",
    "证件类型": "@document_kind",
    "主体类型代码": "@kind",
    "照面模板": "@template",
    "核准日期": "@approved_on",
    "登记日期": "@registered_on",
    "标记": "@marks",
}
"""Columns beside the items of the faces; the last six need not be there."""
REQUIRED = ("uscc", "name", "entity_type", "@status", "@registrar", "@division", "@document")
PERSON_COLUMNS = "法定代表人、执行事务合伙人、投资人、经营者、负责人（至少一列）"
HEAD_LINES = 20
"""How far down the head of a table may stand, below titles and remarks."""
KNOWN_ENOUGH = 3
"""Known labels in a line that make it the head of a table even without the code's column."""
LONGEST_LABEL = 40


@cache
def keys_by_label() -> dict[str, str]:
    """Return the key for every label, in the form in which headings are compared."""
    found = {squeeze(label): field for label, field in label_fields().items()}
    found.update({squeeze(label): key for label, key in REGISTER.items()})
    return found


@cache
def labels_by_key() -> dict[str, str]:
    """Return one label for every key, for messages."""
    return {**field_labels(), **{key: label for label, key in REGISTER.items()}}


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a table."""

    columns: tuple[tuple[int, str], ...]
    """Place, from 0, and key of every column that is known."""
    width: int
    """Cells of the line up to the last that is not empty."""
    unknown: tuple[str, ...]
    """Labels that mean nothing to us; reported, not fatal."""


def key_of(label: str) -> str | None:
    """Return the key of a heading: full width, blanks, stars, colons and a remark in brackets do not matter."""
    plain = squeeze(label[:LONGEST_LABEL]).strip("*:;")
    return keys_by_label().get(plain) or keys_by_label().get(re.sub(r"\(.*\)$", "", plain))


def is_head(cells: Sequence[str]) -> bool:
    """Say whether a line is the head of a table."""
    keys = {key_of(cell) for cell in cells if cell} - {None}
    return "uscc" in keys or len(keys) >= KNOWN_ENOUGH


def read_head(cells: Sequence[str]) -> Head:
    """Return the columns of a head line.

    Raises IntakeRefused: `missing-columns` naming every required column that is not there, `double-columns`.
    """
    found: dict[str, int] = {}
    unknown = []
    double = []
    for place, cell in enumerate(cells):
        label = " ".join(cell.split())[:LONGEST_LABEL]
        if not label:
            continue
        key = key_of(label)
        if key is None:
            unknown.append(label)
        elif key in found:
            double.append(label)
        else:
            found[key] = place
    _require_columns(found)
    if double:
        raise IntakeRefused(reason="double-columns", message=f"列重复出现：{'、'.join(double)}")
    width = max(place for place, cell in enumerate(cells) if cell.strip()) + 1
    return Head(tuple((place, key) for key, place in found.items()), width, tuple(unknown))


def no_head() -> IntakeRefused:
    """Return the refusal of a file in which no line is the head of a table."""
    return IntakeRefused(reason="missing-columns", message=f"前 {HEAD_LINES} 行里没有表头：缺少列“统一社会信用代码”")


def _require_columns(found: dict[str, int]) -> None:
    missing = [labels_by_key()[key] for key in REQUIRED if key not in found]
    if not found.keys() & set(PERSON_FIELDS):
        missing.append(PERSON_COLUMNS)
    if missing:
        raise IntakeRefused(reason="missing-columns", message=f"缺少必需的列：{'、'.join(missing)}")
