"""The sheet's fonts: found once, in one folder, so that every machine gives the same sheet (UX.md §12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typst

from zhizhao.document.errors import FontsMissing

FAMILIES: Final = ("Noto Serif CJK SC", "Noto Sans CJK SC")
"""In the order of fallback that `sheets/ink.typ` has."""
WEIGHTS: Final = (400, 700)
SEARCHED: Final = (
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
)
"""Debian's folder first; the wider ones are read only when it has nothing."""
INSTALL: Final = "apt-get install fonts-noto-cjk"


@dataclass(frozen=True, slots=True, kw_only=True)
class FontFace:
    """One face inside a font file."""

    family: str
    weight: int
    path: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FontSet:
    """The faces that the sheet uses, and the compiler's view of their folder; files are read when first used."""

    folder: Path
    faces: tuple[FontFace, ...]
    fonts: typst.Fonts


def find_fonts(font_dir: str = "") -> FontSet:
    """Return the sheet's fonts from the configured folder, else from where the system keeps them.

    Raises FontsMissing, which names the package to install.
    """
    missing: list[str] = []
    for folder in _folders(font_dir):
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
        faces = tuple(_wanted(fonts))
        missing = [f"{family} {weight}" for family in FAMILIES for weight in WEIGHTS if not _has(faces, family, weight)]
        if not missing:
            return FontSet(folder=folder, faces=faces, fonts=fonts)
    raise FontsMissing(missing=", ".join(missing) or "every folder", searched=font_dir or SEARCHED, install=INSTALL)


def _folders(font_dir: str) -> Iterable[Path]:
    given = (font_dir,) if font_dir else SEARCHED
    return [folder for text in given if (folder := Path(text).expanduser()).is_dir()]


def _wanted(fonts: typst.Fonts) -> Iterable[FontFace]:
    for font in fonts.fonts():
        if font.family in FAMILIES and font.weight in WEIGHTS and font.style == "normal" and font.path:
            yield FontFace(family=font.family, weight=font.weight, path=font.path, index=font.index)


def _has(faces: tuple[FontFace, ...], family: str, weight: int) -> bool:
    return any(face.family == family and face.weight == weight for face in faces)
