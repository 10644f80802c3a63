"""SM2 signatures as bytes and text: strict DER out, documented tolerance in (GB/T 35276, DOMAIN.md §14). Pure."""

import base64
import binascii
import re
from typing import Final

from zhizhao.trust.errors import SignatureBad

ORDER: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_SEQUENCE: Final = 0x30
_INTEGER: Final = 0x02
_NUMBER: Final = 32
_SHORTEST: Final = 8
_LONGEST: Final = 72
_SHORTEST_INTEGER: Final = 3
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}")


def emit_der(r: int, s: int) -> bytes:
    """Return the strict DER SEQUENCE { r, s }."""
    body = _integer(r) + _integer(s)
    return bytes((_SEQUENCE, len(body))) + body


def emit_raw(r: int, s: int) -> bytes:
    """Return the 64 bytes r‖s that some systems exchange."""
    return r.to_bytes(_NUMBER, "big") + s.to_bytes(_NUMBER, "big")


def _integer(number: int) -> bytes:
    raw = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return bytes((_INTEGER, len(raw))) + raw


def read_der(data: bytes) -> tuple[int, int]:
    """Return r and s, both in range, of a signature that is strict DER. Raises SignatureBad."""
    r, s = read_tolerant(data)
    if emit_der(r, s) != data:
        raise SignatureBad(reason="not strict DER")
    return r, s


def read_raw(data: bytes) -> tuple[int, int]:
    """Return r and s, both in range, of 64 bytes r‖s. Raises SignatureBad."""
    if len(data) != 2 * _NUMBER:
        raise SignatureBad(reason="not 64 bytes")
    return _in_range(int.from_bytes(data[:_NUMBER], "big"), int.from_bytes(data[_NUMBER:], "big"))


def read_tolerant(data: bytes) -> tuple[int, int]:
    """Return r and s, both in range, of DER whose integers may lack the leading zero. Raises SignatureBad.

    Seen in the field: 32-byte integers with the high bit set and no 00 in front. They are read as unsigned.
    """
    if not _SHORTEST <= len(data) <= _LONGEST or data[0] != _SEQUENCE or data[1] != len(data) - 2:
        raise SignatureBad(reason="not a SEQUENCE of that length")
    r, rest = _read_integer(data[2:])
    s, rest = _read_integer(rest)
    if rest:
        raise SignatureBad(reason="bytes behind s")
    return _in_range(r, s)


def read_signature_text(text: str) -> tuple[int, int]:
    """Return r and s of a base64 signature as other systems write it. Raises SignatureBad.

    Tolerated: missing padding, the URL-safe alphabet, plus signs that URL decoding turned into spaces, and
    integers without the leading zero.
    """
    plain = text.replace(" ", "+").replace("-", "+").replace("_", "/").rstrip("=")
    if not _BASE64.fullmatch(plain):
        raise SignatureBad(reason="not base64")
    try:
        return read_tolerant(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True))
    except binascii.Error as cause:
        raise SignatureBad(reason="not base64") from cause


def _read_integer(data: bytes) -> tuple[int, bytes]:
    """Return the first integer and what follows it."""
    if (
        len(data) < _SHORTEST_INTEGER
        or data[0] != _INTEGER
        or not 0 < data[1] <= _NUMBER + 1
        or len(data) < 2 + data[1]
    ):
        raise SignatureBad(reason="not an INTEGER")
    end = 2 + data[1]
    return int.from_bytes(data[2:end], "big"), data[end:]


def _in_range(r: int, s: int) -> tuple[int, int]:
    """Return the pair if 1 ≤ r, s < n and r + s is no multiple of n (GB/T 32918.2 §7.1 B1, B2, B5)."""
    if not (0 < r < ORDER and 0 < s < ORDER) or (r + s) % ORDER == 0:
        raise SignatureBad(reason="r or s out of range")
    return r, s
