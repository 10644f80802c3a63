"""The encrypted key file: passphrase → Argon2id → master key → AES-256-GCM over the whole ring.

Layout (a wire format: a new layout is a new `format`): one JSON object with the parameters of Argon2id, the wrapped
master key, the sealed ring, and a SHA-256 over these that tells damage from a wrong passphrase. Mode 0600; replaced
only by fsync, atomic rename, fsync of the folder; writers hold a lock file.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from zhizhao.trust.errors import KeyFileDamaged, KeyFileExists, KeyFileExposed, KeyFileMissing, PassphraseRefused
from zhizhao.trust.keys import Purpose, Suite

NAME: Final = "keys.json"
NONCE: Final = 12
LARGEST: Final = 4 * 1024 * 1024
_MASTER_AAD: Final = b"zhizhao-keys-1 master"
_RING_AAD: Final = b"zhizhao-keys-1 ring"
_OTHERS: Final = 0o077

Stamp = tuple[int, int, int]
"""Modification time, inode and size: differs after every replacement."""


class KdfCost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cost of Argon2id; the default is the second choice of RFC 9106 §4. Bounded, so that a file cannot exhaust us."""

    passes: Annotated[int, msgspec.Meta(ge=1, le=16)] = 3
    memory_kib: Annotated[int, msgspec.Meta(ge=64, le=1 << 20)] = 1 << 16
    lanes: Annotated[int, msgspec.Meta(ge=1, le=8)] = 4


class KeyRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One key as the sealed ring keeps it."""

    kid: str
    purpose: Purpose
    suite: Suite
    created_at: datetime
    current_at: datetime
    withdrawn_at: datetime | None = None
    secret: bytes = b""
    """PKCS#8 or the symmetric key; empty once it may neither sign nor open anything."""
    public: bytes = b""
    """SubjectPublicKeyInfo; empty for symmetric keys."""


class Ring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All keys, and the number of the change that made them so."""

    epoch: int
    keys: tuple[KeyRecord, ...]
    demonstration: bool = False
    """Made by a demonstration, whose passphrase lies beside the file: never good for anything else."""


class _Envelope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Literal["zhizhao-keys-1"] = "zhizhao-keys-1"
    kdf: KdfCost
    salt: bytes
    master: bytes
    ring: bytes
    sha256: str = ""


class KeyFile:
    """An opened key file; holds the master key, not the passphrase."""

    def __init__(self, path: Path, master: AESGCM) -> None:
        self._path = path
        self._master = master

    @classmethod
    def create(cls, folder: Path, passphrase: bytes, ring: Ring, *, cost: KdfCost | None = None) -> "KeyFile":
        """Write a new file. Raises KeyFileExists."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / NAME
        with _locked(path):
            if path.exists():
                raise KeyFileExists(file=str(path))
            master = secrets.token_bytes(32)
            envelope = _wrapped(master, passphrase, cost=cost or KdfCost())
            opened = cls(path, AESGCM(master))
            opened._replace(envelope, ring)
        return opened

    @classmethod
    def open(cls, folder: Path, passphrase: bytes) -> "KeyFile":
        """Open the file. Raises KeyFileMissing, KeyFileExposed, KeyFileDamaged, PassphraseRefused."""
        path = folder / NAME
        envelope = _read(path)
        try:
            master = _passphrase_key(passphrase, envelope).decrypt(
                envelope.master[:NONCE], envelope.master[NONCE:], _MASTER_AAD
            )
        except InvalidTag as cause:
            raise PassphraseRefused(file=str(path)) from cause
        return cls(path, AESGCM(master))

    def stamp(self) -> Stamp:
        """Return what tells whether the file was replaced. Raises KeyFileMissing."""
        try:
            found = self._path.stat()
        except OSError as cause:
            raise KeyFileMissing(file=str(self._path)) from cause
        return found.st_mtime_ns, found.st_ino, found.st_size

    def read(self) -> Ring:
        """Return the ring. Raises KeyFileMissing, KeyFileExposed, KeyFileDamaged."""
        return self._open_ring(_read(self._path))

    @contextmanager
    def change(self) -> Iterator[list[KeyRecord]]:
        """Give the newest keys to change in place; written with the next epoch at the end, if nothing was raised."""
        with _locked(self._path):
            envelope = _read(self._path)
            before = self._open_ring(envelope)
            keys = list(before.keys)
            yield keys
            self._replace(envelope, msgspec.structs.replace(before, epoch=before.epoch + 1, keys=tuple(keys)))

    def change_passphrase(self, passphrase: bytes, *, cost: KdfCost | None = None) -> None:
        """Seal the ring under a new passphrase and a fresh master key; whoever has the file open must open it anew.

        A fresh master key, because who knows the old passphrase and keeps an old copy must learn nothing about later
        rings.
        """
        with _locked(self._path):
            envelope = _read(self._path)
            ring = self._open_ring(envelope)
            master = secrets.token_bytes(32)
            self._master = AESGCM(master)
            self._replace(_wrapped(master, passphrase, cost=cost or KdfCost()), ring)

    def _open_ring(self, envelope: _Envelope) -> Ring:
        try:
            plain = self._master.decrypt(envelope.ring[:NONCE], envelope.ring[NONCE:], _RING_AAD)
            return msgspec.json.decode(plain, type=Ring)
        except (InvalidTag, msgspec.DecodeError) as cause:
            raise KeyFileDamaged(file=str(self._path), reason="ring") from cause

    def _replace(self, envelope: _Envelope, ring: Ring) -> None:
        """Write the file beside itself and move it over: a reader sees the old or the new one, whole."""
        nonce = os.urandom(NONCE)
        sealed = nonce + self._master.encrypt(nonce, msgspec.json.encode(ring), _RING_AAD)
        complete = msgspec.structs.replace(envelope, ring=sealed)
        complete = msgspec.structs.replace(complete, sha256=_checksum(complete))
        _write_through(self._path, msgspec.json.encode(complete))


def _wrapped(master: bytes, passphrase: bytes, *, cost: KdfCost) -> _Envelope:
    """Return an envelope without a ring whose master key opens with the passphrase."""
    bare = _Envelope(kdf=cost, salt=os.urandom(16), master=b"", ring=b"")
    nonce = os.urandom(NONCE)
    wrapped = nonce + _passphrase_key(passphrase, bare).encrypt(nonce, master, _MASTER_AAD)
    return msgspec.structs.replace(bare, master=wrapped)


def _passphrase_key(passphrase: bytes, envelope: _Envelope) -> AESGCM:
    cost = envelope.kdf
    kdf = Argon2id(salt=envelope.salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return AESGCM(kdf.derive(passphrase))


def _checksum(envelope: _Envelope) -> str:
    return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(envelope, sha256=""))).hexdigest()


def _read(path: Path) -> _Envelope:
    """Return the file's envelope, whole. Raises KeyFileMissing, KeyFileExposed, KeyFileDamaged."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise KeyFileExposed(file=str(path), repair=f"chmod 600 {path}")
            envelope = msgspec.json.decode(file.read(LARGEST), type=_Envelope)
    except OSError as cause:
        raise KeyFileMissing(file=str(path), reason=cause.strerror) from cause
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise KeyFileDamaged(file=str(path), reason="not a whole key file") from cause
    if _checksum(envelope) != envelope.sha256:
        raise KeyFileDamaged(file=str(path), reason="checksum")
    return envelope


def _write_through(path: Path, content: bytes) -> None:
    """Replace the file so that it is on disk, whole, mode 0600, when this returns."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)  # left by a process that died between write and rename
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the writers' lock; the kernel lets go of it when a process dies."""
    with os.fdopen(os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600), "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
