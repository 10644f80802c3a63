"""Every refusal of the package is in the one table, and every row is used (STYLE.md §6)."""

import importlib
import re
import warnings
from pathlib import Path

import pytest

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.web import refusals
from zhizhao.web.i18n import speaking
from zhizhao.web.problems import HTTP_CODES, PROBLEMS, Problem, problem_of

HOUSE = Path("src/zhizhao")


DECLARES = re.compile(r"^class \w+\(ZhizhaoError\)", re.MULTILINE)


def every_error() -> set[type[ZhizhaoError]]:
    """Return every subclass that a module of the package declares, the command line's included."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the imported doors, which have tests of their own
        for path in HOUSE.rglob("*.py"):
            if DECLARES.search(path.read_text("utf-8")):
                importlib.import_module(".".join(path.relative_to("src").with_suffix("").parts))
    found: set[type[ZhizhaoError]] = set()
    waiting = [ZhizhaoError]
    while waiting:
        for child in waiting.pop().__subclasses__():
            if child.__module__.startswith("zhizhao.") and child not in found:
                found.add(child)
                waiting.append(child)
    return found


ERRORS = sorted(every_error(), key=lambda error: (error.__module__, error.__name__))


def unmapped(errors: list[type[ZhizhaoError]]) -> list[str]:
    """Return the errors whose code has no row."""
    return [f"{error.__module__}.{error.__name__}: {error.code}" for error in errors if error.code not in PROBLEMS]


def test_every_error_has_a_row() -> None:
    """Add a row to `web/problems.py` for each class named here."""
    assert not unmapped(ERRORS)


def test_an_error_without_a_row_is_found() -> None:
    """The control: a class with a code of its own and no row would be named."""

    class Forgotten(ZhizhaoError):
        code = "forgotten-by-the-table"

    assert unmapped([Forgotten])
    assert problem_of(Forgotten()) is PROBLEMS["internal"]


def test_every_row_is_used() -> None:
    """A row that no error and no HTTP status leads to is dead."""
    raised = {error.code for error in ERRORS} | set(HTTP_CODES.values())
    named = {"csrf-refused", "internal"}  # `refusals.refuse_http` names them
    assert refusals.CSRF_TEXT
    assert set(PROBLEMS) - raised - named == set()


def test_codes_are_stable_words() -> None:
    """A code is small letters and hyphens, because clients compare it."""
    for code in PROBLEMS:
        assert code.replace("-", "").isascii(), code
        assert code == code.lower(), code
        assert " " not in code, code


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_a_row_speaks_both_languages(code: str) -> None:
    """Title and detail exist in Chinese and in English, and their facts fit."""
    row = PROBLEMS[code]
    assert 400 <= row.status < 600
    facts = dict.fromkeys(row.shows, "7")
    with speaking("zh-Hans"):
        chinese = row.texts(facts)
    with speaking("en"):
        english = row.texts(facts)
    assert all(chinese), code
    assert all(text.isascii() or "“" in text for text in english), english
    assert not any(mark in "".join(chinese) for mark in "!！"), "no exclamation marks (UX.md §6)"


def test_a_row_prints_only_the_facts_it_names() -> None:
    """A fact that the row does not name cannot leak through its text."""
    row = Problem(429, "%(seconds)s", "x", shows=("seconds",))
    assert row.texts({"seconds": 9, "secret": "s"})[0] == "9"
    with pytest.raises(KeyError):
        Problem(429, "%(secret)s", "x", shows=("seconds",)).texts({"secret": "s"})
