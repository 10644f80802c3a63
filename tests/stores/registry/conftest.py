"""A register on each store in turn."""

from pathlib import Path

import pytest

from factories.registers import Register, open_register
from zhizhao.kernel.clock import HeldClock
from zhizhao.storage.database import Database


@pytest.fixture
def register(database: Database, tmp_path: Path, held_clock: HeldClock) -> Register:
    """Give an empty register."""
    return open_register(database, tmp_path, held_clock)
