"""Tables of the counter's book."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Index, Row, Table, and_, case, delete, func, insert, or_, select

from zhizhao.kernel.clock import to_micros
from zhizhao.staff.counter.scan import ACCEPTED, Scan, Today
from zhizhao.staff.counter.setting import DeskSetting
from zhizhao.storage.database import Transaction
from zhizhao.storage.schema import Bytes, Moment, String, metadata
from zhizhao.storage.sqltext import upsert

SETTING = Table(
    "counter_setting",
    metadata,
    Column("account_id", String, primary_key=True),
    Column("window", String, nullable=False),
    Column("matter", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("case_number", String, nullable=False),
    Column("keys", Boolean, nullable=False),
    Column("sounds", Boolean, nullable=False),
)
SCAN = Table(
    "counter_scan",
    metadata,
    Column("scan_id", Bytes(16), primary_key=True),
    Column("account_id", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("window", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("outcome", String, nullable=False),
    Column("entity_name", String),
    Column("matter", String, nullable=False),
    Column("case_number", String, nullable=False),
    Column("note", String, nullable=False),
    Column("presentation_id", String),
    Index("ix_counter_scan_desk", "unit", "account_id", "at"),
    Index("ix_counter_scan_unit", "unit", "scan_id"),
)
KEPT = tuple(c.name for c in SETTING.columns if c.name != "account_id")


class CounterStore:
    """Reads and writes of the counter's book."""

    async def setting(self, connection: Transaction, account_id: str) -> DeskSetting:
        """Return how the desk was left, or an unset one."""
        query = select(*(SETTING.c[name] for name in KEPT)).where(SETTING.c.account_id == account_id)
        row = (await connection.execute(query)).one_or_none()
        return DeskSetting() if row is None else DeskSetting(**row._asdict())

    async def keep_setting(self, connection: Transaction, account_id: str, *, setting: DeskSetting) -> None:
        """Remember how the desk is set."""
        row = {"account_id": account_id, **asdict(setting)}
        await connection.execute(upsert(connection, SETTING, key=["account_id"], update=KEPT).values(row))

    async def add_scan(self, connection: Transaction, scan: Scan) -> None:
        """Write one line."""
        await connection.execute(insert(SCAN).values({**asdict(scan), "scan_id": scan.scan_id.bytes}))

    async def forget_scans(self, connection: Transaction, *, before: datetime) -> int:
        """Delete lines older than a moment; return how many. Presentations and the ledger are kept elsewhere.

        The ids are UUIDv7 (milliseconds first), so the primary key finds the old ones.
        """
        first_kept = (to_micros(before) // 1000 << 80).to_bytes(16)
        return (await connection.execute(delete(SCAN).where(SCAN.c.scan_id < first_kept))).rowcount

    async def latest(self, connection: Transaction, account_id: str, *, unit: str, limit: int = 20) -> list[Scan]:
        """Return a desk's latest lines, newest first."""
        mine = (SCAN.c.unit == unit) & (SCAN.c.account_id == account_id)
        rows = await connection.execute(select(SCAN).where(mine).order_by(SCAN.c.at.desc()).limit(limit))
        return [_scan(r) for r in rows]

    async def counts(self, connection: Transaction, account_id: str, *, unit: str, since: datetime) -> Today:
        """Return how many lines a desk wrote since a moment, and how many were accepted."""
        accepted = func.coalesce(func.sum(case((SCAN.c.outcome == ACCEPTED, 1), else_=0)), 0)
        query = select(func.count(), accepted)
        query = query.where(SCAN.c.unit == unit, SCAN.c.account_id == account_id, SCAN.c.at >= since)
        row = (await connection.execute(query)).one()
        return Today(scans=int(row[0]), accepted=int(row[1]))

    async def of_unit(
        self, connection: Transaction, unit: str, *, before: UUID | None, search: str = "", limit: int = 50
    ) -> list[Scan]:
        """Return a unit's lines, newest first, older than a line; searched by case number or entity name."""
        query = select(SCAN).where(SCAN.c.unit == unit)
        if before is not None:
            query = query.where(SCAN.c.scan_id < before.bytes)
        if search:
            query = query.where(or_(SCAN.c.case_number == search, SCAN.c.entity_name.contains(search, autoescape=True)))
        rows = await connection.execute(query.order_by(SCAN.c.scan_id.desc()).limit(limit))
        return [_scan(r) for r in rows]

    async def of_presentation(self, connection: Transaction, presentation_id: str, *, unit: str) -> Scan | None:
        """Return a unit's line of one presentation."""
        which = and_(SCAN.c.presentation_id == presentation_id, SCAN.c.unit == unit)
        row = (await connection.execute(select(SCAN).where(which))).one_or_none()
        return None if row is None else _scan(row)


def _scan(row: Row[Any]) -> Scan:
    return Scan(**{**row._asdict(), "scan_id": UUID(bytes=row.scan_id)})
