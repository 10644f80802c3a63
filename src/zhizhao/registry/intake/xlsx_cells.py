"""Cells that a reader of values sees as empty although they are not: formulas without a kept result, error values."""

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element  # only the type; defusedxml parses

import defusedxml.ElementTree

from zhizhao.registry.errors import IntakeRefused
from zhizhao.registry.intake.limits import MEGABYTE, MOST_CELLS_WITHOUT_VALUE

_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^>]*?)>\s*"  # the cell and its attributes
    rb"(<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>))?\s*"  # a formula, if there is one
    rb"(<(?:\w+:)?v>[^<]+<|<(?:\w+:)?is>)?"  # a value that is not empty
)
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_ERROR = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(slots=True)
class OddCells:
    """Places, from 0, of cells without a value that can be read, and how many formulas have one."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    computed: int = 0


def sheet_part(path: Path, name: str) -> str:
    """Return the part of the archive that holds the sheet of a name; empty when the workbook does not say."""
    with zipfile.ZipFile(path) as archive:
        workbook = _parse(archive.read("xl/workbook.xml"))
        try:
            links = _parse(archive.read("xl/_rels/workbook.xml.rels"))
        except KeyError:
            return ""
    wanted = next((sheet.get(_ID) for sheet in workbook.iter(f"{_NAMESPACE}sheet") if sheet.get("name") == name), None)
    target = next((link.get("Target", "") for link in links if wanted and link.get("Id") == wanted), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}" if target else ""


def _parse(part: bytes) -> Element:
    found: Element = defusedxml.ElementTree.fromstring(part, forbid_dtd=True)
    return found


def odd_cells(path: Path, part: str) -> OddCells:
    """Return the odd cells of a sheet, read in blocks. Raises IntakeRefused: too many of them."""
    odd = OddCells()
    rest = b""
    with zipfile.ZipFile(path) as archive, archive.open(part) as sheet:
        while block := sheet.read(MEGABYTE):
            text = rest + block
            cut = max(text.rfind(b"<c "), text.rfind(b":c "))
            cut = text.rfind(b"<", 0, cut + 1) if cut > 0 else 0
            _note(text[:cut], odd)
            rest = text[cut:]
        _note(rest, odd)
    return odd


def _note(text: bytes, odd: OddCells) -> None:
    for found in _CELL.finditer(text):
        attributes, formula, value = found.groups()
        is_error = _ERROR.search(attributes) is not None
        if formula is None and not is_error:
            continue
        place = _PLACE.search(attributes)
        if place is None:
            continue
        if is_error:
            odd.errors.add((int(place[2]) - 1, column_number(place[1])))
        elif value is None:
            odd.formulas.add((int(place[2]) - 1, column_number(place[1])))
        else:
            odd.computed += 1
    if len(odd.formulas) + len(odd.errors) > MOST_CELLS_WITHOUT_VALUE:
        message = f"没有结果的公式和错误值超过 {MOST_CELLS_WITHOUT_VALUE} 个，请用表格软件打开、保存后再导入"
        raise IntakeRefused(reason="xlsx-formulas", message=message)


def column_number(letters: bytes) -> int:
    """Return the place, from 0, of a column's letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
