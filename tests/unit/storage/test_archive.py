"""A backup's file: what was written comes out, and no other file does."""

import os
import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from zhizhao.storage import archive
from zhizhao.storage.archive import read_archive, read_header, write_archive
from zhizhao.storage.errors import BackupRefused

KEY = bytes(range(32))
HEADER = b'{"schema":"0001"}'


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let chunks be 64 bytes, so that small files have many."""
    monkeypatch.setattr(archive, "CHUNK", 64)


def written(path: Path, content: Iterable[bytes], key: bytes = KEY) -> Path:
    """Write an archive."""
    write_archive(path, content, header=HEADER, key=key)
    return path


class TestArchive:
    """Writing and reading."""

    @pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 128, 1000])
    @pytest.mark.parametrize("step", [1, 50, 64, 1000])
    def test_what_goes_in_comes_out(self, tmp_path: Path, length: int, step: int) -> None:
        """Whatever the pieces, at chunk borders too."""
        content = random.Random(length).randbytes(length)
        path = written(tmp_path / "a", (content[at : at + step] for at in range(0, length, step)))
        assert read_header(path) == HEADER
        assert b"".join(read_archive(path, key=KEY)) == content
        assert path.stat().st_mode & 0o777 == 0o600
        assert [file.name for file in tmp_path.iterdir()] == ["a"]

    def test_nothing_readable_but_the_header(self, tmp_path: Path) -> None:
        """The content does not stand in the file."""
        path = written(tmp_path / "a", [b"370802199001011234" * 20])
        assert b"3708" not in path.read_bytes()

    def test_every_changed_bit_is_refused(self, tmp_path: Path) -> None:
        """One bit anywhere, header and lengths included."""
        path = written(tmp_path / "a", [os.urandom(300)])
        whole = path.read_bytes()
        for at in range(len(whole)):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
            with pytest.raises(BackupRefused):
                list(read_archive(path, key=KEY))

    def test_every_cut_is_refused(self, tmp_path: Path) -> None:
        """Cut anywhere, also between chunks; and something behind the end."""
        path = written(tmp_path / "a", [os.urandom(300)])
        whole = path.read_bytes()
        for end in range(len(whole)):
            path.write_bytes(whole[:end])
            with pytest.raises(BackupRefused):
                list(read_archive(path, key=KEY))
        path.write_bytes(whole + b"\0")
        with pytest.raises(BackupRefused):
            list(read_archive(path, key=KEY))

    def test_chunks_keep_their_place(self, tmp_path: Path) -> None:
        """Chunks changed about, left out or doubled are refused."""
        path = written(tmp_path / "a", [os.urandom(64 * 4)])
        whole = path.read_bytes()
        size = 4 + 64 + 16
        start = len(whole) - 4 * size
        head, chunks = whole[:start], [whole[start + n * size : start + (n + 1) * size] for n in range(4)]
        for order in ([1, 0, 2, 3], [0, 2, 3], [0, 1, 1, 2, 3], [0, 1, 2], [3], [0, 1, 2, 3, 3]):
            path.write_bytes(head + b"".join(chunks[n] for n in order))
            with pytest.raises(BackupRefused):
                list(read_archive(path, key=KEY))
        path.write_bytes(head + b"".join(chunks))
        assert len(b"".join(read_archive(path, key=KEY))) == 256

    def test_another_key_and_another_file(self, tmp_path: Path) -> None:
        """The wrong key, something that is no backup, nothing at all."""
        path = written(tmp_path / "a", [b"x"], key=bytes(32))
        with pytest.raises(BackupRefused):
            list(read_archive(path, key=KEY))
        (tmp_path / "b").write_bytes(b"SQLite format 3\0" + bytes(100))
        for other in (tmp_path / "b", tmp_path / "none", tmp_path):
            with pytest.raises(BackupRefused):
                read_header(other)

    def test_an_existing_file_is_never_written_over(self, tmp_path: Path) -> None:
        """Nor is half a file left when the content fails."""
        path = written(tmp_path / "a", [b"first"])
        with pytest.raises(BackupRefused, match="exists"):
            written(path, [b"second"])
        assert b"".join(read_archive(path, key=KEY)) == b"first"

        def failing() -> Iterable[bytes]:
            yield bytes(1000)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            written(tmp_path / "b", failing())
        assert [file.name for file in tmp_path.iterdir()] == ["a"]
