"""Engines for both stores: durable pragmas on SQLite, timeouts that never touch a COMMIT on PostgreSQL."""

import sqlite3
from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
    "PRAGMA trusted_schema=OFF",
)
POSTGRESQL_SETTINGS = {
    "statement_timeout": "0",  # it would cover COMMIT too, SECURITY.md §3.4
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "10000",
    "application_name": "zhizhao",
    "timezone": "UTC",
    "jit": "off",
}


def set_up_sqlite(connection: sqlite3.Connection | Any) -> None:
    """Give a new SQLite connection the durable pragmas of SECURITY.md §9."""
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma).close()


def sqlite_engine(url: URL, *, writes: bool, size: int) -> AsyncEngine:
    """Return an engine whose transactions begin IMMEDIATE (writer) or deferred and read-only (reader)."""
    engine = create_async_engine(
        url, poolclass=AsyncAdaptedQueuePool, pool_size=size, max_overflow=0, hide_parameters=True
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _connect(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves
        cursor = raw.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        if not writes:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def postgresql_engine(url: URL, *, size: int) -> AsyncEngine:
    """Return the ordinary pool of a worker; the hot paths have their own two connections."""
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=size,
        pool_recycle=45,  # HAProxy's idle timeout, SECURITY.md §9
        hide_parameters=True,  # a failed statement's values stay out of the log, SECURITY.md §9
        pool_pre_ping=True,  # a connection that died idle is replaced before the first statement
        connect_args={
            "server_settings": POSTGRESQL_SETTINGS,
            "timeout": 10,
            "target_session_attrs": "read-write",  # never the old leader, SECURITY.md §9
        },
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _listen(raw: Any, record: Any) -> None:
        raw.driver_connection.add_log_listener(lambda _, message: note_unsure(message, record.info))

    return engine


UNSURE = "commit_unsure"


def note_unsure(message: Any, notes: dict[Any, Any]) -> None:
    """Note a server's warning that a wait for synchronous replication was cancelled (SECURITY.md §3.4.4)."""
    if "synchronous replication" in str(message.message):
        notes[UNSURE] = str(message.message)
