"""Fixtures every test may use: both stores, a held clock."""

import itertools
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from factories.postgres import Postgres, running_postgres
from zhizhao.kernel.clock import HeldClock, SystemClock
from zhizhao.storage.database import Database
from zhizhao.storage.migrate import migrate

_numbers = itertools.count()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Refuse cases given as a set: its order differs between workers, which then collect different tests."""
    for marker in metafunc.definition.iter_markers("parametrize"):
        if isinstance(marker.args[1], set | frozenset):
            message = f"{metafunc.definition.nodeid}: parametrize takes its cases in an order, not as a set"
            raise pytest.UsageError(message)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name bytes by their length: fresh keys would give each worker other names, and workers must collect the same."""
    return f"{len(val)}-bytes" if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server per test process, with a migrated template database."""
    with running_postgres() as server:
        server.sql("CREATE DATABASE template_zhizhao")
        migrate(server.url("template_zhizhao"))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "zhizhao.db"
    migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """Give the address of a fresh migrated PostgreSQL database; drop it at the end."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    postgres.sql(f"CREATE DATABASE {name} TEMPLATE template_zhizhao")
    yield postgres.url(name)
    postgres.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Give the address of a fresh migrated SQLite file."""
    path = tmp_path / "zhizhao.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give a fresh migrated database of each kind in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Give an open store of each kind in turn."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def held_clock() -> HeldClock:
    """Give a clock that stands at a known moment."""
    return HeldClock(datetime(2026, 11, 23, 8, tzinfo=UTC))


@pytest.fixture
def system_clock() -> SystemClock:
    """Give the machine's clock, for tests that let the store tell the time."""
    return SystemClock()
