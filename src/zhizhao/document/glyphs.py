"""Which characters the sheet's fonts have; asked before drawing, because the compiler prints a box without a word."""

import struct
from collections.abc import Iterable
from typing import Final

from fontTools.ttLib.sfnt import SFNTReader

from zhizhao.document.errors import GlyphMissing
from zhizhao.document.fonts import FAMILIES, WEIGHTS, FontFace, FontSet

PLANES: Final = 0x110000
SEGMENTED_COVERAGE: Final = 12
"""cmap format of fonts that reach beyond the basic plane (ISO/IEC 14496-22 §5.2.1)."""


class Glyphs:
    """One bit for each code point that the sheet can print: in every weight of at least one family."""

    __slots__ = ("_held",)

    def __init__(self, fonts: FontSet) -> None:
        held = 0
        for family in FAMILIES:
            weights = [_map(_face(fonts, family, weight)) for weight in WEIGHTS]
            held |= int.from_bytes(weights[0], "little") & int.from_bytes(weights[1], "little")
        self._held = held.to_bytes(PLANES // 8, "little")

    def has(self, character: str) -> bool:
        """Say whether the character can be printed; blanks always can."""
        point = ord(character)
        return character.isspace() or bool(self._held[point >> 3] >> (point & 7) & 1)

    def require(self, texts: Iterable[str]) -> None:
        """Raise GlyphMissing, with the first character that cannot be printed."""
        for text in texts:
            for character in text:
                if not self.has(character):
                    raise GlyphMissing(character=character, code_point=f"U+{ord(character):04X}")


def _face(fonts: FontSet, family: str, weight: int) -> FontFace:
    return next(face for face in fonts.faces if (face.family, face.weight) == (family, weight))


def _map(face: FontFace) -> bytearray:
    """Return the bits of one face, read from its cmap alone; other tables of these files are 20 MB."""
    with open(face.path, "rb") as file:  # noqa: PTH123 - the reader wants a plain file object
        table = SFNTReader(file, fontNumber=face.index)["cmap"]
    held = bytearray(PLANES // 8)
    for first, last in _ranges(table):
        for point in range(first, last + 1):
            held[point >> 3] |= 1 << (point & 7)
    return held


def _ranges(cmap: bytes) -> Iterable[tuple[int, int]]:
    (count,) = struct.unpack_from(">H", cmap, 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">L", cmap, 4 + 8 * number + 4)
        (kind,) = struct.unpack_from(">H", cmap, offset)
        if kind == SEGMENTED_COVERAGE:
            (groups,) = struct.unpack_from(">L", cmap, offset + 12)
            for group in range(groups):
                first, last, glyph = struct.unpack_from(">3L", cmap, offset + 16 + 12 * group)
                yield (first, last) if glyph else (first + 1, last)
            return
