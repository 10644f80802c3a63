"""A kept ledger on each store."""

from pathlib import Path

import pytest

from factories.ledgers import KeptLedger, kept_ledger
from zhizhao.kernel.clock import HeldClock
from zhizhao.storage.database import Database


@pytest.fixture
def ledger(database: Database, tmp_path: Path, held_clock: HeldClock) -> KeptLedger:
    """Give an empty ledger with keys and a witness."""
    return kept_ledger(database, tmp_path, held_clock)
