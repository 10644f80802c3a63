"""Look at an .xlsx before anything reads it: bombs, macros, links outside, entities (SECURITY.md T13, §3.11).

Every part is unpacked once here, in blocks, and counted by what really comes out, not by what the archive says.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from zhizhao.registry.errors import IntakeRefused
from zhizhao.registry.intake.limits import (
    LARGEST_RATIO,
    LARGEST_UNPACKED,
    MEGABYTE,
    MOST_PARTS,
    MOST_ROWS,
    RATIO_FROM,
    WIDEST_COLUMN,
)

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = b"PK\x03\x04"
_OVERLAP = 512
_MACROS = re.compile(r"vbaProject|vbaData|xl/macrosheets/|xl/activeX/|customUI/", re.IGNORECASE)
_LINKS = re.compile(
    r"xl/externalLinks/|xl/embeddings/|xl/connections\.xml|xl/queryTables/|xl/webExtensions/", re.IGNORECASE
)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_EXTERNAL = re.compile(rb"<[\w:]*Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_HYPERLINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")
# A cell or row beyond the limits: every cell between the corners of a sheet is kept in memory, so corners are bounded.
_REFERENCE = rb"(?:(?:[D-Z][A-Z]|[A-Z]{3,})\d|[A-Z]*(?:25[0-9]{4}|2[6-9]\d{4}|[3-9]\d{5}|\d{7,})[\"'])"
_BEYOND = re.compile(rb" r=[\"']" + _REFERENCE)
_BEYOND_ODDLY = re.compile(rb"\sr\s*=\s*[\"']" + _REFERENCE)
_NO_PLACE = re.compile(rb"<(?:\w+:)?c(?![^>]*?\sr\s*=)(?:\s[^>]*)?>")


BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
)
"""What reading an archive that somebody bent can raise."""
_PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@dataclass(slots=True)
class Looked:
    """What was seen in a workbook that may be read."""

    odd_sheets: set[str] = field(default_factory=set)
    """Parts of sheets that hold formulas or error values."""


def look_through(path: Path, *, largest_unpacked: int = LARGEST_UNPACKED) -> Looked:
    """Return what was seen.

    Checks, in order: (1) a zip archive, not an encrypted or old workbook; (2) not too many parts; (3) a workbook
    without macros, outside links or embedded objects; (4) each part: size and ratio, no DTD or entity, no link outside
    but hyperlinks, rows and columns within limits. Raises IntakeRefused.
    """
    _require_zip(path)  # (1)
    looked = Looked()
    try:
        with zipfile.ZipFile(path) as archive:
            _require_plain(archive)  # (2) (3)
            meter = _Meter(largest_unpacked)
            for info in archive.infolist():  # (4)
                _look_at(archive, info, meter=meter, looked=looked)
    except BROKEN_ARCHIVE as cause:
        raise broken() from cause
    return looked


def _require_zip(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    if start == _OLE:
        message = "文件是旧版 .xls 或加了密码的工作簿，请去掉密码并另存为 .xlsx"
        raise IntakeRefused(reason="xlsx-old-or-encrypted", message=message)
    if not start.startswith(_ZIP):
        raise IntakeRefused(reason="xlsx-broken", message="文件不是 xlsx 工作簿")


def _require_plain(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if len(names) > MOST_PARTS:
        message = f"压缩包里有 {len(names)} 个部件，最多 {MOST_PARTS} 个"
        raise _bomb(message)
    if "xl/workbook.xml" not in names:
        raise IntakeRefused(reason="xlsx-broken", message="文件不是 xlsx 工作簿")
    if any(_MACROS.search(name) for name in names):
        raise IntakeRefused(reason="xlsx-macros", message="工作簿含有宏，请另存为不含宏的 .xlsx")
    if any(_LINKS.search(name) for name in names):
        raise _links()


class _Meter:
    """Counts what comes out of the archive."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self.unpacked = 0
        self.packed = 0

    def add(self, size: int) -> None:
        self.unpacked += size
        if self.unpacked > self._largest:
            message = f"解压后超过 {self._largest // MEGABYTE} MB"
            raise _bomb(message)
        if self.unpacked > RATIO_FROM and self.unpacked > LARGEST_RATIO * self.packed:
            message = f"解压后超过原大小的 {LARGEST_RATIO} 倍"
            raise _bomb(message)


def _look_at(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, meter: _Meter, looked: Looked) -> None:
    if info.flag_bits & 1:
        raise IntakeRefused(reason="xlsx-old-or-encrypted", message="工作簿加了密码，请去掉密码后再导入")
    if info.compress_type not in _PACKINGS:
        raise broken()
    name = info.filename
    meter.packed += info.compress_size
    is_xml = name.lower().endswith((".xml", ".rels", ".vml"))
    is_sheet = _SHEET.fullmatch(name) is not None
    for block in _blocks(archive, info, meter=meter, name=name if is_xml else ""):
        if is_xml:
            _require_harmless(name, block)
        if is_sheet:
            _require_bounded(block)
            if name not in looked.odd_sheets and _has_odd_cells(block):
                looked.odd_sheets.add(name)


def _blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, meter: _Meter, name: str) -> Iterator[bytes]:
    """Return a part's bytes in blocks that overlap, so that nothing hides on a border."""
    tail = b""
    with archive.open(info) as part:
        while block := part.read(MEGABYTE):
            meter.add(len(block))
            if name and not tail and block.startswith(_UTF16):
                raise _entities(name)
            yield tail + block
            tail = block[-_OVERLAP:]


def _require_harmless(name: str, block: bytes) -> None:
    if _ENTITY.search(block):
        raise _entities(name)
    if name == "[Content_Types].xml" and b"macroEnabled" in block:
        raise IntakeRefused(reason="xlsx-macros", message="工作簿含有宏，请另存为不含宏的 .xlsx")
    if name.endswith(".rels") and any(not _HYPERLINK.search(link[0]) for link in _EXTERNAL.finditer(block)):
        raise _links()


def _require_bounded(block: bytes) -> None:
    """Check that rows and columns stay within limits and that every cell says where it stands. Raises IntakeRefused."""
    # XML allows blanks around `r=`, which no program writes: the slow pattern is for them alone.
    is_odd = b" r " in block or b"\t" in block or b"\n" in block or b"\r" in block
    if (_BEYOND_ODDLY if is_odd else _BEYOND).search(block):
        message = f"工作表超过 {MOST_ROWS} 行或宽于 {WIDEST_COLUMN} 列，请删去多余的列，或另存为 CSV 再导入"
        raise IntakeRefused(reason="xlsx-too-large", message=message)
    is_plain = b":c" not in block and b"<c>" not in block and block.count(b"<c ") == block.count(b"<c r=")
    if not is_plain and _NO_PLACE.search(block):
        raise IntakeRefused(reason="xlsx-broken", message="工作表的单元格没有坐标，请用表格软件打开并重新保存")


def _has_odd_cells(block: bytes) -> bool:
    """Say whether a block may hold a formula or an error value; single bytes are looked for first, for speed."""
    return (
        b"<f" in block or b'"e"' in block or (b":" in block and b":f" in block) or (b"'" in block and b"'e'" in block)
    )


def broken() -> IntakeRefused:
    """Return the refusal of an archive or a part of it that does not read."""
    return IntakeRefused(reason="xlsx-broken", message="xlsx 文件已损坏，请重新导出")


def _bomb(message: str) -> IntakeRefused:
    return IntakeRefused(reason="xlsx-bomb", message=f"文件异常膨胀：{message}")


def _entities(name: str) -> IntakeRefused:
    return IntakeRefused(reason="xml-entities", part=name, message="文件含有 DTD 或 XML 实体，拒绝读取")


def _links() -> IntakeRefused:
    return IntakeRefused(reason="xlsx-links", message="工作簿含有外部链接、数据连接或嵌入对象，请粘贴为数值后另存")
