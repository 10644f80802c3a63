"""Where uploads lie: one private folder each, never in a directory that is served (SECURITY.md §3.11).

The process that works on a file and the workers that show it share the installation's data folder; each writes whole
files by renaming, so that a reader never sees half of one.
"""

import os
import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from zhizhao.registry.errors import UploadUnknown
from zhizhao.registry.upload import KEPT, HandedIn, Standing, Upload

FOLDER: Final = "uploads"
FILE: Final = "register"
"""The handed-in file; its name is ours, its sender's name is only text."""
HANDED_IN: Final = "handed-in.json"
STANDING: Final = "standing.json"
TAKEN_PLACE: Final = "take"
OWNER_ONLY: Final = 0o600
_ID: Final = re.compile(r"upl_[A-Za-z0-9_-]{22}")
T = TypeVar("T")


class UploadFolder:
    """The uploads of an installation."""

    def __init__(self, data: Path) -> None:
        self.path = data / FOLDER

    def create(self, handed_in: HandedIn, content: bytes, *, standing: Standing) -> None:
        """Keep a file."""
        self.path.mkdir(mode=0o700, exist_ok=True)
        place = self.path / handed_in.upload_id
        place.mkdir(mode=0o700)
        _write(place / FILE, content)
        _write(place / HANDED_IN, msgspec.json.encode(handed_in))
        self.note(handed_in.upload_id, standing)

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

    def all(self) -> list[Upload]:
        """Return every upload, the newest first."""
        found: list[Upload] = []
        for place in self.path.iterdir() if self.path.exists() else ():
            try:
                found.append(self.read(place.name))
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

    def claim(self, upload_id: str) -> bool:
        """Say whether the caller is the one who may take it; exactly one is."""
        try:
            os.close(os.open(self.place(upload_id) / TAKEN_PLACE, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        except FileExistsError:
            return False
        return True

    def give_back(self, upload_id: str) -> None:
        """Let it be taken again, after a taking that broke off."""
        (self.place(upload_id) / TAKEN_PLACE).unlink(missing_ok=True)

    def shed(self, upload_id: str) -> None:
        """Delete the file itself once it was taken: it holds people's numbers, and the register has them now."""
        self.file(upload_id).unlink(missing_ok=True)

    def drop(self, upload_id: str) -> None:
        """Delete an upload with everything. Raises UploadUnknown."""
        shutil.rmtree(self.place(upload_id), ignore_errors=True)

    def forget(self, now: datetime) -> None:
        """Delete what is older than its term."""
        for upload in self.all():
            if now - upload.standing.updated_at > KEPT:
                self.drop(upload.handed_in.upload_id)

    def place(self, upload_id: str) -> Path:
        """Return the folder of an upload. Raises UploadUnknown: no such id, so that no path comes from outside."""
        path = self.path / upload_id
        if not _ID.fullmatch(upload_id) or not path.is_dir():
            raise UploadUnknown(upload_id=upload_id[:40])
        return path


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
