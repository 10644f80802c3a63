"""`python -m zhizhao.app.uploads.work`: try or take one upload in a process of its own (SECURITY.md T26).

Strangers' files are parsed here, under caps of memory and processor time, so that a file that blows up takes nothing
with it and the counters of the same machine go on. The errand comes through standard input; what became of it is noted
in the upload's folder, again and again, so that a page can show it. The process holds the upload's lock for its whole
work; one that does not, or whose run is over, ends before it touches anything.
"""

import asyncio
import os
import resource
import sys
import time
from dataclasses import replace
from datetime import timedelta
from typing import Final

import msgspec

from zhizhao.app.import_file import Order, import_file
from zhizhao.app.parts import Parts, open_parts
from zhizhao.app.uploads.errand import Errand
from zhizhao.app.uploads.folder import UploadFolder
from zhizhao.kernel.actor import Actor
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.registry.errors import IntakeRefused, UploadBusy
from zhizhao.registry.intake.limits import PAGE_ROWS, PAGE_UNPACKED
from zhizhao.registry.upload import RowTold, UploadState

MEMORY_BYTES: Final = 2 << 30
PROCESSOR_SECONDS: Final = 600
NICENESS: Final = 10
CHUNK_ROWS: Final = 500
"""Small transactions: a counter waits for one of them at most."""
SHOWN_ROWS: Final = 50
NOTED_EVERY: Final = 0.5
EXIT_FAILED: Final = 1


class _Scribe:
    """Notes the progress and keeps the first bad rows."""

    def __init__(self, parts: Parts, folder: UploadFolder, errand: Errand) -> None:
        self._parts, self._folder, self._errand = parts, folder, errand
        self._first: list[RowTold] = []
        self._noted = 0.0
        self.standing = folder.read(errand.upload_id).standing

    def add(self, row: int, level: str, *, column: str, uscc: str, reason: str) -> None:
        """Keep one line of the error file."""
        if len(self._first) < SHOWN_ROWS:
            self._first.append(RowTold(row, level, column, uscc, reason))

    def progress(self, position: int, size: int) -> None:
        """Note how far it is, not more often than somebody would look."""
        now = time.monotonic()
        if now - self._noted >= NOTED_EVERY:
            self._noted = now
            self.note(position=position, size=size)

    def note(self, **changes: object) -> None:
        """Write down where the upload stands now."""
        self.standing = replace(self.standing, updated_at=self._parts.clock.now(), **changes)  # type: ignore[arg-type] # fields by name
        self._folder.note(self._errand.upload_id, self.standing)

    @property
    def first(self) -> tuple[RowTold, ...]:
        """Return the lines kept."""
        return tuple(sorted(self._first, key=lambda line: line.row))


async def work(errand: Errand) -> None:
    """Do the errand and note its end. Raises UploadUnknown, UploadBusy and what no file should cause."""
    _require_own(errand)
    async with open_parts(errand.settings, offset=timedelta(microseconds=errand.offset_micros)) as parts:
        await _do(parts, UploadFolder(parts.settings.data_path()), errand)
        os.close(errand.lock)  # all is noted: who reads it may act on it, while this process puts its things away


async def _do(parts: Parts, folder: UploadFolder, errand: Errand) -> None:
    scribe = _Scribe(parts, folder, errand)
    handed_in = folder.read(errand.upload_id).handed_in
    order = Order(
        actor=Actor(errand.actor_kind, errand.actor_id),
        status_list=handed_in.status_list,
        dry_run=errand.dry_run,
        name=handed_in.name,
        largest_unpacked=PAGE_UNPACKED,
        most_rows=PAGE_ROWS,
        chunk_rows=CHUNK_ROWS,
    )
    file = folder.file(errand.upload_id)
    try:
        found = await import_file(parts, file, order=order, progress=scribe.progress, listener=scribe)
    except IntakeRefused as refusal:
        reason, message = str(refusal.facts["reason"]), str(refusal.facts.get("message", ""))
        scribe.note(state=UploadState.REFUSED, reason=reason, message=message, told=scribe.first)
        return
    state = UploadState.TRIED if errand.dry_run else UploadState.TAKEN
    scribe.note(state=state, findings=found, told=scribe.first)
    if state is UploadState.TAKEN:
        folder.shed(errand.upload_id)


def _require_own(errand: Errand) -> None:
    folder = UploadFolder(errand.settings.data_path())
    folder.require_hold(errand.upload_id, errand.lock)
    upload = folder.read(errand.upload_id)
    if not upload.is_running or upload.standing.run != errand.run:
        raise UploadBusy


def limit() -> None:
    """Cap this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)


def main() -> int:
    """Read the errand, do it; say in one line what failed, without a value of the file."""
    limit()
    errand = msgspec.json.decode(sys.stdin.buffer.read(), type=Errand)
    try:
        asyncio.run(work(errand))
    except ZhizhaoError as refusal:
        sys.stderr.write(f"upload {errand.upload_id}: {refusal.code}\n")
    except (Exception, MemoryError) as fault:  # noqa: BLE001 the parent notes that it broke off; a trace could hold values
        sys.stderr.write(f"upload {errand.upload_id}: {type(fault).__name__}\n")
    else:
        return 0
    return EXIT_FAILED


if __name__ == "__main__":
    raise SystemExit(main())
