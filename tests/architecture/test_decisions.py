"""Decision records have one shape and one number each (STYLE.md §11)."""

import re
from pathlib import Path

import pytest

RECORDS = sorted(Path("docs/adr").glob("*.md"))
PARTS = ["Context", "Decision", "Consequences", "What would make us reconsider"]
LONGEST = 60


def faults(name: str, text: str) -> list[str]:
    """Return what is wrong with the shape of a record."""
    found = []
    if not text.startswith(f"# {name[:4]}: "):
        found.append("the title begins with the number of the file")
    if "\nStatus: " not in text:
        found.append("no status")
    if re.findall(r"^## (.+)$", text, re.MULTILINE) != PARTS:
        found.append("the parts, in order")
    if len(text.splitlines()) > LONGEST:
        found.append("longer than a page")
    return found


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_its_shape(path: Path) -> None:
    """Context, decision, consequences, what would make us reconsider; one page."""
    assert faults(path.name, path.read_text("utf-8")) == []


def test_numbers_are_given_once_and_without_a_gap() -> None:
    """The next record takes the next number."""
    assert [path.name[:4] for path in RECORDS] == [f"{n:04}" for n in range(1, len(RECORDS) + 1)]


def test_a_record_out_of_shape_is_found() -> None:
    """The control: another number, no status, no way back, too long."""
    assert len(faults("0009-x.md", "# 0008: X\n\n## Context\n" + "\n" * LONGEST)) == 4
