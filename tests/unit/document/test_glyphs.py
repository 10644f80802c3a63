"""The character maps of the fonts, read without reading the fonts."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from factories.documents import press
from zhizhao.document.errors import FontsMissing, GlyphMissing
from zhizhao.document.fonts import find_fonts
from zhizhao.document.glyphs import Glyphs


@pytest.fixture(scope="module")
def glyphs() -> Glyphs:
    """Return the maps of the sheet's fonts."""
    return Glyphs(find_fonts())


class TestGlyphs:
    """Which characters can be printed."""

    @pytest.mark.parametrize("character", list("执照𠮷䶮㛃𫘜𬭚𰻝\uff21a1（）·"))
    def test_has(self, glyphs: Glyphs, character: str) -> None:
        """Characters that the demonstration's names use."""
        assert glyphs.has(character)

    @pytest.mark.parametrize("character", ["𮧵", "\u202e", "\ue000", "\U0001f600", "\x00"])
    def test_has_not(self, glyphs: Glyphs, character: str) -> None:
        """A character without a picture, a direction override, a private one, a pictogram, a control."""
        assert not glyphs.has(character)

    def test_blanks_need_no_glyph(self, glyphs: Glyphs) -> None:
        """A space is no missing character."""
        glyphs.require(["a b\u3000c"])

    def test_first_missing_character_is_named(self, glyphs: Glyphs) -> None:
        """The refusal tells which one."""
        with pytest.raises(GlyphMissing) as refusal:
            glyphs.require(["好", "坏𮧵"])
        assert refusal.value.facts["character"] == "𮧵"

    def test_agrees_with_an_independent_reader(self, glyphs: Glyphs) -> None:
        """The map of fontTools of the serif font is covered, character by character."""
        fonts = find_fonts()
        serif = next(face for face in fonts.faces if face.family == "Noto Serif CJK SC" and face.weight == 400)
        font = TTFont(serif.path, fontNumber=serif.index, lazy=True)
        points = [point for table in font["cmap"].tables if table.format == 12 for point in table.cmap]
        font.close()
        assert len(points) > 40_000
        assert all(glyphs.has(chr(point)) for point in points[::97])


def test_fonts_come_from_the_named_folder_only(tmp_path: Path) -> None:
    """A configured folder is not completed from elsewhere: every machine gives the same sheet."""
    with pytest.raises(FontsMissing):
        find_fonts(str(tmp_path))
    assert press()._ready()
