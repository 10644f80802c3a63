"""DER and nothing else (X.690 §10-11): one value has one encoding, so no byte of it can be changed unnoticed."""

from typing import Final

from zhizhao.verification.errors import Fault

_CONSTRUCTED: Final = 0x20
_LONG_TAG: Final = 0x1F
_BOOLEAN, _INTEGER, _NULL, _SEQUENCE, _SET = 0x01, 0x02, 0x05, 0x30, 0x31
_LONG_FORM: Final = 0x80
_DEEPEST: Final = 40


def require_der(raw: bytes) -> None:
    """Return if the bytes are exactly one DER value, all the way down. Raises Fault."""
    if _value(raw, 0, len(raw), depth=0) != len(raw):
        raise Fault(because="container-der", reason="more than one value")


def _value(raw: bytes, start: int, stop: int, *, depth: int) -> int:
    """Check one value and return where it ends."""
    if depth > _DEEPEST or stop - start < 2:  # noqa: PLR2004 - a tag and a length
        raise Fault(because="container-der", at=start)
    tag = raw[start]
    if tag & _LONG_TAG == _LONG_TAG:
        raise Fault(because="container-der", at=start, reason="long tag")
    inner, end = _length(raw, start + 1, stop)
    if tag & _CONSTRUCTED:
        _members(raw, inner, end, depth=depth, sorted_set=tag == _SET)
    else:
        _primitive(tag, raw[inner:end], at=start)
    return end


def _length(raw: bytes, at: int, stop: int) -> tuple[int, int]:
    """Return where the content starts and ends; the length is definite and as short as it can be."""
    first = raw[at]
    if first < _LONG_FORM:
        inner, length = at + 1, first
    else:
        octets = first & ~_LONG_FORM
        inner = at + 1 + octets
        length = int.from_bytes(raw[at + 1 : inner], "big")
        if not 1 <= octets <= 4 or inner > stop or raw[at + 1] == 0 or length < _LONG_FORM:  # noqa: PLR2004 - 4 GiB
            raise Fault(because="container-der", at=at, reason="length")
    if inner + length > stop:
        raise Fault(because="container-der", at=at, reason="length")
    return inner, inner + length


def _members(raw: bytes, start: int, stop: int, *, depth: int, sorted_set: bool) -> None:
    members = []
    while start < stop:
        end = _value(raw, start, stop, depth=depth + 1)
        members.append(raw[start:end])
        start = end
    if sorted_set and members != sorted(members):  # X.690 §11.6
        raise Fault(because="container-der", at=start, reason="order of a set")


def _primitive(tag: int, content: bytes, *, at: int) -> None:
    if tag == _BOOLEAN and content not in {b"\x00", b"\xff"}:  # X.690 §11.1
        raise Fault(because="container-der", at=at, reason="boolean")
    if tag == _NULL and content:
        raise Fault(because="container-der", at=at, reason="null")
    if tag in {_SEQUENCE, _SET}:
        raise Fault(because="container-der", at=at, reason="primitive structure")
    if tag == _INTEGER and (not content or (len(content) > 1 and _is_loose(content))):  # X.690 §8.3.2
        raise Fault(because="container-der", at=at, reason="integer")


def _is_loose(content: bytes) -> bool:
    return (content[0] == 0 and content[1] < _LONG_FORM) or (content[0] == 0xFF and content[1] >= _LONG_FORM)  # noqa: PLR2004 - sign
