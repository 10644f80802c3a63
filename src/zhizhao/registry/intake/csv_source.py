"""CSV as spreadsheet programs write it: UTF-8 with or without BOM, or GB 18030; comma, semicolon or TAB; streamed."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from zhizhao.registry.errors import IntakeRefused
from zhizhao.registry.intake import reasons
from zhizhao.registry.intake.columns import HEAD_LINES, Head, is_head, no_head, read_head
from zhizhao.registry.intake.limits import LONGEST_CELL, MEGABYTE
from zhizhao.registry.intake.source import Notes, Problem, RawRow

_QUOTED_FORMULA = re.compile(r'="([^"=]*)"')
"""`="0123"`, how people keep a spreadsheet from reading a code as a number; taken as the text inside."""
_LOOK_CLOSER = frozenset("= \t\u3000\u00a0\r\n")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# GB 18030-2022 gave these characters real code points; Python's codec still maps them to the private use area.
_OLD_MAPPINGS = str.maketrans(
    {
        0xE78D: 0xFE10,
        0xE78E: 0xFE12,
        0xE78F: 0xFE11,
        0xE790: 0xFE13,
        0xE791: 0xFE14,
        0xE792: 0xFE15,
        0xE793: 0xFE16,
        0xE794: 0xFE17,
        0xE795: 0xFE18,
        0xE796: 0xFE19,
        0xE816: 0x20087,
        0xE817: 0x20089,
        0xE818: 0x200CC,
        0xE81E: 0x9FB4,
        0xE826: 0x9FB5,
        0xE82B: 0x9FB6,
        0xE82C: 0x9FB7,
        0xE831: 0x215D7,
        0xE832: 0x9FB8,
        0xE83B: 0x2298F,
        0xE843: 0x9FB9,
        0xE854: 0x9FBA,
        0xE855: 0x241FE,
        0xE864: 0x9FBB,
    }
)


class CsvSource:
    """A CSV file whose encoding, separator and head were found; holds one row at a time."""

    def __init__(self, path: Path) -> None:
        """Find out encoding, separator and head. Raises IntakeRefused."""
        self.notes = Notes()
        self.size = path.stat().st_size
        self._path = path
        self._encoding = find_encoding(path)
        self._position = 0
        self._delimiter, self._head_line, self._head = self._find_head()
        self.notes.unknown_columns.extend(self._head.unknown)

    @property
    def position(self) -> int:
        """Return the bytes read."""
        return self._position

    def rows(self) -> Iterator[RawRow]:
        """Return the rows below the head."""
        columns = self._head.columns
        width = max(place for place, _ in columns) + 1
        marks = next((place for place, key in columns if key == "@marks"), None)
        for number, cells in self._records():
            if number <= self._head_line:
                continue
            if len(cells) < width:
                cells = [*cells, *[""] * (width - len(cells))]  # noqa: PLW2901 a short row is a row of empty cells
            values = {key: text for place, key in columns if (text := cells[place])}
            for key, text in values.items():
                if text[0] in _LOOK_CLOSER:
                    values[key] = _plain(text)
            if not any(values.values()):
                continue
            if marks is not None:
                values.setdefault("@marks", "")
            more = any(cells[self._head.width :])
            yield RawRow(number, values, (Problem("整行", reasons.MORE_CELLS),) if more else ())

    def _find_head(self) -> tuple[str, int, Head]:
        for delimiter in ",\t;":
            self._delimiter = delimiter
            for number, cells in self._records():
                if number > HEAD_LINES:
                    break
                if is_head(cells):
                    return delimiter, number, read_head(cells)
        raise no_head()

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Return every record with its number, as spreadsheet programs number rows."""
        limit = csv.field_size_limit(LONGEST_CELL)
        try:
            with self._path.open("rb") as raw:
                text = io.TextIOWrapper(raw, encoding=self._encoding, newline="")
                lines = (self._straight(line) for line in text)
                for number, cells in enumerate(csv.reader(lines, delimiter=self._delimiter, strict=True), start=1):
                    self._position = raw.tell()
                    yield number, cells
        except csv.Error as cause:
            raise IntakeRefused(reason="csv-broken", message=f"CSV 格式错误：{_told(cause)}") from cause
        finally:
            csv.field_size_limit(limit)

    def _straight(self, line: str) -> str:
        return line.translate(_OLD_MAPPINGS) if self._encoding == "gb18030" else line


def find_encoding(path: Path) -> str:
    """Return the encoding of a file that decodes as a whole: UTF-8, with BOM or not, else GB 18030.

    Raises IntakeRefused: UTF-16, a file that is no text, or one that is neither.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] in _UTF16:
        raise IntakeRefused(reason="csv-encoding", message="文件是 UTF-16 编码，请另存为 UTF-8 的 CSV")
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while block := file.read(MEGABYTE):
                    if b"\0" in block:
                        raise IntakeRefused(reason="csv-not-text", message="文件含有 NUL 字节，不是文本")
                    decoder.decode(block)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise IntakeRefused(reason="csv-encoding", message="文件既不是 UTF-8 也不是 GB 18030 编码")


def _plain(cell: str) -> str:
    """Return the text of a cell, empty when it is blank."""
    if cell.startswith("=") and (found := _QUOTED_FORMULA.fullmatch(cell.strip())):
        cell = found[1]
    return "" if cell.isspace() else cell


def _told(cause: csv.Error) -> str:
    """Return the Chinese sentence for what the reader found."""
    found = str(cause)
    if "field larger" in found:
        return f"有单元格超过 {LONGEST_CELL} 个字符，可能缺少一个引号"
    return "引号没有成对" if "unexpected end" in found or "expected after" in found else "引号或换行有误"
