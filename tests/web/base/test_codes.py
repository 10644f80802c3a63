"""The codes we draw are read back by a decoder (UX.md §7)."""

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from zhizhao.web.codes import CODE_MODULES, QUIET_BARS, code128_modules, code128_svg, qr_path, qr_svg

DIGITS = "014820517396028451773086"


def drawn(path: str, width: int, height: int, *, scale: int = 4) -> Image.Image:
    """Draw an SVG path of rectangles, as our codes are, on white."""
    picture = Image.new("L", (width * scale, height * scale), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        left, top = int(x) * scale, int(y) * scale
        pen.rectangle((left, top, left + int(length) * scale - 1, top + scale - 1), fill=0)
    return picture


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
@pytest.mark.parametrize("text", [DIGITS, "http://localhost:8420/scan/abcdefghijklmnopqrstuv", "中文也可以"])
def test_a_qr_code_says_its_text(text: str, level: str) -> None:
    """Every level, with its quiet zone of four modules."""
    path, side = qr_path(text, level)
    found = zxingcpp.read_barcodes(drawn(path, side, side))
    assert [code.text for code in found] == [text]


def test_24_digits_are_version_one_at_level_q() -> None:
    """21 modules and two quiet zones: the smallest code, read from far (measured, UX.md §7)."""
    assert qr_path(DIGITS, "Q")[1] == 21 + 8
    assert qr_path(DIGITS, "H")[1] == 25 + 8


def test_bars_say_the_digits() -> None:
    """Code 128-C of 24 digits: 167 modules, 187 with quiet zones; read back by the decoder."""
    bars = code128_modules(DIGITS)
    assert bars[0][0] == QUIET_BARS
    assert bars[-1][0] + bars[-1][1] + QUIET_BARS == CODE_MODULES
    picture = Image.new("L", (CODE_MODULES * 3, 80), 255)
    pen = ImageDraw.Draw(picture)
    for start, width in bars:
        pen.rectangle((start * 3, 0, (start + width) * 3 - 1, 79), fill=0)
    found = zxingcpp.read_barcodes(picture)
    assert [(code.text, code.format) for code in found] == [(DIGITS, zxingcpp.BarcodeFormat.Code128)]


def test_labels_are_escaped() -> None:
    """A label is text, whatever it holds."""
    assert '"><script>' not in qr_svg(DIGITS, label='"><script>')
    assert '"><script>' not in code128_svg(DIGITS, label='"><script>')
    assert 'viewBox="0 0 187 1"' in code128_svg(DIGITS)
