"""Open a registrar's file by what it holds, not by its name."""

from pathlib import Path

from zhizhao.registry.errors import IntakeRefused
from zhizhao.registry.intake.csv_source import CsvSource
from zhizhao.registry.intake.limits import LARGEST_UNPACKED
from zhizhao.registry.intake.message_source import MessageSource
from zhizhao.registry.intake.source import Source
from zhizhao.registry.intake.xlsx_source import XlsxSource

_BINARY = (b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"))
_XML_HEADS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def open_source(path: Path, *, largest_unpacked: int = LARGEST_UNPACKED) -> Source:
    """Return the file as rows: a workbook, a message, or CSV; a page gives `PAGE_UNPACKED`. Raises IntakeRefused."""
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as cause:
        raise IntakeRefused(reason="unreadable", message=f"无法读取文件：{path.name}") from cause
    if not start:
        raise IntakeRefused(reason="empty", message="文件是空的")
    if start.startswith(_BINARY):
        return XlsxSource(path, largest_unpacked=largest_unpacked)
    text = start
    for mark in _XML_HEADS:
        text = text.removeprefix(mark)
    if text.replace(b"\0", b"").lstrip().startswith(b"<"):
        return MessageSource(path)
    return CsvSource(path)


def is_message(source: Source) -> bool:
    """Say whether the file is a message, which states no status: a new entity is active, a known one stays."""
    return isinstance(source, MessageSource)


def is_workbook(source: Source) -> bool:
    """Say whether the file is a workbook, so that its error file is one too."""
    return isinstance(source, XlsxSource)
