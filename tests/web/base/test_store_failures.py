"""A store that fails inside a request's own transaction is told by its name, not as a defect (SECURITY.md §3.4, L4)."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.testing import TestClient
from sqlalchemy.exc import DBAPIError

from factories.web import client_of, trial_app
from zhizhao.storage import database as storage
from zhizhao.storage.database import Database, Transaction
from zhizhao.web import refusals
from zhizhao.web.guards import PUBLIC


def failing(name: str) -> DBAPIError:
    """Return what SQLAlchemy raises when SQLite answers with an error of this name."""
    cause = sqlite3.OperationalError("no text of a driver leaves")
    cause.sqlite_errorname = name
    return DBAPIError("SELECT 1", {}, cause)


@get("/trial/read/{name:str}", permission=PUBLIC)
async def reading(name: FromPath[str], reader: NamedDependency[Transaction]) -> str:
    """Fail inside the reading transaction."""
    del reader
    raise failing(name)


@get("/trial/write/{name:str}", permission=PUBLIC)
async def writing(name: FromPath[str], tx: NamedDependency[Transaction]) -> str:
    """Fail inside the writing transaction."""
    del tx
    raise failing(name)


@get("/trial/commit", permission=PUBLIC)
async def committing(tx: NamedDependency[Transaction]) -> str:
    """Leave the failure to the COMMIT."""
    del tx
    return "never seen"


@pytest.fixture
def client(sqlite_url: str) -> Iterator[TestClient[Litestar]]:
    """Give a client of an application with the failing routes."""
    with client_of(trial_app(Database(sqlite_url), handlers=[reading, writing, committing])) as opened:
        yield opened


TOLD = [("SQLITE_BUSY", 503, "busy"), ("SQLITE_FULL", 507, "store-full"), ("SQLITE_IOERR", 503, "store-unreachable")]


@pytest.mark.parametrize("way", ["read", "write"])
@pytest.mark.parametrize(("name", "status", "code"), TOLD)
def test_by_its_name(client: TestClient[Litestar], way: str, name: str, status: int, code: str) -> None:
    """Busy, full and unreachable are three answers, and a program may wait for two of them."""
    answer = client.get(f"/trial/{way}/{name}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("retry-after" in answer.headers) == (status == 503)


def test_what_has_no_name_is_a_defect(client: TestClient[Litestar]) -> None:
    """And tells nothing."""
    answer = client.get("/trial/read/SQLITE_ERROR")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "driver" not in answer.text


def test_a_commit_of_unknown_end(client: TestClient[Litestar], monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer of the handler does not leave; the caller asks again with the same key."""

    async def lost(_connection: Any) -> None:
        raise storage.CommitUnknown(during="request")

    monkeypatch.setattr(storage, "_commit", lost)
    answer = client.get("/trial/commit")
    assert (answer.status_code, answer.json()["code"]) == (503, "commit-unknown")


def test_in_a_group_it_was_a_defect(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the framework's group, not opened, was answered 500 whatever the store had said."""
    monkeypatch.setattr(refusals, "refuse_named", refusals.fail)
    with client_of(trial_app(Database(sqlite_url), handlers=[reading])) as opened:
        assert opened.get("/trial/read/SQLITE_BUSY").status_code == 500
