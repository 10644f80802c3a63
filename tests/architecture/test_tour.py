"""The tour names only files that exist."""

import re
from pathlib import Path

TOUR = Path("docs/tour.md")
NAMED = re.compile(r"`([\w.-]+(?:/[\w.-]+)+\.(?:py|html|js))`")
FROM_THE_ROOT = ("client/", "tests/")


def missing(text: str) -> list[str]:
    """Return the paths in backticks that lead nowhere."""
    found = NAMED.findall(text)
    return [name for name in found if not _place(name).is_file()]


def _place(name: str) -> Path:
    return Path(name) if name.startswith(FROM_THE_ROOT) else Path("src/zhizhao") / name


def test_every_file_of_the_tour_exists() -> None:
    """A file that moved takes its line of the tour with it."""
    text = TOUR.read_text("utf-8")
    assert len(NAMED.findall(text)) > 60
    assert not missing(text)


def test_a_file_that_is_gone_is_found() -> None:
    """The control: a path that never was is named."""
    assert missing("see `login/nowhere.py` and `kernel/uscc.py`") == ["login/nowhere.py"]


def test_nothing_in_backticks_escapes_the_check() -> None:
    """Whatever looks like a path below the package has an ending that is checked."""
    text = TOUR.read_text("utf-8")
    paths = [one for one in re.findall(r"`([^`\s]+/[^`\s]*)`", text) if not one.startswith("/")]
    unchecked = [one for one in paths if not NAMED.fullmatch(f"`{one}`") and not one.endswith("/")]
    assert unchecked == []
