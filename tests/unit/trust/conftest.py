"""A key file that costs nothing to open, and a clock that the test moves."""

from pathlib import Path

import pytest

from zhizhao.kernel.clock import HeldClock
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.key_file import KdfCost

PASSPHRASE = b"correct horse"
CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)


@pytest.fixture
def key_folder(tmp_path: Path) -> Path:
    """Give the folder that `keys` lives in."""
    return tmp_path / "keys"


@pytest.fixture
def keys(key_folder: Path, held_clock: HeldClock) -> FileKeys:
    """Give fresh keys of every purpose."""
    return FileKeys.create(key_folder, PASSPHRASE, clock=held_clock, cost=CHEAP)


@pytest.fixture
def opened_again(key_folder: Path, keys: FileKeys, held_clock: HeldClock) -> FileKeys:
    """Give the same file opened as another process would."""
    assert keys
    return FileKeys.open(key_folder, PASSPHRASE, clock=held_clock)
