"""The packaged ornament is what the program draws."""

import re
from pathlib import Path

from zhizhao.document.ornament import ornament_svg
from zhizhao.document.pdf import SHEETS


def test_the_packaged_picture_is_current() -> None:
    """Whoever changes the curves packages them anew."""
    assert (SHEETS / "ornament.svg").read_text("utf-8") == ornament_svg()


def test_every_number_is_whole() -> None:
    """Fractions would cost a third of the time of a sheet."""
    shapes = re.findall(r' d="([^"]*)"', Path(SHEETS / "ornament.svg").read_text("utf-8"))
    assert shapes
    assert not any("." in shape for shape in shapes)
