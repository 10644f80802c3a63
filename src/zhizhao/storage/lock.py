"""The single writer's place on SQLite: a lock file that `serve` holds and that names its holder (SECURITY.md §3.5).

The kernel frees the lock when the process ends, however it ends; the text in the file only helps people.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zhizhao.kernel.clock import Clock, rfc3339
from zhizhao.storage.errors import UnsafeStore

FILE = "serve.lock"
OWNER_ONLY = 0o600
LONGEST_NOTE = 4096


@contextmanager
def hold_writer(folder: Path, *, clock: Clock, purpose: str = "serve") -> Iterator[None]:
    """Hold the writer's place of an installation. Raises UnsafeStore, naming the process that holds it."""
    descriptor = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise UnsafeStore(reason="another process holds the writer's place", **_holder(descriptor)) from cause
        _note(descriptor, {"pid": os.getpid(), "purpose": purpose, "since": rfc3339(clock.now())})
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _note(descriptor: int, facts: dict[str, object]) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(facts).encode(), 0)


def _holder(descriptor: int) -> dict[str, object]:
    """Return what the holder wrote; nothing while it is writing."""
    try:
        facts = json.loads(os.pread(descriptor, LONGEST_NOTE, 0))
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}
