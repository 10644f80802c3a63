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


async def insert_many(
    connection: AsyncConnection, table: Table, *, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Insert many rows past the statement compiler; values are in stored form (moments as microseconds).

    One statement on PostgreSQL, whose arguments are the columns as arrays; one visit to the thread on SQLite.
    """
    if not rows:
        return
    into = f"INSERT INTO {table.name} ({', '.join(columns)})"  # names from our schema, never from outside
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" for _ in columns)
        await connection.exec_driver_sql(f"{into} VALUES ({marks})", list(map(tuple, rows)))
        return
    types = (table.c[name].type.compile(dialect=connection.dialect).split()[0] for name in columns)
    arrays = ", ".join(f"${place}::{kind}[]" for place, kind in enumerate(types, start=1))
    values = tuple(map(list, zip(*rows, strict=True)))
    await connection.exec_driver_sql(f"{into} SELECT * FROM unnest({arrays})", values)  # noqa: S608 names from our schema
