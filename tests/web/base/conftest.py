"""Fixtures of the web policies' tests: an application over an empty SQLite file."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from factories.web import client_of, trial_app
from zhizhao.storage.database import Database


@pytest.fixture
def app(sqlite_url: str) -> Litestar:
    """Give the trial application in demonstration mode."""
    return trial_app(Database(sqlite_url))


@pytest.fixture
def client(app: Litestar) -> Iterator[TestClient[Litestar]]:
    """Give a client of it."""
    with client_of(app) as opened:
        yield opened
