"""An issuing office on each store."""

from pathlib import Path

import pytest

from factories.issuing import IssuingOffice, issuing_office
from zhizhao.kernel.clock import HeldClock
from zhizhao.storage.database import Database


@pytest.fixture
def desk(database: Database, tmp_path: Path, held_clock: HeldClock) -> IssuingOffice:
    """Give an office whose licences follow only when told to."""
    return issuing_office(database, tmp_path, held_clock)


@pytest.fixture
def reacting(database: Database, tmp_path: Path, held_clock: HeldClock) -> IssuingOffice:
    """Give an office whose licences follow the register in its own transactions."""
    return issuing_office(database, tmp_path, held_clock, reacts=True)
