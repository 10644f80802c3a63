"""A backup's file: one header that anybody may read, then the content, encrypted in chunks, nothing of it optional.

Wire format `zhizhao-backup-1`: the magic line; 4 bytes length (big-endian) and the header, JSON; then chunks of 4 bytes
length and AES-256-GCM cipher text. The key is random and of this one file. A chunk's nonce is its number (11 bytes)
and 1 for the last one, else 0; what is authenticated beside is the SHA-256 of everything before the chunks. So a chunk
that is changed, left out, moved or cut off, and a changed header, do not open.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhizhao.storage.errors import BackupRefused

MAGIC: Final = b"zhizhao-backup-1\n"
CHUNK: Final = 1 << 20
TAG: Final = 16
LONGEST_HEADER: Final = 8 << 20
OWNER_ONLY: Final = 0o600


def write_archive(path: Path, content: Iterable[bytes], *, header: bytes, key: bytes) -> int:
    """Write a new file, on disk when this returns; return its size. Raises BackupRefused: there is one already."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    if path.exists():
        raise BackupRefused(reason="the file exists already", file=str(path))
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _write(file, content, header=header, key=key)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
    return path.stat().st_size


def _write(file: BinaryIO, content: Iterable[bytes], *, header: bytes, key: bytes) -> None:
    head = MAGIC + len(header).to_bytes(4, "big") + header
    file.write(head)
    cipher, beside = AESGCM(key), hashlib.sha256(head).digest()
    number = 0
    held: bytes | None = None
    for chunk in _even(content):
        if held is not None:
            _put(file, cipher.encrypt(_nonce(number, last=False), held, beside))
            number += 1
        held = chunk
    _put(file, cipher.encrypt(_nonce(number, last=True), held or b"", beside))


def _put(file: BinaryIO, chunk: bytes) -> None:
    file.write(len(chunk).to_bytes(4, "big"))
    file.write(chunk)


def _even(content: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the content in pieces of CHUNK bytes, the last one shorter."""
    waiting = bytearray()
    for part in content:
        waiting += part
        while len(waiting) >= CHUNK:
            yield bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
    if waiting:
        yield bytes(waiting)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def read_header(path: Path) -> bytes:
    """Return the header, nothing about it proved yet. Raises BackupRefused."""
    with _opened(path) as file:
        return _read_head(file, path)[len(MAGIC) + 4 :]


def read_archive(path: Path, *, key: bytes) -> Iterator[bytes]:
    """Yield the content piece by piece, each proved before it is given. Raises BackupRefused, also at the very end."""
    with _opened(path) as file:
        beside = hashlib.sha256(_read_head(file, path)).digest()
        cipher = AESGCM(key)
        number = 0
        while True:
            chunk = _read_chunk(file, path)
            last = not file.peek(1)
            try:
                content = cipher.decrypt(_nonce(number, last=last), chunk, beside)
            except InvalidTag as cause:
                raise BackupRefused(reason="changed, cut off, or another key", file=str(path), chunk=number) from cause
            yield content
            if last:
                return
            number += 1


def _opened(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as cause:
        raise BackupRefused(reason="cannot be read", file=str(path)) from cause


def _read_head(file: BinaryIO, path: Path) -> bytes:
    start = file.read(len(MAGIC) + 4)
    length = int.from_bytes(start[len(MAGIC) :], "big")
    if start[: len(MAGIC)] != MAGIC or len(start) != len(MAGIC) + 4 or length > LONGEST_HEADER:
        raise BackupRefused(reason="not a backup of zhizhao", file=str(path))
    header = file.read(length)
    if len(header) != length:
        raise BackupRefused(reason="cut off", file=str(path))
    return start + header


def _read_chunk(file: BinaryIO, path: Path) -> bytes:
    start = file.read(4)
    length = int.from_bytes(start, "big")
    chunk = file.read(length) if TAG <= length <= CHUNK + TAG else b""
    if len(start) != 4 or not chunk or len(chunk) != length:  # noqa: PLR2004 the length field
        raise BackupRefused(reason="changed or cut off", file=str(path))
    return chunk


def sync_folder(folder: Path) -> None:
    """Let a rename or a new file of a folder be on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
