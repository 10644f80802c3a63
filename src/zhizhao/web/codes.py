"""Codes as pictures, made on the server: QR as SVG, Code 128 as modules (UX.md §7). Always black on a white plate."""

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


def _rows(text: str, kind: zxingcpp.BarcodeFormat, **options: str) -> list[list[bool]]:
    """Return the modules of a code, row by row, dark = True, without quiet zone."""
    image = zxingcpp.create_barcode(text, kind, **options).to_image(scale=1, add_quiet_zones=False)
    modules: list[list[int]] = memoryview(image).tolist()  # type: ignore[arg-type, assignment] # Image has the buffer interface, untyped
    return [[value == 0 for value in row] for row in modules]


def runs(row: list[bool]) -> list[tuple[int, int]]:
    """Return (start, length) of each dark run of a row."""
    found: list[tuple[int, int]] = []
    start = None
    for place, dark in enumerate([*row, False]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            found.append((start, place - start))
            start = None
    return found


@lru_cache(maxsize=256)
def qr_path(text: str, level: str = "Q") -> tuple[str, int]:
    """Return the SVG path of a QR code and the side of its view box in modules, quiet zone included."""
    rows = _rows(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    path = "".join(
        f"M{start + QUIET_QR} {y + QUIET_QR}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in runs(row)
    )
    return path, len(rows) + 2 * QUIET_QR


def qr_svg(text: str, level: str = "Q", *, label: str = "") -> Markup:
    """Return a QR code as `<svg class="zz-qr">` with its quiet zone; `label` names it for screen readers."""
    path, side = qr_path(text, level)
    return Markup(
        '<svg class="zz-qr" viewBox="0 0 {side} {side}" role="img" aria-label="{label}">'
        '<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}"/></svg>'
    ).format(side=side, label=escape(label), path=path)


def code128_modules(digits: str) -> list[tuple[int, int]]:
    """Return (start, width) of the bars of a Code 128-C in modules, the quiet zone counted in."""
    rows = _rows(digits, zxingcpp.BarcodeFormat.Code128)
    return [(start + QUIET_BARS, length) for start, length in runs(rows[0])]


def code128_svg(digits: str, *, label: str = "") -> Markup:
    """Return the bars as `<svg class="zz-bars">`, one unit a module, stretched to the height by the style sheet."""
    bars = code128_modules(digits)
    width = bars[-1][0] + bars[-1][1] + QUIET_BARS
    path = "".join(f"M{start} 0h{length}v1h-{length}z" for start, length in bars)
    return Markup(
        '<svg class="zz-bars" viewBox="0 0 {width} 1" preserveAspectRatio="none" role="img" aria-label="{label}">'
        '<path d="{path}"/></svg>'
    ).format(width=width, label=escape(label), path=path)
