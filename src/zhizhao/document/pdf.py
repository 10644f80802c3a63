"""Draw a sheet as PDF/A-3b: one kept compiler in its own thread (PERFORMANCE.md §3.7).

Typst remembers what did not change between two sheets. The facts therefore come in the text of a two-line document
that imports the packaged drawing, and never as the compiler's inputs, which would make it forget everything.
"""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, cast

import typst

from zhizhao.document.errors import SheetRefused
from zhizhao.document.fonts import FontSet, find_fonts
from zhizhao.document.glyphs import Glyphs
from zhizhao.document.qr import code_svg
from zhizhao.document.sheet import ARCHIVE_NOTE, DEMO_BANNER, Panel, Row, Sheet

SHEETS: Final = Path(__file__).parent / "sheets"
STANDARD: Final = "a-3b"
GROWTH_MIB: Final = 128
"""Growth of the process over its size after the first sheet that makes the press start a new compiler."""
PAGE_BYTES: Final = 4096
UNBROKEN: Final = re.compile("[!-~]{28}")
"""A run as long as this has no place to break and might not fit a column; ids of ours are shorter."""
PIECE: Final = 4


class Press:
    """The kept compiler; `close` it with the process."""

    def __init__(self, font_dir: str = "") -> None:
        self._font_dir = font_dir
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="typst")
        self._fonts: FontSet | None = None
        self._glyphs: Glyphs | None = None
        self._compiler: typst.Compiler | None = None
        self._settled_mib = 0

    async def render(self, sheet: Sheet) -> bytes:
        """Return the sheet as PDF/A-3b. Raises FontsMissing, GlyphMissing, SheetRefused."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.render_now, sheet)

    def render_now(self, sheet: Sheet) -> bytes:
        """Return the sheet as PDF/A-3b in the calling thread; only one thread may do so at a time."""
        compiler, glyphs = self._ready()
        glyphs.require(sheet.texts())
        try:
            pdf = compiler.compile(
                _document(sheet).encode(),
                format="pdf",
                pdf_standards=[STANDARD],
                timestamp=int(sheet.drawn_at.timestamp()),
            )
        except typst.TypstError as cause:
            raise SheetRefused(uscc=sheet.uscc, reason=cause.message) from cause
        self._watch_size()
        return cast("bytes", pdf)

    def close(self) -> None:
        """Stop the thread."""
        self._thread.shutdown()

    def _ready(self) -> tuple[typst.Compiler, Glyphs]:
        if self._fonts is None:
            self._fonts = find_fonts(self._font_dir)
        if self._glyphs is None:
            self._glyphs = Glyphs(self._fonts)
        if self._compiler is None:
            self._compiler = typst.Compiler(root=str(SHEETS), font_paths=self._fonts.fonts, ignore_system_fonts=True)
        return self._compiler, self._glyphs

    def _watch_size(self) -> None:
        """Drop a compiler whose process grew too far; the next sheet starts a new one on the same fonts."""
        size = _resident_mib()
        if not self._settled_mib:
            self._settled_mib = size
        if size - self._settled_mib > GROWTH_MIB:
            self._compiler = None
            self._settled_mib = 0


def _resident_mib() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * PAGE_BYTES // 2**20


def _document(sheet: Sheet) -> str:
    """Return the two-line document. The facts are JSON in ASCII, so no character of theirs can end the string."""
    facts = json.dumps(_facts(sheet)).replace("\\", "\\\\").replace('"', '\\"')
    return f'#import "licence.typ": draw\n#draw(json(bytes("{facts}")))'


def _facts(sheet: Sheet) -> dict[str, Any]:
    """Return what `sheets/licence.typ` draws."""
    mark = "（演示）" if sheet.demo else ""
    return {
        "title": f"营业执照{'存档件' if sheet.panel else '（副本）'}{mark}{sheet.uscc}",
        "keywords": [
            sheet.uscc,
            f"{sheet.template}{sheet.face_version}",
            *([sheet.panel.about] if sheet.panel else []),
        ],
        "banner": DEMO_BANNER if sheet.demo else None,
        "seal": ["印章位置", mark] if mark else ["印章位置"],
        "uscc": sheet.uscc,
        "copy": sheet.copy,
        "left": [_row(row) for row in sheet.left],
        "scope": _row(sheet.scope) if sheet.scope else None,
        "right": [_row(row) for row in sheet.right],
        "registrar": sheet.registrar,
        "made_on": sheet.made_on,
        "qr": code_svg(sheet.url),
        "url": sheet.url,
        "hint": sheet.hint,
        "publicity": sheet.publicity,
        "annual": sheet.annual,
        "note": sheet.note,
        "archive": _archive(sheet.panel) if sheet.panel else None,
        "attachments": [asdict(file) for file in sheet.attachments],
    }


def _row(row: Row) -> dict[str, Any]:
    """Return a row; a text with a long unbroken run also comes in pieces that may stand on different lines."""
    drawn: dict[str, Any] = {"label": row.label, "text": row.text}
    if UNBROKEN.search(row.text):
        drawn["pieces"] = [row.text[at : at + PIECE] for at in range(0, len(row.text), PIECE)]
    return drawn


def _archive(panel: Panel) -> dict[str, Any]:
    return {
        "title": "存档件",
        "state": panel.state,
        "rows": [_row(row) for row in panel.rows],
        "qr": code_svg(panel.url),
        "url": panel.url,
        "note": ARCHIVE_NOTE,
        "watermark": panel.watermark,
    }
