"""Statements that the two engines spell differently, one function each."""

from collections.abc import Sequence

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import Insert


def insert_once(connection: AsyncConnection, table: Table) -> Insert:
    """Return an INSERT that leaves an existing row (same primary or unique key) as it is; rowcount tells which."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def upsert(connection: AsyncConnection, table: Table, *, key: Sequence[str], update: Sequence[str]) -> Insert:
    """Return an INSERT that, on an existing `key`, sets the columns of `update` to the new values."""
    if connection.dialect.name == "sqlite":
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(index_elements=key, set_={c: lite.excluded[c] for c in update})
    full = postgresql.insert(table)
    return full.on_conflict_do_update(index_elements=key, set_={c: full.excluded[c] for c in update})
