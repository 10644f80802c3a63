"""Drivers' failures have our names, and what is a defect of ours keeps its own."""

import sqlite3
from typing import Any

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.storage.errors import StoreBusy, StoreConflict, StoreFull, StoreUnreachable, UnsafeStore
from zhizhao.storage.failure import is_definite, name_failure, raise_named


def lite(name: str) -> sqlite3.OperationalError:
    """Make a failure as SQLite's driver does."""
    failure = sqlite3.OperationalError(name)
    failure.sqlite_errorname = name
    return failure


def wrapped(cause: Exception, *, lost: bool = False, kind: type[DBAPIError] = DBAPIError) -> DBAPIError:
    """Wrap it as SQLAlchemy does."""
    return kind("SELECT 1", {}, cause, connection_invalidated=lost)


def adapted(cause: Exception) -> DBAPIError:
    """Wrap it twice, as SQLAlchemy does with asyncpg's."""
    adapter = Exception("adapter")
    adapter.__cause__ = cause
    return wrapped(adapter)


NAMED: list[tuple[Exception, type[ZhizhaoError] | None]] = [
    (lite("SQLITE_BUSY"), StoreBusy),
    (lite("SQLITE_BUSY_SNAPSHOT"), StoreBusy),
    (lite("SQLITE_FULL"), StoreFull),
    (lite("SQLITE_IOERR_FSYNC"), StoreUnreachable),
    (lite("SQLITE_READONLY"), StoreUnreachable),
    (lite("SQLITE_NOTADB"), UnsafeStore),
    (lite("SQLITE_CORRUPT_VTAB"), UnsafeStore),
    (lite("SQLITE_ERROR"), None),
    (lite("SQLITE_CONSTRAINT_UNIQUE"), None),
    (wrapped(lite("SQLITE_FULL")), StoreFull),
    (asyncpg.SerializationError("x"), StoreConflict),
    (asyncpg.DeadlockDetectedError("x"), StoreConflict),
    (asyncpg.LockNotAvailableError("x"), StoreBusy),
    (asyncpg.TooManyConnectionsError("x"), StoreBusy),
    (asyncpg.DiskFullError("x"), StoreFull),
    (asyncpg.ReadOnlySQLTransactionError("x"), StoreUnreachable),
    (asyncpg.AdminShutdownError("x"), StoreUnreachable),
    (asyncpg.ConnectionDoesNotExistError("x"), StoreUnreachable),
    (asyncpg.InterfaceError("x"), StoreUnreachable),
    (asyncpg.UniqueViolationError("x"), None),
    (asyncpg.UndefinedTableError("x"), None),
    (adapted(asyncpg.DeadlockDetectedError("x")), StoreConflict),
    (adapted(asyncpg.UniqueViolationError("x")), None),
    (wrapped(Exception("x"), lost=True), StoreUnreachable),
    (wrapped(Exception("x"), kind=IntegrityError), None),
    (ConnectionRefusedError("x"), StoreUnreachable),
    (PoolTimeout("x"), StoreBusy),
]


class TestNameFailure:
    """What each is called."""

    @pytest.mark.parametrize(("failure", "name"), NAMED, ids=lambda value: str(getattr(value, "__name__", value))[:60])
    def test_names(self, failure: Exception, name: type[ZhizhaoError] | None) -> None:
        """Each failure has the name that tells the caller what to do; a defect has none."""
        named = name_failure(failure)
        assert (named and type(named)) is name
        with pytest.raises(name or type(failure)) as caught:
            raise_named(failure)
        assert caught.value is failure or caught.value.__cause__ is failure


class TestIsDefinite:
    """Whether a failed COMMIT surely committed nothing."""

    @pytest.mark.parametrize(
        ("failure", "definite"),
        [
            (lite("SQLITE_FULL"), True),
            (lite("SQLITE_BUSY"), True),
            (lite("SQLITE_CONSTRAINT_FOREIGNKEY"), True),
            (lite("SQLITE_IOERR_FSYNC"), False),
            (sqlite3.OperationalError("no name"), False),
            (asyncpg.UniqueViolationError("x"), True),
            (asyncpg.SerializationError("x"), True),
            (asyncpg.AdminShutdownError("x"), False),
            (asyncpg.ConnectionDoesNotExistError("x"), False),
            (ConnectionResetError("x"), False),
            (adapted(asyncpg.UniqueViolationError("x")), True),
            (wrapped(Exception("x"), lost=True), False),
        ],
        ids=str,
    )
    def test_only_what_the_server_told(self, failure: Any, definite: bool) -> None:  # noqa: FBT001 a parameter of the table
        """Only an error that the store itself answered COMMIT with is definite."""
        assert is_definite(failure) is definite
