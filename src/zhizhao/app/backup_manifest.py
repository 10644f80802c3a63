"""What a backup says of itself, and how its content is opened: with the installation's passphrase alone.

The header holds the key file as it lies on the disk, encrypted under the passphrase, and the backup's own key wrapped
by the data key in it. So one file and the passphrase restore a lost machine; without the passphrase it is noise.
"""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from zhizhao.kernel.clock import Clock
from zhizhao.storage.archive import read_archive, read_header
from zhizhao.storage.errors import BackupRefused
from zhizhao.trust.errors import KeyUnknown, SealBroken
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.key_file import NAME as KEY_FILE
from zhizhao.trust.keys import KeyProvider, Purpose

LONGEST_EXTRAS = 64 << 20


class HeadFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The newest signed head in the backup."""

    size: int
    root: str
    """Hexadecimal."""
    token: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The header: readable by anybody, changed by nobody (it is authenticated with every chunk)."""

    created_at: str
    program: str
    store: str
    """`sqlite` or `postgresql`."""
    schema: str
    head: HeadFacts | None
    kid: str
    wrapped: bytes
    """The backup's key, wrapped by the data key `kid`."""
    key_file: bytes


class Extras(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Small things beside the store, first in the content."""

    keys: dict[str, bytes]
    """Files of the key folder beside the key file (certificates), by relative path."""
    witness: bytes
    """The witness's newest line; empty: it had none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBackup:
    """A backup whose key is found; its content is proved while it is read."""

    path: Path
    manifest: Manifest
    keys: FileKeys
    """The keys that the backup brought."""
    key: bytes

    def read(self) -> tuple[Extras, Iterator[bytes]]:
        """Return the small things and the store's content. Raises BackupRefused, also while iterating."""
        pieces = read_archive(self.path, key=self.key)
        first = bytearray()
        for piece in pieces:
            first += piece
            length = int.from_bytes(first[:4], "big")
            if length > LONGEST_EXTRAS:
                break
            if len(first) >= 4 + length:
                extras = msgspec.json.decode(bytes(first[4 : 4 + length]), type=Extras)
                return extras, _chained(bytes(first[4 + length :]), pieces)
        raise BackupRefused(reason="the content does not begin as it should", file=str(self.path))


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def new_key(keys: KeyProvider) -> tuple[bytes, str, bytes]:
    """Return a fresh key for one backup, the kid of the data key that wraps it, and it wrapped."""
    key, kid = secrets.token_bytes(32), keys.current(Purpose.DATA)
    return key, kid, keys.wrap(kid, Purpose.DATA, key)


def framed(extras: Extras) -> bytes:
    """Return the small things as the content begins with them."""
    body = msgspec.json.encode(extras)
    return len(body).to_bytes(4, "big") + body


@contextmanager
def open_backup(path: Path, passphrase: bytes, *, clock: Clock) -> Iterator[OpenedBackup]:
    """Open a backup with the passphrase of the installation that made it. Raises BackupRefused, PassphraseRefused."""
    try:
        manifest = msgspec.json.decode(read_header(path), type=Manifest)
    except msgspec.DecodeError as cause:
        raise BackupRefused(reason="its header is of another version", file=str(path)) from cause
    with tempfile.TemporaryDirectory(prefix="zhizhao-keys-") as folder:
        write_private(Path(folder) / KEY_FILE, manifest.key_file)
        keys = FileKeys.open(Path(folder), passphrase, clock=clock)
        try:
            key = keys.unwrap(manifest.kid, Purpose.DATA, manifest.wrapped)
        except (SealBroken, KeyUnknown) as cause:
            raise BackupRefused(reason="its key does not open", file=str(path)) from cause
        yield OpenedBackup(path=path, manifest=manifest, keys=keys, key=key)


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner reads."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)
