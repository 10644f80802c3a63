"""The error file beside the input: row, column, code and reason, safe to open in a spreadsheet program."""

import csv
from pathlib import Path
from typing import Any, TextIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from zhizhao.kernel.text import formula_safe
from zhizhao.registry.errors import IntakeRefused

HEAD = ("行号", "级别", "列", "统一社会信用代码", "原因")
ERROR, HINT = "错误", "提示"
"""A row that was not taken, and a row that was taken and should be looked at."""


class ErrorFile:
    """Written as rows come; made only when there is a row to write."""

    def __init__(self, source: Path, *, as_workbook: bool) -> None:
        """Forget the error file of an earlier run over the same input. Raises IntakeRefused: it cannot be."""
        self.path = source.with_name(f"{source.stem}.errors.{'xlsx' if as_workbook else 'csv'}")
        self._as_workbook = as_workbook
        self._book: Workbook | None = None
        self._sheet: Any = None
        self._file: TextIO | None = None
        self._writer: Any = None
        try:
            self.path.unlink(missing_ok=True)
        except OSError as cause:
            raise _unwritable(self.path) from cause

    def add(self, row: int, level: str, *, column: str, uscc: str, reason: str) -> None:
        """Write one line; `uscc` only where it was a good code, since a bad one may be an identity number."""
        cells = (str(row), level, column, uscc, reason)
        if self._as_workbook:
            self._open_book().append([self._text(cell) for cell in cells])
        else:
            self._open_csv().writerow([formula_safe(cell) for cell in cells])

    def close(self) -> Path | None:
        """Finish the file and return its path; None when no line was written. Raises IntakeRefused."""
        try:
            if self._file is not None:
                self._file.close()
                return self.path
            if self._book is not None:
                self._book.save(self.path)
                return self.path
        except OSError as cause:
            raise _unwritable(self.path) from cause
        return None

    def _text(self, text: str) -> Any:
        """Return a cell that is text whatever it begins with."""
        cell = WriteOnlyCell(self._sheet, value=text)
        cell.data_type = "s"
        return cell

    def _open_book(self) -> Any:
        if self._book is None:
            try:
                self.path.touch()  # a folder that takes no file is told at the first bad row, not after the last
            except OSError as cause:
                raise _unwritable(self.path) from cause
            self._book = Workbook(write_only=True)
            self._sheet = self._book.create_sheet("错误")
            self._sheet.append(list(HEAD))
        return self._sheet

    def _open_csv(self) -> Any:
        if self._file is None:
            try:
                self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            except OSError as cause:
                raise _unwritable(self.path) from cause
            self._writer = csv.writer(self._file)
            self._writer.writerow(HEAD)
        return self._writer


def _unwritable(path: Path) -> IntakeRefused:
    return IntakeRefused(reason="error-file", message=f"无法在输入文件旁写入错误文件：{path.name}")
