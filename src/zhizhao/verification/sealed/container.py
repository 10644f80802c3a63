"""Where the signatures of a PDF stand, read from the bytes alone (ISO 32000-2 §12.8.1).

Every byte of the file must be covered by a signature or be the container of one. Rules, in order: (1) the file starts
as a PDF and ends with its end mark; (2) there is a signature; (3) each byte range starts at 0, leaves out exactly one
`/Contents <…>` and ends where a revision ends; (4) each container is one DER value in upper-case hexadecimal, then
zeros; (5) the ranges grow, and the last one ends with the file; (6) every end mark belongs to the base document or to a
signature. No rule needs a PDF parser, so hostile bytes meet none.
"""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from zhizhao.verification.errors import Fault

_HEADER: Final = re.compile(rb"%PDF-[12]\.\d")
_RANGE: Final = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_RANGES: Final = re.compile(rb"/(?:B|#42)(?:y|#79)(?:t|#74)(?:e|#65)(?:R|#52)(?:a|#61)(?:n|#6[Ee])(?:g|#67)(?:e|#65)")
"""The name in every spelling that PDF allows (ISO 32000-2 §7.3.5)."""
_END: Final = re.compile(rb"%%EOF")
_LAST: Final = re.compile(rb"%%EOF(?:\r\n|\r|\n)?\Z")
_HEX: Final = re.compile(rb"[0-9A-F]*")
_KEY: Final = b"/Contents "
_TAIL: Final = len(b"%%EOF\r\n")
MOST_SIGNATURES: Final = 16
LARGEST_CONTAINER: Final = 128 * 1024
"""Hexadecimal digits; no honest signature comes near, and what is read from it costs time per byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One signature's place and content."""

    start: int
    """Position of `<`."""
    stop: int
    """Position behind `>`."""
    covered_to: int
    """Where the byte range ends."""
    der: bytes
    """The signature without its padding."""

    def covered(self, data: bytes) -> tuple[memoryview, memoryview]:
        """Return the two parts that the signature is over."""
        view = memoryview(data)
        return view[: self.start], view[self.stop : self.covered_to]


def find_containers(data: bytes) -> tuple[Container, ...]:
    """Return every signature of the file, oldest first. Raises Fault."""
    if not _HEADER.match(data):  # (1)
        raise Fault(because="header-not-first")
    if not _ends_at(data, len(data)):
        raise Fault(because="trailing-bytes")
    found = list(islice(_RANGE.finditer(data), MOST_SIGNATURES + 1))
    if not found:  # (2)
        raise Fault(because="not-signed")
    named = sum(1 for _ in islice(_RANGES.finditer(data), MOST_SIGNATURES + 1))
    if len(found) > MOST_SIGNATURES or len(found) != named:
        raise Fault(because="byte-range-form", found=len(found))
    containers = sorted((_container(data, match) for match in found), key=lambda one: one.covered_to)
    _require_growth(data, containers)  # (5)
    _require_ends(data, containers)  # (6)
    return tuple(containers)


def _container(data: bytes, match: re.Match[bytes]) -> Container:
    first, start, stop, rest = (int(number) for number in match.groups())
    covered_to = stop + rest
    if first != 0 or not 0 < start < stop < covered_to <= len(data):  # (3)
        raise Fault(because="byte-range-gap", byte_range=[first, start, stop, rest])
    gap = data[start:stop]
    if not (gap.startswith(b"<") and gap.endswith(b">") and data.endswith(_KEY, 0, start)):
        raise Fault(because="byte-range-gap", byte_range=[first, start, stop, rest])
    if not _ends_at(data, covered_to):
        raise Fault(because="byte-range-end", byte_range=[first, start, stop, rest])
    if match.start() < stop < match.end() or not _same_object(data, match.start(), start):
        raise Fault(because="byte-range-elsewhere", byte_range=[first, start, stop, rest])
    return Container(start=start, stop=stop, covered_to=covered_to, der=_unpadded(gap[1:-1]))


def _ends_at(data: bytes, at: int) -> bool:
    """Say whether an end mark and at most one line end stand right before this position."""
    return _LAST.search(data[max(at - _TAIL, 0) : at]) is not None


def _same_object(data: bytes, one: int, other: int) -> bool:
    """Say whether both positions stand in one indirect object."""
    low, high = sorted((one, other))
    return data.find(b"endobj", low, high) < 0


def _unpadded(text: bytes) -> bytes:
    """Return the DER value in front of the padding. Raises Fault."""
    if len(text) % 2 or len(text) > LARGEST_CONTAINER or not _HEX.fullmatch(text):  # (4)
        raise Fault(because="container-hex")
    raw = bytes.fromhex(text.decode("ascii"))
    length = _der_length(raw)
    if any(raw[length:]):
        raise Fault(because="container-padding")
    return raw[:length]


def _der_length(raw: bytes) -> int:
    """Return the length of the SEQUENCE at the start, head included; DER: definite and minimal. Raises Fault."""
    if len(raw) < 6 or raw[0] != 0x30 or raw[1] not in {0x82, 0x83}:  # noqa: PLR2004 - X.690 §8.1.3.5, 256 B to 16 MB
        raise Fault(because="container-der")
    octets = raw[1] & 0x7F
    length = int.from_bytes(raw[2 : 2 + octets], "big")
    if raw[2] == 0 or 2 + octets + length > len(raw):
        raise Fault(because="container-der")
    return 2 + octets + length


def _require_growth(data: bytes, containers: list[Container]) -> None:
    reached = 0
    for container in containers:
        if container.start < reached:
            raise Fault(because="signatures-overlap")
        reached = container.covered_to
    if reached != len(data):
        raise Fault(because="not-covered", covered=reached, size=len(data))


def _require_ends(data: bytes, containers: list[Container]) -> None:
    """Every end mark but the base document's is the end of a signature's range. Raises Fault."""
    marks = [match.end() for match in _END.finditer(data)]
    ends = [data.rfind(b"%%EOF", 0, one.covered_to) + len(b"%%EOF") for one in containers]
    if marks[1:] != ends or not marks[0] < containers[0].start:
        raise Fault(because="revision-unexplained", end_marks=len(marks), signatures=len(containers))
