"""Golden pictures and texts of the sheet: `make golden` draws them anew.

Pictures are small and compared in blocks, so that another rounding of a curve is no difference and another
character is one.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from factories.documents import ADDRESS, SCOPE, archive, face, licence, occasion, press, settings
from factories.pages import picture_of, text_of
from zhizhao.document.sheet import Sheet

FOLDER = Path(__file__).parent / "sheets"
DPI = 55
BLOCK = 12
LARGEST_DIFFERENCE = 6.0
"""Mean difference of one block, of 255; one changed character of the body gives more than twice this."""
LONG = SCOPE * 5

SHEETS: dict[str, Callable[[], Sheet]] = {
    "a-licence": licence,
    "a-archive": archive,
    "a-2019-production": lambda: licence(face("A", "2019"), settings=settings(demo=False)),
    "b-rare": lambda: licence(
        face("B", "2019", name="曲阜𬭚𠮷工艺美术示例厂", legal_representative="王𮧵㛃"),
        settings=settings(glyph_substitutes={"𮧵": "韡"}),
    ),
    "c-long-scope": lambda: licence(face("C", scope=LONG[:1000])),
    "d-archive-long-scope": lambda: archive(face("D", business_scope=LONG[:420])),
    "e-long-name": lambda: licence(
        face("E", name="嘉祥县样张石刻与汉画像石数字化采集保护及文化创意产品研发设计" * 2 + "中心")
    ),
    "f-no-name": lambda: archive(face("F", name="", scope="一般项目：日用百货销售。")),
    "g-further-sheet": lambda: licence(face("G", scope=LONG * 2)),
    "h-long-panel": lambda: archive(face("H", parent_address=ADDRESS * 2), occasion(purpose="办理示例事项" * 20)),
}


def small(pdf: bytes, page: int = 1) -> Image.Image:
    """Return a page as a small picture of few colours."""
    return picture_of(pdf, DPI, page=page).quantize(48, dither=Image.Dither.NONE).convert("RGB")


def largest_difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of the block that differs most."""
    assert one.size == other.size
    difference = ImageChops.difference(one.convert("L"), other.convert("L"))
    width, height = difference.size
    blocks = ((x, y, x + BLOCK, y + BLOCK) for x in range(0, width, BLOCK) for y in range(0, height, BLOCK))
    return max(ImageStat.Stat(difference.crop(block)).mean[0] for block in blocks)


@pytest.mark.parametrize("name", SHEETS)
def test_looks_and_reads_as_before(name: str) -> None:
    """Picture within tolerance, text exact."""
    pdf = press().render_now(SHEETS[name]())
    picture, text = FOLDER / f"{name}.png", FOLDER / f"{name}.txt"
    if os.environ.get("ZHIZHAO_GOLDEN"):
        FOLDER.mkdir(exist_ok=True)
        small(pdf).quantize(48, dither=Image.Dither.NONE).save(picture, optimize=True)
        text.write_text(text_of(pdf), "utf-8")
    assert text_of(pdf) == text.read_text("utf-8")
    with Image.open(picture) as golden:
        assert largest_difference(small(pdf), golden.convert("RGB")) < LARGEST_DIFFERENCE


def test_further_sheet_looks_as_before() -> None:
    """The second page of a long scope."""
    pdf = press().render_now(SHEETS["g-further-sheet"]())
    path = FOLDER / "g-further-sheet-2.png"
    if os.environ.get("ZHIZHAO_GOLDEN"):
        small(pdf, 2).quantize(48, dither=Image.Dither.NONE).save(path, optimize=True)
    with Image.open(path) as golden:
        assert largest_difference(small(pdf, 2), golden.convert("RGB")) < LARGEST_DIFFERENCE


def test_control_one_other_character_is_seen() -> None:
    """The tolerance is narrower than one character of the smallest facts on the first page."""
    with Image.open(FOLDER / "a-licence.png") as golden:
        other = press().render_now(licence(face("A", legal_representative="王示例")))
        assert largest_difference(small(other), golden.convert("RGB")) > 2 * LARGEST_DIFFERENCE
