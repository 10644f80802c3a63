"""QR codes for paper: level M, four quiet modules, drawn as SVG."""

import zxingcpp

from zhizhao.document.errors import SheetRefused

LONGEST = 180
"""Characters; beyond it a symbol of 26 mm has modules under 0.4 mm, too fine at 150 dpi."""


def code_svg(text: str) -> str:
    """Return the symbol of a text as SVG. Raises SheetRefused."""
    if len(text) > LONGEST:
        raise SheetRefused(length=len(text), reason="too long for a code on paper")
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return str(zxingcpp.write_barcode_to_svg(symbol, add_quiet_zones=True))
