"""An .xlsx workbook by python-calamine, after the guard has looked through it."""

import bisect
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError  # only the type; defusedxml parses

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from zhizhao.registry.intake import reasons
from zhizhao.registry.intake.columns import HEAD_LINES, Head, is_head, labels_by_key, no_head, read_head
from zhizhao.registry.intake.limits import LARGEST_UNPACKED
from zhizhao.registry.intake.source import Notes, Problem, RawRow
from zhizhao.registry.intake.xlsx_cells import OddCells, odd_cells, sheet_part
from zhizhao.registry.intake.xlsx_guard import BROKEN_ARCHIVE, Looked, broken, look_through

LARGEST_EXACT = 10**15
"""Numbers from here on have lost digits in a spreadsheet (IEEE 754); written with an exponent, so that it is seen."""
NEVER_SPREAD = frozenset({"uscc", "@document"})
"""Columns whose merged cells are not read into the rows below: a code belongs to one row."""


class XlsxSource:
    """The first visible sheet with a head; its cells are in memory, bounded by the guard."""

    def __init__(self, path: Path, *, largest_unpacked: int = LARGEST_UNPACKED) -> None:
        """Look through the file, open it, find the head. Raises IntakeRefused."""
        self.notes = Notes()
        looked = look_through(path, largest_unpacked=largest_unpacked)
        sheet, line, head = self._find(path)
        self._sheet, self._head_line, self._head = sheet, line, head
        self._offset = sheet.start[1] if sheet.start else 0
        self.size = sheet.end[0] + 1 if sheet.end else 0
        self._position = 0
        self.notes.unknown_columns.extend(head.unknown)
        self._odd = _odd_cells(path, sheet.name, looked=looked)
        if self._odd.computed:
            self.notes.remarks.append(f"有 {self._odd.computed} 个单元格是公式，按文件里存放的结果读取")
        self._merged = _Merged(sheet, head=head, below=line)
        if self._merged.count:
            self.notes.remarks.append(f"有 {self._merged.count} 处合并单元格，合并的内容用于其中每一行")

    @property
    def position(self) -> int:
        """Return the rows read."""
        return self._position

    def rows(self) -> Iterator[RawRow]:
        """Return the rows below the head."""
        columns = self._head.columns
        has_marks = any(key == "@marks" for _, key in columns)
        odd = bool(self._odd.formulas or self._odd.errors)
        merged = self._merged if self._merged.count else None
        for line, cells in enumerate(self._sheet.iter_rows()):
            self._position = line + 1
            if line <= self._head_line:
                continue
            values = {key: text for place, key in columns if (text := _text(cells[place]))}
            is_blank = not values
            if merged is not None:
                merged.fill(line, values)
            problems = self._odd_problems(line) if odd else ()
            if is_blank and not problems:
                continue
            if has_marks:
                values.setdefault("@marks", "")
            yield RawRow(line + 1, values, problems)

    def _find(self, path: Path) -> tuple[CalamineSheet, int, Head]:
        try:
            book = CalamineWorkbook.from_path(str(path))
            sheets = [
                one
                for one in book.sheets_metadata
                if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
            ]
            for one in sheets:
                sheet = book.get_sheet_by_name(one.name)
                for line, cells in enumerate(islice(sheet.iter_rows(), HEAD_LINES)):
                    texts = [_text(cell) for cell in cells]
                    if is_head(texts):
                        self._note_others([other.name for other in sheets if other.name != one.name])
                        return sheet, line, read_head(texts)
        except CalamineError as cause:
            raise broken() from cause
        raise no_head()

    def _note_others(self, names: list[str]) -> None:
        if names:
            self.notes.remarks.append(f"只读取第一个有表头的工作表，未读取：{'、'.join(names)[:200]}")

    def _odd_problems(self, line: int) -> tuple[Problem, ...]:
        found = []
        for place, key in self._head.columns:
            where = (line, place + self._offset)
            if where in self._odd.formulas:
                found.append(Problem(labels_by_key()[key], reasons.FORMULA))
            elif where in self._odd.errors:
                found.append(Problem(labels_by_key()[key], reasons.ERROR_CELL))
        return tuple(found)


def _odd_cells(path: Path, name: str, *, looked: Looked) -> OddCells:
    """Return the odd cells of a sheet, where the guard saw that there may be some. Raises IntakeRefused."""
    if not looked.odd_sheets:
        return OddCells()
    try:
        part = sheet_part(path, name)
        return odd_cells(path, part) if part in looked.odd_sheets else OddCells()
    except (*BROKEN_ARCHIVE, ParseError) as cause:
        raise broken() from cause


class _Merged:
    """Merged cells below the head: their one value stands for each of their rows."""

    def __init__(self, sheet: CalamineSheet, *, head: Head, below: int) -> None:
        offset = sheet.start[1] if sheet.start else 0
        keys = {place + offset: key for place, key in head.columns if key not in NEVER_SPREAD}
        spans = [
            (first[0], last[0], [keys[place] for place in range(first[1], last[1] + 1) if place in keys])
            for first, last in sheet.merged_cell_ranges or ()
            if last[0] > below
        ]
        self._spans = sorted(span for span in spans if span[2])
        self._starts = [span[0] for span in self._spans]
        self._active: list[tuple[int, list[str], dict[str, str]]] = []
        self._next = 0
        self.count = len(self._spans)

    def fill(self, line: int, values: dict[str, str]) -> None:
        """Put the merged texts into the row's empty cells; lines come in order."""
        self._active = [one for one in self._active if one[0] >= line]
        for _last, keys, kept in self._active:
            for key in keys:
                if key in kept:
                    values.setdefault(key, kept[key])
        until = bisect.bisect_right(self._starts, line)
        for _, last, keys in self._spans[self._next : until]:
            self._active.append((last, keys, {key: values[key] for key in keys if key in values}))
        self._next = until


def _text(cell: Any) -> str:
    """Return what a cell says as text; empty when blank."""
    if type(cell) is str:
        return "" if cell.isspace() else cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _number(cell: float) -> str:
    if abs(cell) >= LARGEST_EXACT:
        return format(cell, "e")
    return str(int(cell)) if cell == int(cell) else repr(cell)
