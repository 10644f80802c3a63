"""Token Status List: one bit pair per licence version, packed, signed, short-lived (`statuslist+jwt`).

IETF Token Status List §4 and §5.1: entry n stands in byte n // 4, lowest bits first; the bytes are zlib-compressed and
base64url-encoded without padding. Wire format: the codes are those of `status.STATUS_CODES` and never move.
"""

import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from zhizhao.kernel.clock import EPOCH
from zhizhao.trust.base64url import b64url_text, unb64url

TYP: Final = "statuslist+jwt"
BITS: Final = 2
PER_BYTE: Final = 8 // BITS
MASK: Final = (1 << BITS) - 1
LEVEL: Final = 9  # the draft recommends the highest; 1 M entries take it well below a second
LIST_SIZE: Final = 1 << 20
"""Entries of a new list: large enough that an index tells nothing, 256 KiB unpacked."""


def set_entries(size: int, entries: Iterable[tuple[int, int]]) -> bytearray:
    """Return the unpacked bytes of a list whose entries are all 0 but these (index, code)."""
    packed = bytearray(size // PER_BYTE)
    for index, code in entries:
        packed[index // PER_BYTE] |= code << index % PER_BYTE * BITS
    return packed


def read_entry(packed: bytes | bytearray, index: int) -> int:
    """Return the code of one entry. Raises IndexError beyond the list."""
    return packed[index // PER_BYTE] >> index % PER_BYTE * BITS & MASK


def pack(size: int, entries: Iterable[tuple[int, int]]) -> str:
    """Return `lst`: compressed and encoded; a matter of tenths of a second, so call it in a thread."""
    return b64url_text(zlib.compress(set_entries(size, entries), LEVEL))


def unpack(lst: str) -> bytes:
    """Return the unpacked bytes of our own `lst`."""
    return zlib.decompress(unb64url(lst.encode()))


def list_claims(uri: str, lst: str, *, issuer: str, at: datetime, lifetime_seconds: int) -> dict[str, Any]:
    """Return the claims of a list's token: good until `exp`, to be fetched again after `ttl` seconds at the latest."""
    issued = int((at - EPOCH).total_seconds())
    return {
        "iss": issuer,
        "sub": uri,
        "iat": issued,
        "exp": issued + lifetime_seconds,
        "ttl": lifetime_seconds,
        "status_list": {"bits": BITS, "lst": lst},
    }
