"""The language people read: source strings are Simplified Chinese, English is a catalogue (UX.md §14).

Each door keeps its own fragment `locale/<language>/LC_MESSAGES/<door>.po`; all fragments are merged when the program
starts, so there is no compile step. The request's language stands in a context variable, which `_()` reads.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

LOCALE: Final = Path(__file__).parent / "locale"
SOURCE: Final = "zh-Hans"
LANGUAGES: Final = (SOURCE, "en")
"""Values of `<html lang>` and of the language preference."""

Catalogue = dict[str, str | tuple[str, ...]]
_language: ContextVar[str] = ContextVar("language", default=SOURCE)


@cache
def catalogue(language: str) -> Catalogue:
    """Return the merged fragments of a language: source string → translation; empty for the source language."""
    merged: Catalogue = {}
    for fragment in sorted((LOCALE / language / "LC_MESSAGES").glob("*.po")):
        with fragment.open("rb") as file:
            for message in read_po(file, locale=language):
                key = message.id if isinstance(message.id, str) else message.id[0]
                if key and message.string:
                    merged[key] = message.string if isinstance(message.string, str) else tuple(message.string)
    return merged


def current_language() -> str:
    """Return the language of the request being answered."""
    return _language.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Answer in a language inside the block; what is not among `LANGUAGES` means the source language."""
    token = _language.set(language if language in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _language.reset(token)


def speak(language: str) -> None:
    """Answer in a language for the rest of this request's context."""
    _language.set(language if language in LANGUAGES else SOURCE)


def gettext(message: str, **values: object) -> str:
    """Return the message in the request's language; `%(name)s` is filled from the keywords."""
    found = catalogue(_language.get()).get(message, message)
    text = found if isinstance(found, str) else found[0]
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, **values: object) -> str:
    """Return the form for a number; Chinese has one form, English two; `%(num)s` is the number."""
    found = catalogue(_language.get()).get(singular)
    forms = found if isinstance(found, tuple) else (found or singular, found or plural)
    text = forms[0] if number == 1 else forms[-1]
    return text % {"num": number, **values}


def marked(message: str) -> str:
    """Return the message untouched; marks a string of a table for the catalogue (imported as `N_`)."""
    return message
