"""The glossary's names exist in the code."""

import importlib
import re
from pathlib import Path

import pytest

GLOSSARY = Path("docs/glossary.md")
NAMED = re.compile(r"`([a-z0-9_.]+):(\w+)`")
COMING = "*(coming)*"


def rows(text: str) -> list[str]:
    """Return the rows of the table, without its head."""
    return [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| 中文")]


def names(row: str) -> list[tuple[str, str]]:
    """Return module and name of each code name in a row."""
    return NAMED.findall(row)


ROWS = rows(GLOSSARY.read_text("utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_a_term_has_its_name_in_code(row: str) -> None:
    """Each row names something that can be imported, or says that it is coming."""
    assert len(row.strip("|").split("|")) == 4, "term, law, code, English"
    assert bool(names(row)) != (COMING in row), "a name that exists, or the mark; not both"
    for module, name in names(row):
        assert hasattr(importlib.import_module(f"zhizhao.{module}"), name), f"{module}:{name}"


def test_one_term_has_one_row() -> None:
    """No term and no code name is listed twice."""
    terms = [row.split("|")[1].strip() for row in ROWS]
    assert len(terms) == len(set(terms)) > 40
    found = [pair for row in ROWS for pair in names(row)]
    assert len(found) == len(set(found))


def test_a_name_that_is_gone_is_found() -> None:
    """The control: a module without the name, and a module that is not."""
    with pytest.raises(AssertionError):
        test_a_term_has_its_name_in_code("| 词 | – | `licence.face:Face` | x |")
    with pytest.raises(ModuleNotFoundError):
        test_a_term_has_its_name_in_code("| 词 | – | `licence.nowhere:Face` | x |")
