"""Tables of tickets, presentations, filings and idempotency keys; the hot statements of SECURITY.md §3.1."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, Integer, Row, Table, delete, func, insert, select, union

from zhizhao.kernel.clock import to_micros
from zhizhao.presentation.body import from_row
from zhizhao.presentation.claim import Claim
from zhizhao.presentation.errors import IdempotencyMismatch
from zhizhao.presentation.filing import Filing
from zhizhao.presentation.presentation import Presentation
from zhizhao.presentation.ticket import TicketState
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.layout import lay_out
from zhizhao.storage.schema import BigInt, Bytes, Moment, String, metadata
from zhizhao.storage.sqltext import insert_once

TICKET = Table(
    "ticket",
    metadata,
    Column("code_mac", Bytes, primary_key=True),
    Column("uscc", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("device_id", String, nullable=False),
    Column("role", String, nullable=False),
    Column("mandate_id", String),
    Column("presenter_name", String, nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("redeemed_at", Moment),
    Column("redeemed_by", String),
    Column("presentation_id", String),
    Index("ix_ticket_expires_at", "expires_at"),
)
PRESENTATION = Table(
    "presentation",
    metadata,
    Column("uscc", String, primary_key=True),
    Column("presentation_id", String, primary_key=True),
    Column("client_id", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("case_number", String),
    Column("verdict", String, nullable=False),
    Column("verified_at", Moment, nullable=False),
    Column("body", String, nullable=False),
    Column("receipt", String, nullable=False),
    Column("salt", Bytes, nullable=False),
    Index("ix_presentation_presentation_id", "presentation_id"),
)
PRESENTATION_FILING = Table(
    "presentation_filing",
    metadata,
    Column("presentation_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("client_id", String, nullable=False),
    Column("case_number", String),
    Column("reason", String),
    Column("staff_id", String, nullable=False),
    Column("filed_at", Moment, nullable=False),
    Index("ix_presentation_filing_client_id_case_number", "client_id", "case_number"),
)
PRESENTATION_CASE = Index(
    "ix_presentation_client_id_case_number",
    PRESENTATION.c.client_id,
    PRESENTATION.c.case_number,
    postgresql_where=PRESENTATION.c.case_number.is_not(None),
    sqlite_where=PRESENTATION.c.case_number.is_not(None),
)
lay_out(PRESENTATION, toast_tuple_target=8160)  # 2.7 KB stay in their page: a receipt is base64 and does not shrink
lay_out(TICKET, fillfactor=50)  # room for the one update that each ticket gets
ARCHIVE_COPY = Table(
    "archive_copy",
    metadata,
    Column("presentation_id", String, primary_key=True),
    Column("content", Bytes, nullable=False),
    Column("made_at", Moment, nullable=False),
)
IDEMPOTENCY = Table(
    "idempotency",
    metadata,
    Column("caller", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("request_hash", Bytes, nullable=False),
    Column("presentation_id", String, nullable=False),
    Column("at", BigInt, nullable=False),
)
HOLDER_MATCH = Table(
    "holder_match",
    metadata,
    Column("presentation_id", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("key", String),
    Column("matched", Integer, nullable=False),
)

KEY_LIFE = timedelta(hours=24)


class PresentationStore:
    """Reads and writes of presentations, filings and archive copies outside the hot paths."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ticket_state(self, connection: Transaction, code_mac: bytes, *, person_id: str) -> TicketState | None:
        """Return the state of a ticket of this person."""
        query = select(TICKET.c.expires_at, TICKET.c.presentation_id)
        query = query.where(TICKET.c.code_mac == code_mac, TICKET.c.person_id == person_id)
        row = (await connection.execute(query)).one_or_none()
        return row and TicketState(expires_at=row.expires_at, presentation_id=row.presentation_id)

    async def redeemed_among(self, connection: Transaction, code_macs: Sequence[bytes]) -> dict[bytes, str]:
        """Return the presentation of each of these tickets that was redeemed: one query for all waiting phones."""
        query = select(TICKET.c.code_mac, TICKET.c.presentation_id)
        query = query.where(TICKET.c.code_mac.in_(code_macs), TICKET.c.presentation_id.is_not(None))
        return {bytes(mac): found for mac, found in await connection.execute(query)}

    async def void_tickets(
        self, connection: Transaction, *, at: datetime, uscc: str | None = None, device_id: str | None = None
    ) -> int:
        """End the life of unspent tickets of an entity or a device; return how many."""
        condition = TICKET.c.uscc == uscc if uscc else TICKET.c.device_id == device_id
        statement = TICKET.update().where(condition, TICKET.c.redeemed_at.is_(None), TICKET.c.expires_at > at)
        return (await connection.execute(statement.values(expires_at=at))).rowcount

    async def forget_tickets(self, connection: Transaction, *, before: datetime) -> int:
        """Delete tickets that ended before a moment; return how many. Retention is data of the running job."""
        return (await connection.execute(delete(TICKET).where(TICKET.c.expires_at < before))).rowcount

    async def forget_keys(self, connection: Transaction, *, now: datetime) -> int:
        """Delete idempotency keys older than a day."""
        old = IDEMPOTENCY.c.at < to_micros(now - KEY_LIFE)
        return (await connection.execute(delete(IDEMPOTENCY).where(old))).rowcount

    async def get(
        self, connection: Transaction, presentation_id: str, *, client_id: str | None = None
    ) -> Presentation | None:
        """Return one presentation, only this client's where one is named."""
        where: list[ColumnElement[bool]] = [PRESENTATION.c.presentation_id == presentation_id]
        if client_id is not None:
            where.append(PRESENTATION.c.client_id == client_id)
        found = await self._list(connection, where, limit=1)
        return found[0] if found else None

    async def count(self, connection: Transaction, *, client_id: str) -> int:
        """Return how many presentations a client has."""
        query = select(func.count()).where(PRESENTATION.c.client_id == client_id)
        return int((await connection.execute(query)).scalar_one())

    async def of_case(self, connection: Transaction, *, client_id: str, case_number: str) -> list[Presentation]:
        """Return a client's presentations that are filed under a case now, newest first."""
        named = select(PRESENTATION.c.presentation_id).where(
            PRESENTATION.c.client_id == client_id, PRESENTATION.c.case_number == case_number
        )
        filed = select(PRESENTATION_FILING.c.presentation_id).where(
            PRESENTATION_FILING.c.client_id == client_id, PRESENTATION_FILING.c.case_number == case_number
        )
        where: list[ColumnElement[bool]] = [
            PRESENTATION.c.client_id == client_id,
            PRESENTATION.c.presentation_id.in_(union(named, filed)),  # an index each; OR would read every presentation
        ]
        found = await self._list(connection, where, limit=200)
        latest = await self.filings(connection, [p.presentation_id for p in found])
        return [
            p
            for p in found
            if (latest[p.presentation_id].case_number if p.presentation_id in latest else p.case_number) == case_number
        ]

    async def of_entities(
        self, connection: Transaction, usccs: Sequence[str], *, before: datetime | None = None, limit: int = 50
    ) -> list[Presentation]:
        """Return the use records (用照记录) of entities, newest first."""
        where: list[ColumnElement[bool]] = [PRESENTATION.c.uscc.in_(usccs)]
        where += [PRESENTATION.c.verified_at < before] if before else []
        return await self._list(connection, where, limit=limit)

    async def _list(
        self, connection: Transaction, where: Sequence[ColumnElement[bool]], *, limit: int
    ) -> list[Presentation]:
        query = select(*PRESENTATION.columns).where(*where).order_by(PRESENTATION.c.verified_at.desc()).limit(limit)
        return [from_row(_raw(row)) for row in await connection.execute(query)]

    async def add_filing(self, connection: Transaction, filing: Filing, *, client_id: str) -> None:
        """Append one filing; its number is unique, so two at once cannot both be the latest."""
        row = {
            "presentation_id": filing.presentation_id,
            "number": filing.number,
            "client_id": client_id,
            "case_number": filing.case_number,
            "reason": filing.reason,
            "staff_id": filing.staff_id,
            "filed_at": filing.filed_at,
        }
        await connection.execute(insert(PRESENTATION_FILING), [row])

    async def filings(self, connection: Transaction, presentation_ids: Sequence[str]) -> dict[str, Filing]:
        """Return the latest filing of each presentation that has one."""
        query = select(PRESENTATION_FILING).where(PRESENTATION_FILING.c.presentation_id.in_(presentation_ids))
        rows = await connection.execute(query.order_by(PRESENTATION_FILING.c.number))
        return {r.presentation_id: _filing(r) for r in rows}

    async def archive_copy(self, connection: Transaction, presentation_id: str) -> bytes | None:
        """Return the stored archive copy; a document is signed once."""
        query = select(ARCHIVE_COPY.c.content).where(ARCHIVE_COPY.c.presentation_id == presentation_id)
        return (await connection.execute(query)).scalar_one_or_none()

    async def keep_archive_copy(
        self, connection: Transaction, presentation_id: str, *, content: bytes, at: datetime
    ) -> None:
        """Keep the archive copy; the first one stays."""
        row = {"presentation_id": presentation_id, "content": content, "made_at": at}
        await connection.execute(insert_once(connection, ARCHIVE_COPY).values(row))

    async def claim_key(self, connection: Transaction, claim: Claim, *, at: datetime) -> bool:
        """Claim an idempotency key; say whether it is new, False for the same request again.

        A claim of another running transaction is waited for. Raises IdempotencyMismatch.
        """
        row = {**asdict(claim), "at": to_micros(at)}
        if (await connection.execute(insert_once(connection, IDEMPOTENCY).values(row))).rowcount == 1:
            return True
        query = select(IDEMPOTENCY.c.request_hash)
        query = query.where(IDEMPOTENCY.c.caller == claim.caller, IDEMPOTENCY.c.key == claim.key)
        if bytes((await connection.execute(query)).scalar_one()) != claim.request_hash:
            raise IdempotencyMismatch(key=claim.key)
        return False

    async def keep_match(
        self, connection: Transaction, presentation_id: str, *, key: str | None, matched: bool, at: datetime
    ) -> int:
        """Keep one comparison of the holder; return its number. Two at once wait for each other and get two numbers."""
        query = select(func.max(HOLDER_MATCH.c.number)).where(HOLDER_MATCH.c.presentation_id == presentation_id)
        row = {"presentation_id": presentation_id, "at": at, "key": key, "matched": int(matched)}
        while True:
            number = ((await connection.execute(query)).scalar_one() or 0) + 1
            statement = insert_once(connection, HOLDER_MATCH).values({**row, "number": number})
            if (await connection.execute(statement)).rowcount == 1:
                return number

    async def match_of_key(self, connection: Transaction, presentation_id: str, *, key: str) -> bool:
        """Return what a claimed key was told: the newest answer, should a forgotten key have been used again."""
        query = select(HOLDER_MATCH.c.matched).where(
            HOLDER_MATCH.c.presentation_id == presentation_id, HOLDER_MATCH.c.key == key
        )
        newest = query.order_by(HOLDER_MATCH.c.number.desc()).limit(1)
        return bool((await connection.execute(newest)).scalar_one())


def _raw(row: Row[Any]) -> tuple[Any, ...]:
    values = list(row)
    values[6] = to_micros(values[6])
    return tuple(values)


def _filing(row: Row[Any]) -> Filing:
    return Filing(
        presentation_id=row.presentation_id,
        number=row.number,
        case_number=row.case_number,
        reason=row.reason,
        staff_id=row.staff_id,
        filed_at=row.filed_at,
    )
