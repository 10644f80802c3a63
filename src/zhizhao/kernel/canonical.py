"""Canonical JSON (RFC 8785), the subset that needs no fractions: one value, one sequence of bytes.

Keys are ASCII, so the order of their bytes is the order of UTF-16 units that the standard asks for; numbers are
integers that every reader of doubles sees alike.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from zhizhao.kernel.errors import NotCanonical

LARGEST_INTEGER: Final = 2**53 - 1  # RFC 8785 §3.2.2.3, I-JSON
_encode = msgspec.json.Encoder(order="sorted").encode


def canonical(value: object) -> bytes:
    """Return the UTF-8 canonical form of objects, lists, text, integers, booleans and null. Raises NotCanonical."""
    _require(value, where="$")
    try:
        return _encode(value)
    except UnicodeEncodeError as cause:  # half of a surrogate pair
        raise NotCanonical(reason="text is no Unicode", where="$") from cause


def _require(value: object, *, where: str) -> None:
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotCanonical(reason="an integer beyond 2^53", where=where)
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            _require(item, where=f"{where}[{number}]")
    elif isinstance(value, Mapping):
        _require_members(value, where=where)
    else:
        raise NotCanonical(reason=f"{type(value).__name__} has no canonical form", where=where)


def _require_members(value: Mapping[object, object], *, where: str) -> None:
    for key, item in value.items():
        if not (isinstance(key, str) and key.isascii()):
            raise NotCanonical(reason="a key is ASCII text", where=where)
        _require(item, where=f"{where}.{key}")
