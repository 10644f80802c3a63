"""A wallet on each store in turn."""

from pathlib import Path

import pytest

from factories.wallets import KeptWallet, kept_wallet
from zhizhao.kernel.clock import SystemClock
from zhizhao.storage.database import Database


@pytest.fixture
def wallet(database: Database, tmp_path: Path, system_clock: SystemClock) -> KeptWallet:
    """Give an empty wallet whose time is the store's."""
    return kept_wallet(database, tmp_path, system_clock)
