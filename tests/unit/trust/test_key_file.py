"""The encrypted key file: passphrases, damage, dying writers, two writers."""

import hashlib
import json
import os
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizhao.trust.errors import KeyFileDamaged, KeyFileExists, KeyFileExposed, KeyFileMissing, PassphraseRefused
from zhizhao.trust.key_file import NAME, KdfCost, KeyFile, KeyRecord, Ring
from zhizhao.trust.keys import Purpose, Suite

CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)
AT = datetime(2026, 1, 1, tzinfo=UTC)


def record(kid: str) -> KeyRecord:
    """Make a record; the file does not look inside."""
    return KeyRecord(
        kid=kid, purpose=Purpose.CODE, suite=Suite.HMAC_SHA256, created_at=AT, current_at=AT, secret=b"secret-" * 5
    )


RING = Ring(epoch=7, keys=(record("a"),))


@pytest.fixture
def made(tmp_path: Path) -> KeyFile:
    """Give a new file."""
    return KeyFile.create(tmp_path, b"right", RING, cost=CHEAP)


class TestOpen:
    """What opens and what does not."""

    def test_the_right_passphrase_opens(self, tmp_path: Path, made: KeyFile) -> None:
        """What was written is read."""
        assert made.read() == RING
        assert KeyFile.open(tmp_path, b"right").read() == RING

    def test_the_wrong_passphrase_is_named(self, tmp_path: Path, made: KeyFile) -> None:
        """A wrong passphrase is no damage."""
        assert made
        with pytest.raises(PassphraseRefused):
            KeyFile.open(tmp_path, b"wrong")

    def test_a_missing_file_is_named(self, tmp_path: Path, made: KeyFile) -> None:
        """Neither opening nor looking works without the file."""
        (tmp_path / NAME).unlink()
        with pytest.raises(KeyFileMissing):
            KeyFile.open(tmp_path, b"right")
        with pytest.raises(KeyFileMissing):
            made.stamp()

    def test_an_exposed_file_is_refused(self, tmp_path: Path, made: KeyFile) -> None:
        """Group and others may not even read; the way to repair it is told."""
        (tmp_path / NAME).chmod(0o640)
        with pytest.raises(KeyFileExposed) as caught:
            made.read()
        assert "chmod 600" in str(caught.value.facts["repair"])

    def test_the_file_is_the_owners_alone(self, tmp_path: Path, made: KeyFile) -> None:
        """Mode 0600 from the first byte, and after a change."""
        assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
        with made.change():
            pass
        assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600

    def test_nothing_secret_is_readable(self, tmp_path: Path, made: KeyFile) -> None:
        """The secret, the kid and the purposes are nowhere in the bytes."""
        assert made
        raw = (tmp_path / NAME).read_bytes()
        for text in (b"secret-", b"code", b"purpose", b"HMAC"):
            assert text not in raw

    def test_an_existing_file_is_never_replaced(self, tmp_path: Path, made: KeyFile) -> None:
        """A second create refuses and leaves the first file as it was."""
        before = (tmp_path / NAME).read_bytes()
        with pytest.raises(KeyFileExists):
            KeyFile.create(tmp_path, b"other", RING, cost=CHEAP)
        assert (tmp_path / NAME).read_bytes() == before
        assert made.read() == RING


class TestDamage:
    """Every kind of damage is named and none is taken for a wrong passphrase."""

    @settings(max_examples=60, deadline=None)
    @given(cut=st.integers(min_value=0))
    def test_a_truncated_file(self, tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
        """Cut anywhere, the file is damaged."""
        folder = tmp_path_factory.mktemp("cut")
        KeyFile.create(folder, b"right", RING, cost=CHEAP)
        path = folder / NAME
        raw = path.read_bytes()
        path.write_bytes(raw[: cut % len(raw)])
        with pytest.raises(KeyFileDamaged):
            KeyFile.open(folder, b"right")

    @settings(max_examples=120, deadline=None)
    @given(place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
    def test_a_flipped_bit(self, tmp_path_factory: pytest.TempPathFactory, place: int, bit: int) -> None:
        """One bit anywhere is found before the passphrase is tried."""
        folder = tmp_path_factory.mktemp("flip")
        KeyFile.create(folder, b"right", RING, cost=CHEAP)
        path = folder / NAME
        raw = bytearray(path.read_bytes())
        raw[place % len(raw)] ^= 1 << bit
        path.write_bytes(raw)
        with pytest.raises(KeyFileDamaged):
            KeyFile.open(folder, b"right")

    @pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b"\x00" * 500, b'{"format":"zhizhao-keys-2"}'])
    def test_no_key_file(self, tmp_path: Path, made: KeyFile, content: bytes) -> None:
        """Other content is damage too."""
        (tmp_path / NAME).write_bytes(content)
        with pytest.raises(KeyFileDamaged):
            made.read()

    def test_a_ring_of_another_file(self, tmp_path: Path, made: KeyFile) -> None:
        """A ring swapped in from another file, with a repaired checksum, does not open."""
        KeyFile.create(tmp_path / "b", b"right", RING, cost=CHEAP)
        ours = json.loads((tmp_path / NAME).read_bytes())
        ours["ring"] = json.loads((tmp_path / "b" / NAME).read_bytes())["ring"]
        ours["sha256"] = ""
        ours["sha256"] = hashlib.sha256(json.dumps(ours, separators=(",", ":")).encode()).hexdigest()
        (tmp_path / NAME).write_bytes(json.dumps(ours).encode())
        with pytest.raises(KeyFileDamaged) as caught:
            made.read()
        assert caught.value.facts["reason"] == "ring"

    def test_a_greedy_cost_is_refused(self, tmp_path: Path, made: KeyFile) -> None:
        """A file cannot make us spend a terabyte of memory."""
        ours = json.loads((tmp_path / NAME).read_bytes())
        ours["kdf"]["memory_kib"] = 1 << 30
        (tmp_path / NAME).write_bytes(json.dumps(ours).encode())
        with pytest.raises(KeyFileDamaged):
            made.read()


class TestChange:
    """Changes are whole, counted, and one at a time."""

    def test_the_epoch_grows(self, tmp_path: Path, made: KeyFile) -> None:
        """A change is written with the next epoch, and the stamp tells."""
        before = made.stamp()
        with made.change() as keys:
            keys.append(record("b"))
        assert made.stamp() != before
        ring = KeyFile.open(tmp_path, b"right").read()
        assert ring.epoch == 8
        assert [key.kid for key in ring.keys] == ["a", "b"]

    def test_a_raised_change_is_not_written(self, made: KeyFile) -> None:
        """What was raised inside leaves the file alone."""
        before = made.stamp()

        def fail() -> None:
            with made.change() as keys:
                keys.clear()
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert made.stamp() == before

    def test_a_new_passphrase(self, tmp_path: Path, made: KeyFile) -> None:
        """The new passphrase opens, the old one does not, and the old master key reads nothing later."""
        early = KeyFile.open(tmp_path, b"right")
        made.change_passphrase(b"new", cost=CHEAP)
        assert made.read() == RING
        assert KeyFile.open(tmp_path, b"new").read() == RING
        with pytest.raises(PassphraseRefused):
            KeyFile.open(tmp_path, b"right")
        with pytest.raises(KeyFileDamaged):
            early.read()

    @pytest.mark.parametrize("call", ["write", "fsync", "replace", "after"])
    def test_killed_between_writes(self, tmp_path: Path, made: KeyFile, call: str) -> None:
        """A process that dies at any step leaves the old or the new file, whole, and the next change works."""
        script = textwrap.dedent(
            f"""
            import os, sys
            from pathlib import Path
            sys.path[:0] = {sys.path!r}
            from zhizhao.trust import key_file
            file = key_file.KeyFile.open(Path({str(tmp_path)!r}), b"right")
            die = lambda *a, **k: os.kill(os.getpid(), 9)
            if {call!r} == "write": os.fdopen = lambda f, m: os.write(f, b"half") if m == "wb" and die() else None
            if {call!r} == "fsync": os.fsync = die
            if {call!r} == "replace": Path.replace = die
            if {call!r} == "after":
                first = Path.replace
                def replace(self, other):
                    first(self, other); die()
                Path.replace = replace
            with file.change() as keys:
                keys.append(keys[0])
            """
        )
        died = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
        assert died.returncode == -9, died.stderr
        assert KeyFile.open(tmp_path, b"right").read().epoch == (8 if call == "after" else 7)
        with made.change():
            pass
        assert not (tmp_path / NAME).with_suffix(".new").exists()

    def test_control_writing_in_place_loses_the_file(self, tmp_path: Path, made: KeyFile) -> None:
        """Control: a writer that wrote in place and died half way would have left damage."""
        raw = (tmp_path / NAME).read_bytes()
        with os.fdopen(os.open(tmp_path / NAME, os.O_WRONLY | os.O_TRUNC), "wb") as file:
            file.write(raw[: len(raw) // 2])
        with pytest.raises(KeyFileDamaged):
            made.read()

    def test_writers_take_turns(self, tmp_path: Path, made: KeyFile) -> None:
        """Four processes that each add ten keys lose none."""
        script = textwrap.dedent(
            f"""
            import sys
            from pathlib import Path
            sys.path[:0] = {sys.path!r}
            from zhizhao.trust.key_file import KeyFile
            file = KeyFile.open(Path({str(tmp_path)!r}), b"right")
            for _ in range(10):
                with file.change() as keys:
                    keys.append(keys[0])
            """
        )
        running = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(4)]
        assert [process.wait() for process in running] == [0] * 4
        ring = made.read()
        assert (ring.epoch, len(ring.keys)) == (47, 41)
