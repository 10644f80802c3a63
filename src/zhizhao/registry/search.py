"""What an official types to find an entity: the beginning of a code or of a name."""

import base64
import binascii
from dataclasses import dataclass

from zhizhao.kernel.text import comparable
from zhizhao.kernel.uscc import ALPHABET, normalise_uscc
from zhizhao.registry.entity import Entity

LONGEST_INPUT = 200
_LAST = chr(0x10FFFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search by prefix, and where its next page begins."""

    by_code: bool
    """By credit code when the text could begin one: its alphabet, with a digit in it; else by name."""
    prefix: str
    past: str
    """The first text after all that begin with the prefix; empty: there is no end."""
    after: tuple[str, str] | None
    """Name and code of the last row of the page before."""

    @classmethod
    def read(cls, text: str, *, after: str | None) -> "Search":
        """Return the search for a typed text; a cursor that is not ours starts from the beginning."""
        text = text[:LONGEST_INPUT]
        code = normalise_uscc(text)
        by_code = bool(code) and set(code) <= set(ALPHABET) and not code.isalpha()
        prefix = code if by_code else comparable(text)
        return cls(by_code=by_code, prefix=prefix, past=prefix + _LAST if prefix else "", after=_read_cursor(after))


def next_cursor(entity: Entity, wanted: Search) -> str:
    """Return the opaque cursor behind an entity."""
    name = "" if wanted.by_code else comparable(entity.name or "")
    return base64.urlsafe_b64encode(f"{entity.uscc}{name}".encode()).decode()


def _read_cursor(cursor: str | None) -> tuple[str, str] | None:
    try:
        text = base64.urlsafe_b64decode((cursor or "").encode()).decode()
    except (binascii.Error, ValueError):
        return None
    return (text[18:], text[:18]) if text else None
