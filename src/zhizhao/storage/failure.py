"""What a driver's exception means: busy, full, unreachable, or a defect that keeps its own name.

Both drivers and SQLAlchemy's wrapping are read here once. What is not named here is a bug of ours and is not hidden.
"""

import sqlite3
from typing import Final, NoReturn

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.storage.errors import StoreBusy, StoreConflict, StoreFull, StoreUnreachable, TextNotKept, UnsafeStore

LOST: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""A connection that broke, or could not be made."""
FOREIGN: Final = (DBAPIError, PoolTimeout, sqlite3.Error, asyncpg.PostgresError, *LOST)
"""Everything that a driver may raise."""
_SQLITE: Final[dict[str, type[ZhizhaoError]]] = {
    "SQLITE_BUSY": StoreBusy,
    "SQLITE_LOCKED": StoreBusy,
    "SQLITE_FULL": StoreFull,
    "SQLITE_READONLY": StoreUnreachable,
    "SQLITE_IOERR": StoreUnreachable,
    "SQLITE_CANTOPEN": StoreUnreachable,
    "SQLITE_CORRUPT": UnsafeStore,
    "SQLITE_NOTADB": UnsafeStore,
}
# Appendix A of the PostgreSQL manual; five characters before their class of two.
_POSTGRESQL: Final[dict[str, type[ZhizhaoError]]] = {
    "40001": StoreConflict,  # serialization failure
    "40P01": StoreConflict,  # deadlock
    "55P03": StoreBusy,  # lock timeout
    "22021": TextNotKept,  # U+0000, which a path or a form may carry and no text column holds
    "25006": StoreUnreachable,  # read-only: no longer the leader
    "53100": StoreFull,
    "53": StoreBusy,  # too many connections, out of memory
    "57P": StoreUnreachable,  # shutdown, crash, cannot connect now
    "08": StoreUnreachable,
}
# Classes in which the server has told that the transaction was rolled back.
_DEFINITE: Final = ("22", "23", "25", "40")


def name_failure(failure: BaseException) -> ZhizhaoError | None:
    """Return our name for a driver's failure; None: it has none and is raised as it is."""
    if isinstance(failure, PoolTimeout):
        return StoreBusy(reason="no connection became free")
    cause = _original(failure)
    if isinstance(cause, sqlite3.Error):
        name = "_".join(str(getattr(cause, "sqlite_errorname", "")).split("_")[:2])
        named = _SQLITE.get(name)
        return named(reason=name) if named else None
    state = _state(cause)
    for key in (state, state[:3], state[:2]):
        if key and key in _POSTGRESQL:
            return _POSTGRESQL[key](reason=key)
    if (isinstance(failure, DBAPIError) and failure.connection_invalidated) or isinstance(cause, LOST):
        return StoreUnreachable(reason=type(cause).__name__)
    return None


def raise_named(failure: BaseException) -> NoReturn:
    """Raise our name for a failure with its cause, or the failure itself."""
    named = name_failure(failure)
    if named is None:
        raise failure
    raise named from failure


def is_definite(failure: BaseException) -> bool:
    """Say whether a failed COMMIT surely committed nothing; otherwise its outcome is unknown."""
    if isinstance(failure, DBAPIError) and failure.connection_invalidated:
        return False
    cause = _original(failure)
    if isinstance(cause, sqlite3.Error):
        return not str(getattr(cause, "sqlite_errorname", "SQLITE_IOERR")).startswith("SQLITE_IOERR")
    return _state(cause)[:2] in _DEFINITE


def _original(failure: BaseException) -> BaseException:
    """Return the driver's own exception under SQLAlchemy's and its adapter's."""
    found = failure.orig or failure if isinstance(failure, DBAPIError) else failure
    under = found.__cause__
    return under if isinstance(under, asyncpg.PostgresError | asyncpg.InternalClientError | OSError) else found


def _state(failure: BaseException) -> str:
    return str(getattr(failure, "sqlstate", None) or "")
