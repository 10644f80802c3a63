"""The licence identifier (证照标识) of GB/T 36904: `1.2.156.3005.2 . type . authority . serial . version . check`.

The check is ISO/IEC 7064 MOD 37,36 over the four segments after the root, dots left out. It catches every single wrong
character; a swap of two neighbours that differ by one in the alphabet (`0` and `Z` too) can stay unseen, all others
are caught.
"""

import re
from dataclasses import dataclass

from zhizhao.kernel.errors import IdentifierMalformed

ROOT = "1.2.156.3005.2"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HIGHEST_VERSION = 999
LONGEST_INPUT = 160
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_TYPE = re.compile(r"[0-9A-Z]{18}[0-9]{3}")
_AUTHORITY = re.compile(r"[0-9A-Z]{18}")
_AUTHORITY_READ = re.compile(r"[0-9A-Z]{18}|[0-9]{6}")
_SERIAL = re.compile(r"[0-9A-Z]{1,64}")
_VERSION = re.compile(r"(?!000)[0-9]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """The segments of an identifier whose check was good."""

    type_code: str
    """Code of the ministry, 18 characters, and 3 digits."""
    authority: str
    """Unified social credit code of the issuer; a six-digit division is read, never written."""
    serial: str
    version: int
    """1 to 999."""


def check_character(segments: str) -> str:
    """Return the check of the four segments without dots: ISO/IEC 7064 MOD 37,36."""
    state = 36
    for character in segments:
        state = 2 * ((state + _VALUES[character]) % 36 or 36) % 37
    return ALPHABET[(37 - state) % 36]


def licence_identifier(type_code: str, authority: str, serial: str, version: int) -> str:
    """Return the identifier, strictly: 18-character authority, version 1 to 999. Raises IdentifierMalformed."""
    if not 1 <= version <= HIGHEST_VERSION:
        raise IdentifierMalformed(reason="version")
    for name, shape, text in (
        ("type", _TYPE, type_code),
        ("authority", _AUTHORITY, authority),
        ("serial", _SERIAL, serial),
    ):
        if not shape.fullmatch(text):
            raise IdentifierMalformed(reason=name)
    digits = f"{version:03d}"
    check = check_character(type_code + authority + serial + digits)
    return f"{ROOT}.{type_code}.{authority}.{serial}.{digits}.{check}"


def parse_identifier(text: str) -> Identifier:
    """Return the segments of an identifier.

    Checks, in order: (1) the root; (2) four segments and a check; (3) the shape of each; (4) the check character.
    Raises IdentifierMalformed.
    """
    if len(text) > LONGEST_INPUT or not text.startswith(f"{ROOT}."):
        raise IdentifierMalformed(reason="root")
    parts = text[len(ROOT) + 1 :].split(".")
    if len(parts) != 5:  # noqa: PLR2004 four segments and the check
        raise IdentifierMalformed(reason="segments")
    *segments, check = parts
    shapes = (("type", _TYPE), ("authority", _AUTHORITY_READ), ("serial", _SERIAL), ("version", _VERSION))
    for (name, shape), segment in zip(shapes, segments, strict=True):
        if not shape.fullmatch(segment):
            raise IdentifierMalformed(reason=name)
    if check_character("".join(segments)) != check:
        raise IdentifierMalformed(reason="check")
    type_code, authority, serial, version = segments
    return Identifier(type_code=type_code, authority=authority, serial=serial, version=int(version))


__all__ = ["ROOT", "Identifier", "IdentifierMalformed", "check_character", "licence_identifier", "parse_identifier"]
