"""Grants: table and row ↔ noun."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, Row, Table, insert, select, update

from zhizhao.catalogue.matter import Function
from zhizhao.kernel.clock import from_micros
from zhizhao.mandate.grant import Grant, Role
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.hot import HotConnection
from zhizhao.storage.schema import Bytes, Day, Moment, String, metadata

GRANTS = Table(
    "mandate_grants",
    metadata,
    Column("uscc", String, primary_key=True),
    Column("mandate_id", String, primary_key=True),
    Column("principal_lookup", Bytes(32), nullable=False),
    Column("grantee_lookup", Bytes(32), nullable=False),
    Column("role", String, nullable=False),
    Column("matters", String, nullable=True),
    Column("functions", String, nullable=False),
    Column("from_on", Day, nullable=False),
    Column("to_on", Day, nullable=False),
    Column("uses", Integer, nullable=True),
    Column("used", Integer, nullable=False),
    Column("granted_at", Moment, nullable=False),
    Column("accepted_at", Moment, nullable=True),
    Column("withdrawn_at", Moment, nullable=True),
)
Index("ix_mandate_grants_mandate_id", GRANTS.c.mandate_id)
Index("ix_mandate_grants_grantee_lookup", GRANTS.c.grantee_lookup)

COLUMNS = ", ".join(column.name for column in GRANTS.columns)
GRANTS_HOT_SQLITE = f"SELECT {COLUMNS} FROM mandate_grants WHERE mandate_id IN (SELECT value FROM json_each(?1))"  # noqa: S608 our own names
GRANTS_HOT_POSTGRESQL = f"SELECT {COLUMNS} FROM mandate_grants WHERE mandate_id = ANY($1::text[])"  # noqa: S608 our own names
_SPEND = """UPDATE mandate_grants SET used = used + 1
 WHERE uscc = {0}1 AND mandate_id = {0}2 AND withdrawn_at IS NULL AND (uses IS NULL OR used < uses)
 RETURNING used"""
SPEND_SQLITE = _SPEND.format("?")
SPEND_POSTGRESQL = _SPEND.format("$")


def _grant(row: Row[Any]) -> Grant:
    return Grant(
        mandate_id=row.mandate_id,
        uscc=row.uscc,
        principal_lookup=row.principal_lookup,
        grantee_lookup=row.grantee_lookup,
        role=Role(row.role),
        matters=_matters(row.matters),
        functions=_functions(row.functions),
        from_on=row.from_on,
        to_on=row.to_on,
        uses=row.uses,
        used=row.used,
        granted_at=row.granted_at,
        accepted_at=row.accepted_at,
        withdrawn_at=row.withdrawn_at,
    )


def _matters(stored: str | None) -> frozenset[str] | None:
    return None if stored is None else frozenset(json.loads(stored))


def _functions(stored: str) -> frozenset[Function]:
    return frozenset(Function(name) for name in json.loads(stored))


def _day(stored: date | str) -> date:
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


def _moment(stored: int | None) -> datetime | None:
    return None if stored is None else from_micros(stored)


def _grant_hot(row: Sequence[Any]) -> Grant:
    """Return the grant of a driver's row; SQLite gives days as text, both engines give moments as integers."""
    found = dict(zip((column.name for column in GRANTS.columns), row, strict=True))
    found["role"] = Role(found["role"])
    found["matters"] = _matters(found["matters"])
    found["functions"] = _functions(found["functions"])
    found["from_on"], found["to_on"] = _day(found["from_on"]), _day(found["to_on"])
    for name in ("granted_at", "accepted_at", "withdrawn_at"):
        found[name] = _moment(found[name])
    return Grant(**found)


class GrantStore:
    """Reads and writes grants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self, connection: Transaction) -> datetime:
        """Return the store's present moment, UTC."""
        return await self._database.now(connection)

    async def insert(self, connection: Transaction, grant: Grant) -> None:
        """Keep a new grant."""
        row = {
            "uscc": grant.uscc,
            "mandate_id": grant.mandate_id,
            "principal_lookup": grant.principal_lookup,
            "grantee_lookup": grant.grantee_lookup,
            "role": grant.role.value,
            "matters": None if grant.matters is None else json.dumps(sorted(grant.matters)),
            "functions": json.dumps(sorted(grant.functions)),
            "from_on": grant.from_on,
            "to_on": grant.to_on,
            "uses": grant.uses,
            "used": grant.used,
            "granted_at": grant.granted_at,
            "accepted_at": grant.accepted_at,
            "withdrawn_at": grant.withdrawn_at,
        }
        await connection.execute(insert(GRANTS), row)

    async def get(self, connection: Transaction, mandate_id: str) -> Grant | None:
        """Return a grant; None when there is none."""
        row = (await connection.execute(select(GRANTS).where(GRANTS.c.mandate_id == mandate_id))).one_or_none()
        return None if row is None else _grant(row)

    async def by_grantee(self, connection: Transaction, grantee_lookup: bytes) -> list[Grant]:
        """Return every grant to a person, whatever its state, newest first."""
        statement = select(GRANTS).where(GRANTS.c.grantee_lookup == grantee_lookup)
        return [_grant(row) for row in await connection.execute(statement.order_by(GRANTS.c.granted_at.desc()))]

    async def of_entity(self, connection: Transaction, uscc: str) -> list[Grant]:
        """Return every grant of an entity, whatever its state, newest first."""
        statement = select(GRANTS).where(GRANTS.c.uscc == uscc)
        return [_grant(row) for row in await connection.execute(statement.order_by(GRANTS.c.granted_at.desc()))]

    async def accept(self, connection: Transaction, grant: Grant) -> bool:
        """Set the moment of acceptance once; False when it was accepted or withdrawn before."""
        return await self._once(connection, grant, "accepted_at")

    async def withdraw(self, connection: Transaction, grant: Grant) -> bool:
        """Set the moment of withdrawal once; False when it was withdrawn before."""
        return await self._once(connection, grant, "withdrawn_at")

    async def _once(self, connection: Transaction, grant: Grant, moment: str) -> bool:
        statement = update(GRANTS).where(
            GRANTS.c.uscc == grant.uscc,
            GRANTS.c.mandate_id == grant.mandate_id,
            GRANTS.c.withdrawn_at.is_(None),
            GRANTS.c[moment].is_(None),
        )
        done = await connection.execute(statement.values({moment: self._database.now_column()}))
        return bool(done.rowcount == 1)

    async def grants_hot(self, hot: HotConnection, mandate_ids: Iterable[str]) -> dict[str, Grant]:
        """Return the grants for a batch in one round trip; two bodies, SECURITY.md §3.1."""
        wanted = list(mandate_ids)
        if hot.is_sqlite:
            rows = await hot.fetch(GRANTS_HOT_SQLITE, json.dumps(wanted))
        else:
            rows = await hot.fetch(GRANTS_HOT_POSTGRESQL, wanted)
        grants = [_grant_hot(row) for row in rows]
        return {grant.mandate_id: grant for grant in grants}

    async def spend_hot(self, hot: HotConnection, keys: Sequence[tuple[str, str]]) -> list[bool]:
        """Take one use each from (USCC, mandate id), in the order given; False where none was left.

        Give the keys sorted, so that two batches lock their rows in one order.
        """
        answers = await hot.fetch_each(SPEND_SQLITE if hot.is_sqlite else SPEND_POSTGRESQL, keys)
        return [bool(rows) for rows in answers]
