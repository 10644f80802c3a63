"""Codes as pictures, made on the server: QR as SVG, Code 128 as modules (UX.md §7). Always black on a white plate."""

import re
from functools import lru_cache
from typing import Final

import zxingcpp
from markupsafe import Markup, escape

QUIET_QR: Final = 4
"""Modules of quiet zone round a QR code, ISO/IEC 18004."""
QUIET_BARS: Final = 10
"""Modules of quiet zone on either side of a Code 128, ISO/IEC 15417."""
CODE_MODULES: Final = 187
"""Width of 24 digits as Code 128-C with both quiet zones."""


_DARK: Final = re.compile(rb"\x00+")


def _runs(text: str, kind: zxingcpp.BarcodeFormat, **options: str) -> list[list[tuple[int, int]]]:
    """Return (start, length) of the dark runs of a code, row by row, without quiet zone."""
    image = zxingcpp.create_barcode(text, kind, **options).to_image(scale=1, add_quiet_zones=False)
    pixels = memoryview(image)  # type: ignore[arg-type] # Image has the buffer interface, untyped
    height, width = pixels.shape or (0, 0)
    dark = pixels.tobytes()
    return [
        [(run.start() - y * width, run.end() - run.start()) for run in _DARK.finditer(dark, y * width, (y + 1) * width)]
        for y in range(height)
    ]


LARGEST_SIDE: Final = 177 + 2 * QUIET_QR
"""Modules of the largest QR code, version 40, with its quiet zone."""
_MOVES: Final = tuple(f"M{x} " for x in range(LARGEST_SIDE))
_BOXES: Final = tuple(f"h{length}v1h-{length}z" for length in range(LARGEST_SIDE))


@lru_cache(maxsize=256)
def qr_path(text: str, level: str = "Q") -> tuple[str, int]:
    """Return the SVG path of a QR code and the side of its view box in modules, quiet zone included."""
    rows = _runs(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    path = "".join(
        [
            _MOVES[start + QUIET_QR] + str(y + QUIET_QR) + _BOXES[length]
            for y, row in enumerate(rows)
            for start, length in row
        ]
    )
    return path, len(rows) + 2 * QUIET_QR


def qr_svg(text: str, level: str = "Q", *, label: str = "") -> Markup:
    """Return a QR code as `<svg class="zz-qr">` with its quiet zone; `label` names it for screen readers."""
    path, side = qr_path(text, level)
    return Markup(  # noqa: S704 our own numbers, and the label escaped
        f'<svg class="zz-qr" viewBox="0 0 {side} {side}" role="img" aria-label="{escape(label)}">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}"/></svg>'
    )


def code128_modules(digits: str) -> list[tuple[int, int]]:
    """Return (start, width) of the bars of a Code 128-C in modules, the quiet zone counted in."""
    rows = _runs(digits, zxingcpp.BarcodeFormat.Code128)
    return [(start + QUIET_BARS, length) for start, length in rows[0]]


def code128_svg(digits: str, *, label: str = "") -> Markup:
    """Return the bars as `<svg class="zz-bars">`, one unit a module, stretched to the height by the style sheet."""
    bars = code128_modules(digits)
    width = bars[-1][0] + bars[-1][1] + QUIET_BARS
    path = "".join(f"M{start} 0h{length}v1h-{length}z" for start, length in bars)
    return Markup(
        '<svg class="zz-bars" viewBox="0 0 {width} 1" preserveAspectRatio="none" role="img" aria-label="{label}">'
        '<path d="{path}"/></svg>'
    ).format(width=width, label=escape(label), path=path)
