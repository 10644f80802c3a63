"""The writer's place: one holder, named, free when he is gone."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhizhao.kernel.clock import HeldClock
from zhizhao.storage.errors import UnsafeStore
from zhizhao.storage.lock import FILE, hold_writer

CLOCK = HeldClock(datetime(2026, 11, 23, 8, tzinfo=UTC))
OTHER_PROCESS = """
import sys; from pathlib import Path
from zhizhao.kernel.clock import SystemClock
from zhizhao.storage.lock import hold_writer
with hold_writer(Path(sys.argv[1]), clock=SystemClock(), purpose="other"):
    print("held", flush=True); sys.stdin.read()
"""


class TestHoldWriter:
    """The lock file."""

    def test_the_second_is_refused_and_told_who(self, tmp_path: Path) -> None:
        """The refusal names the holder's process, purpose and time."""
        with hold_writer(tmp_path, clock=CLOCK):
            with pytest.raises(UnsafeStore) as caught, hold_writer(tmp_path, clock=CLOCK):
                pass
            assert caught.value.facts["pid"] == os.getpid()
            assert caught.value.facts["purpose"] == "serve"
            assert caught.value.facts["since"] == "2026-11-23T08:00:00Z"
        with hold_writer(tmp_path, clock=CLOCK):
            pass

    def test_a_killed_process_frees_it(self, tmp_path: Path) -> None:
        """The kernel frees the lock of a process that was killed; its note in the file binds nobody."""
        command = [sys.executable, "-c", OTHER_PROCESS, str(tmp_path)]
        environment = {**os.environ, "PYTHONPATH": "src"}
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == b"held\n"
            with pytest.raises(UnsafeStore) as caught, hold_writer(tmp_path, clock=CLOCK):
                pass
            assert caught.value.facts["pid"] == other.pid
            other.kill()
            other.wait()
        assert (tmp_path / FILE).read_bytes()
        with hold_writer(tmp_path, clock=CLOCK):
            pass

    def test_only_the_owner_reads_the_file(self, tmp_path: Path) -> None:
        """The file says nothing to others, and an unreadable note is no traceback."""
        with hold_writer(tmp_path, clock=CLOCK):
            assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
            for note in (b"{", b"[1]"):
                (tmp_path / FILE).write_bytes(note)
                with pytest.raises(UnsafeStore), hold_writer(tmp_path, clock=CLOCK):
                    pass
