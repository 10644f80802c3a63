"""Fixtures of the public door: the application with stand-ins below it."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from factories.public import public_verbs
from factories.web import client_of, trial_app
from zhizhao.storage.database import Database
from zhizhao.web.public.routes import handlers


@pytest.fixture
def client(sqlite_url: str) -> Iterator[TestClient[Litestar]]:
    """Give a client of the public door in demonstration mode."""
    app = trial_app(Database(sqlite_url), handlers=handlers, dependencies={"public_verbs": public_verbs()})
    with client_of(app) as opened:
        yield opened
