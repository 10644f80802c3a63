"""Where uploads lie: one private folder each, never in a directory that is served (SECURITY.md §3.11).

The process that works on a file and the workers that show it share the installation's data folder; each writes whole
files by renaming, so that a reader never sees half of one. Who works on an upload, releases or deletes it holds its
lock; the kernel frees it however a process ends, so a held lock is the one sign that work goes on.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from zhizhao.registry.errors import UploadBusy, UploadUnknown
from zhizhao.registry.upload import KEPT, HandedIn, Standing, Upload

FOLDER: Final = "uploads"
FILE: Final = "register"
"""The handed-in file; its name is ours, its sender's name is only text."""
HANDED_IN: Final = "handed-in.json"
STANDING: Final = "standing.json"
LOCK: Final = "lock"
OWNER_ONLY: Final = 0o600
_ID: Final = re.compile(r"upl_[A-Za-z0-9_-]{22}")
T = TypeVar("T")


class UploadFolder:
    """The uploads of an installation."""

    def __init__(self, data: Path) -> None:
        self.path = data / FOLDER

    def make(self, upload_id: str) -> None:
        """Make the place of an upload, with its lock."""
        self.path.mkdir(mode=0o700, exist_ok=True)
        place = self.path / upload_id
        place.mkdir(mode=0o700)
        _write(place / LOCK, b"")

    def keep(self, handed_in: HandedIn, content: bytes, *, standing: Standing) -> None:
        """Keep a file, itself last: one that could not be kept is told of."""
        place = self.place(handed_in.upload_id)
        _write(place / HANDED_IN, msgspec.json.encode(handed_in))
        self.note(handed_in.upload_id, standing)
        _write(place / FILE, content)

    def note(self, upload_id: str, standing: Standing) -> None:
        """Write down where an upload stands. Raises UploadUnknown: it was deleted."""
        try:
            _write(self.place(upload_id) / STANDING, msgspec.json.encode(standing))
        except FileNotFoundError as cause:
            raise UploadUnknown(upload_id=upload_id) from cause

    def read(self, upload_id: str) -> Upload:
        """Return an upload as it was noted. Raises UploadUnknown."""
        place = self.place(upload_id)
        return Upload(_read(place / HANDED_IN, HandedIn), _read(place / STANDING, Standing))

    def see(self, upload_id: str) -> Upload:
        """Return an upload as it must be read now: work whose lock nobody holds has broken off. Raises UploadUnknown.

        Read twice, because a run may end, and another begin, between a look at the note and one at the lock.
        """
        upload = self.read(upload_id)
        while upload.is_running and not self._is_held(upload_id):
            again = self.read(upload_id)
            if again.is_running and again.standing.run == upload.standing.run:
                return again.broken_off(again.standing.updated_at)
            upload = again
        return upload

    def all(self) -> list[Upload]:
        """Return every upload as it must be read now, the newest first."""
        found: list[Upload] = []
        for place in self.path.iterdir() if self.path.exists() else ():
            try:
                found.append(self.see(place.name))
            except UploadUnknown:
                continue  # being made or deleted just now
        return sorted(found, key=lambda upload: upload.handed_in.at, reverse=True)

    def file(self, upload_id: str) -> Path:
        """Return the handed-in file."""
        return self.place(upload_id) / FILE

    def error_file(self, upload_id: str) -> Path:
        """Return the file with the bad rows. Raises UploadUnknown: there is none."""
        for suffix in ("csv", "xlsx"):
            path = self.place(upload_id) / f"{FILE}.errors.{suffix}"
            if path.exists():
                return path
        raise UploadUnknown(upload_id=upload_id)

    @contextmanager
    def hold(self, upload_id: str) -> Iterator[int]:
        """Hold an upload's lock and give its descriptor. Raises UploadUnknown, UploadBusy: somebody else holds it.

        It is closed at the end, not unlocked: a process that was handed the descriptor holds the lock on.
        """
        lock = self._open_lock(upload_id)
        try:
            while not _locks(lock, fcntl.LOCK_EX):
                if not _locks(lock, fcntl.LOCK_SH):
                    raise UploadBusy
                # else somebody only looked
            yield lock
        finally:
            os.close(lock)

    def require_hold(self, upload_id: str, lock: int) -> None:
        """Check that a descriptor handed down holds the upload's lock. Raises UploadUnknown, UploadBusy."""
        place = self.place(upload_id)
        try:
            is_ours = os.path.samestat(os.fstat(lock), (place / LOCK).stat())
        except OSError as cause:
            raise UploadBusy from cause
        if not is_ours or not _locks(lock, fcntl.LOCK_EX):
            raise UploadBusy

    def shed(self, upload_id: str) -> None:
        """Delete the file itself once it was taken: it holds people's numbers, and the register has them now."""
        self.file(upload_id).unlink(missing_ok=True)

    def drop(self, upload_id: str) -> None:
        """Delete an upload that the caller holds: its numbers first, then everything. Raises UploadUnknown."""
        self.shed(upload_id)
        shutil.rmtree(self.place(upload_id))

    def forget(self, now: datetime) -> None:
        """Delete what is older than its term and not held."""
        for upload in self.all():
            upload_id = upload.handed_in.upload_id
            if now - upload.standing.updated_at > KEPT:
                with suppress(UploadUnknown, UploadBusy), self.hold(upload_id):
                    self.drop(upload_id)

    def place(self, upload_id: str) -> Path:
        """Return the folder of an upload. Raises UploadUnknown: no such id, so that no path comes from outside."""
        path = self.path / upload_id
        if not _ID.fullmatch(upload_id) or not path.is_dir():
            raise UploadUnknown(upload_id=upload_id[:40])
        return path

    def _is_held(self, upload_id: str) -> bool:
        lock = self._open_lock(upload_id)
        try:
            return not _locks(lock, fcntl.LOCK_SH)
        finally:
            os.close(lock)

    def _open_lock(self, upload_id: str) -> int:
        try:
            return os.open(self.place(upload_id) / LOCK, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError as cause:
            raise UploadUnknown(upload_id=upload_id) from cause


def _locks(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, OWNER_ONLY), "wb") as file:
        file.write(content)
    part.rename(path)


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError) as cause:
        raise UploadUnknown(upload_id=path.parent.name[:40]) from cause
