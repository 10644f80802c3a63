"""Maintenance: after a restore nobody is served until an operator confirms (SECURITY.md §2 T30).

The flag is a row of the store itself, so that every process and every machine sees it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Integer, Table, delete, select

from zhizhao.storage.database import Transaction
from zhizhao.storage.errors import InMaintenance
from zhizhao.storage.schema import Moment, String, metadata
from zhizhao.storage.sqltext import upsert

MAINTENANCE = Table(
    "maintenance",
    metadata,
    Column(
        "singleton", Integer, CheckConstraint("singleton = 1", name="one_row"), primary_key=True, autoincrement=False
    ),
    Column("since", Moment, nullable=False),
    Column("because", String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Why nobody is served, and since when."""

    since: datetime
    because: str


async def maintenance(connection: Transaction) -> Maintenance | None:
    """Return the maintenance that the store is in; None: it serves."""
    row = (await connection.execute(select(MAINTENANCE.c.since, MAINTENANCE.c.because))).one_or_none()
    return row and Maintenance(row.since, row.because)


async def require_serving(connection: Transaction) -> None:
    """Return if the store may serve. Raises InMaintenance."""
    if found := await maintenance(connection):
        raise InMaintenance(since=found.since, because=found.because)


async def begin_maintenance(connection: Transaction, because: str, *, at: datetime) -> None:
    """Let nobody be served from the commit on."""
    statement = upsert(connection, MAINTENANCE, key=["singleton"], update=["since", "because"])
    await connection.execute(statement.values(singleton=1, since=at, because=because))


async def end_maintenance(connection: Transaction) -> None:
    """Serve again from the commit on."""
    await connection.execute(delete(MAINTENANCE))
