"""The outside witness: keeps heads where the ledger's owner cannot quietly change them (SECURITY.md §3.12).

`FileWitness` is the simplest one: an append-only file, best put on another host's disk or made append-only by the
file system. Format, version 1, one line of JSON a head: `{"v", "size", "root", "head", "at"}`, where `head` is the
SHA-256 of the head's token; hexadecimal. Lines are added and never changed; a torn last line was never witnessed.
"""

import asyncio
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from zhizhao.kernel.clock import parse_rfc3339, rfc3339
from zhizhao.ledger.errors import ProofInvalid, WitnessRefused
from zhizhao.ledger.head import Head
from zhizhao.ledger.tree import require_consistency

VERSION = 1
LONGEST_LINE = 512
ONLY_OWNER_WRITES = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """A head as the witness remembers it."""

    size: int
    root: bytes
    head: bytes
    """SHA-256 of the head's token."""
    at: datetime
    """UTC; when the head was signed."""


class Witness(Protocol):
    """Whoever keeps heads for us elsewhere."""

    async def last(self) -> Witnessed | None:
        """Return the newest head it holds; None: none yet. Raises WitnessRefused: its memory is damaged."""

    async def countersign(self, head: Head, *, path: Sequence[bytes]) -> None:
        """Keep a larger head, `path` showing that it contains the last one. Raises WitnessRefused, keeps nothing."""

    def remembered(self) -> Iterator[Witnessed]:
        """Return every head it holds, oldest first. Raises WitnessRefused at a damaged one, naming the line."""


class FileWitness:
    """A file of one line a head, written with fsync before `countersign` returns."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def last(self) -> Witnessed | None:
        """Return the newest head in the file."""
        return await asyncio.to_thread(self._last)

    async def countersign(self, head: Head, *, path: Sequence[bytes]) -> None:
        """Write a line for a larger, consistent head."""
        await asyncio.to_thread(self._countersign, head, path)

    def remembered(self) -> Iterator[Witnessed]:
        """Read the file line by line."""
        if not self._path.exists():
            return
        size = 0
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    return
                seen = _parse(line, number=number)
                if seen.size <= size:
                    raise WitnessRefused(reason="sizes do not grow", line=number)
                size = seen.size
                yield seen

    def _last(self) -> Witnessed | None:
        if not self._path.exists():
            return None
        with self._path.open("rb") as file:
            start = max(0, os.fstat(file.fileno()).st_size - 2 * LONGEST_LINE)
            file.seek(start)
            lines = file.read().split(b"\n")[:-1]
        return _parse(lines[-1], number=None) if lines else None

    def _countersign(self, head: Head, path: Sequence[bytes]) -> None:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, ONLY_OWNER_WRITES)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            last = self._last()
            if last is not None:
                if (last.size, last.root, last.head) == (head.size, head.root, head.token_hash):
                    return
                _require_growth(last, head, path=path)
            shown = Witnessed(size=head.size, root=head.root, head=head.token_hash, at=head.at)
            _append(descriptor, _line(shown))
        finally:
            os.close(descriptor)
        _sync_folder(self._path.parent)


def _require_growth(last: Witnessed, head: Head, *, path: Sequence[bytes]) -> None:
    facts = {"witnessed": last.size, "shown": head.size}
    if head.size <= last.size:
        raise WitnessRefused(reason="smaller than, or another of the size of, the head already witnessed", **facts)
    try:
        require_consistency(
            old=last.size, expected_old_root=last.root, size=head.size, expected_root=head.root, path=path
        )
    except ProofInvalid as cause:
        raise WitnessRefused(reason="does not contain the head already witnessed", **facts) from cause


def _line(seen: Witnessed) -> bytes:
    """Write a line; every head has one writing only."""
    line = {
        "v": VERSION,
        "size": seen.size,
        "root": seen.root.hex(),
        "head": seen.head.hex(),
        "at": rfc3339(seen.at),
    }
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"


def _append(descriptor: int, line: bytes) -> None:
    """Write a whole line behind the last whole line, on disk when this returns."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    start = max(0, end - LONGEST_LINE)
    tail = os.pread(descriptor, end - start, start)
    torn = len(tail) - (tail.rfind(b"\n") + 1)
    if torn:
        os.ftruncate(descriptor, end - torn)
    written = os.pwrite(descriptor, line, end - torn)
    if written != len(line):
        raise WitnessRefused(reason="the line could not be written whole")
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parse(line: bytes, *, number: int | None) -> Witnessed:
    try:
        raw: dict[str, Any] = json.loads(line)
        seen = Witnessed(
            size=raw["size"],
            root=bytes.fromhex(raw["root"]),
            head=bytes.fromhex(raw["head"]),
            at=parse_rfc3339(raw["at"]),
        )
        if seen.size < 1 or _line(seen) != line.rstrip(b"\n") + b"\n":
            raise WitnessRefused(reason="not a line of version 1", line=number)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as cause:
        raise WitnessRefused(reason="not a line of version 1", line=number) from cause
    return seen
