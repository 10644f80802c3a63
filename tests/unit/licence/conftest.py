"""Keys that cost nothing to open."""

from pathlib import Path

import pytest

from factories.ledgers import cheap_keys
from zhizhao.kernel.clock import HeldClock
from zhizhao.trust.file_provider import FileKeys


@pytest.fixture
def keys(tmp_path: Path, held_clock: HeldClock) -> FileKeys:
    """Give one key for every purpose."""
    return cheap_keys(tmp_path / "keys", held_clock)
