"""Places in the Token Status Lists; a place is taken by a unique key, never by a look before.

Keyed by list: the lists are their own distribution key, since a whole list is always read together.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Index, Integer, Table, func, literal, select, tuple_, type_coerce, update

from zhizhao.kernel.clock import to_micros
from zhizhao.licence.status import STATUS_CODES, LicenceStatus
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.schema import BigInt, Moment, String, metadata
from zhizhao.storage.sqltext import insert_once

Position = tuple[int, int]
"""List number and index."""

POSITIONS = Table(
    "licence_positions",
    metadata,
    Column("list_number", Integer, primary_key=True, autoincrement=False),
    Column("list_index", Integer, primary_key=True, autoincrement=False),
    Column("uscc", String, nullable=True),
    Column("version", Integer, nullable=True),
    Column("status", Integer, nullable=False),
    Column("changed_at", Moment, nullable=True),
)
Index(
    "ix_licence_positions_changed",
    POSITIONS.c.list_number,
    POSITIONS.c.changed_at,
    sqlite_where=POSITIONS.c.changed_at.is_not(None),
    postgresql_where=POSITIONS.c.changed_at.is_not(None),
)
LISTS = Table(
    "licence_lists",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
)


class PositionStore:
    """Reads and writes places in the lists."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self, connection: Transaction) -> datetime:
        """Return the store's present moment, UTC."""
        return await self._database.now(connection)

    async def newest(self, connection: Transaction) -> tuple[int, int] | None:
        """Return number and size of the list that is being filled."""
        row = (await connection.execute(select(LISTS).order_by(LISTS.c.number.desc()).limit(1))).one_or_none()
        return None if row is None else (row.number, row.size)

    async def size(self, connection: Transaction, number: int) -> int | None:
        """Return the size of a list in entries; None when there is no such list."""
        size: int | None = (
            await connection.execute(select(LISTS.c.size).where(LISTS.c.number == number))
        ).scalar_one_or_none()
        return size

    async def open(self, connection: Transaction, number: int, *, size: int, decoys: Sequence[Position]) -> None:
        """Begin a list with its decoys (index, code); nothing happens when another transaction began it."""
        made = await connection.execute(insert_once(connection, LISTS), {"number": number, "size": size})
        if made.rowcount == 1 and decoys:
            now = await self._database.now(connection)
            rows = [
                {"list_number": number, "list_index": i, "uscc": None, "version": None, "status": s, "changed_at": now}
                for i, s in decoys
            ]
            await connection.execute(insert_once(connection, POSITIONS), rows)

    async def take(
        self, connection: Transaction, number: int, wanted: Sequence[tuple[int, str, int]]
    ) -> dict[tuple[str, int], int]:
        """Take the free ones of the wanted (index, USCC, version); the unique key decides, never a look before."""
        rows = [
            {"list_number": number, "list_index": index, "uscc": uscc, "version": version, "status": 0}
            for index, uscc, version in sorted(wanted)
        ]
        taken = insert_once(connection, POSITIONS).returning(
            POSITIONS.c.uscc, POSITIONS.c.version, POSITIONS.c.list_index
        )
        return {(row.uscc, row.version): row.list_index for row in await connection.execute(taken, rows)}

    async def mark(self, connection: Transaction, places: Sequence[Position], status: LicenceStatus) -> None:
        """Set the status of positions; the moment of the change is the store's."""
        await connection.execute(
            update(POSITIONS)
            .where(tuple_(POSITIONS.c.list_number, POSITIONS.c.list_index).in_(places))
            .values(status=STATUS_CODES[status], changed_at=self._database.now_column())
        )

    async def not_valid(self, connection: Transaction, number: int) -> list[Position]:
        """Return (index, code) of every position of a list that is not valid, in one query."""
        statement = select(POSITIONS.c.list_index, POSITIONS.c.status).where(
            POSITIONS.c.list_number == number, POSITIONS.c.changed_at.is_not(None), POSITIONS.c.status != 0
        )
        return [(index, status) for index, status in await connection.execute(statement)]

    async def stirred(self, connection: Transaction, number: int, since: datetime) -> tuple[int, int]:
        """Return a mark that differs whenever a position of the list was changed after `since`."""
        offset = to_micros(since)
        moved = type_coerce(POSITIONS.c.changed_at, BigInt) - literal(offset, BigInt)
        statement = select(func.count(), func.coalesce(func.sum(moved), 0)).where(
            POSITIONS.c.list_number == number, POSITIONS.c.changed_at > since
        )
        count, total = (await connection.execute(statement)).one()
        return int(count), int(total)
