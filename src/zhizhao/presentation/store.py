"""Tables of tickets, presentations, filings and idempotency keys; the hot statements of SECURITY.md §3.1."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, ColumnElement, Index, Integer, Row, Table, delete, exists, insert, or_, select

from zhizhao.kernel.clock import from_micros, to_micros
from zhizhao.presentation.filing import Filing
from zhizhao.presentation.presentation import Presentation, Presenter, Verdict, Via, checks_of
from zhizhao.presentation.ticket import Spent, Ticket, TicketState
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.hot import HotConnection
from zhizhao.storage.schema import BigInt, Bytes, Moment, String, metadata

TICKET = Table(
    "ticket",
    metadata,
    Column("code_mac", Bytes, primary_key=True),
    Column("uscc", String, nullable=False),
    Column("person_id", String, nullable=False),
    Column("device_id", String, nullable=False),
    Column("role", String, nullable=False),
    Column("mandate_id", String),
    Column("licence_version", Integer, nullable=False),
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
    Index("ix_presentation_client_id_verified_at", "client_id", "verified_at"),
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
)

KEY_LIFE = timedelta(hours=24)

SPENT = "t.uscc, t.person_id, t.device_id, t.role, t.mandate_id, t.licence_version, t.redeemed_at"
SPEND_POSTGRESQL = f"""
WITH req(request_id, code_mac, client_id, presentation_id) AS
  (SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::text[])),
 l AS MATERIALIZED (SELECT code_mac FROM ticket WHERE code_mac = ANY($2::bytea[]) AND redeemed_at IS NULL
   ORDER BY code_mac FOR UPDATE)
UPDATE ticket t SET redeemed_at = {{now}}, redeemed_by = r.client_id, presentation_id = r.presentation_id
  FROM req r JOIN l USING (code_mac)
 WHERE t.code_mac = r.code_mac AND t.redeemed_at IS NULL AND t.expires_at > {{now}}
RETURNING r.request_id, {SPENT}
"""
SPEND_SQLITE = """
UPDATE ticket SET redeemed_at = {now}, redeemed_by = ?2, presentation_id = ?3
 WHERE code_mac = ?1 AND redeemed_at IS NULL AND expires_at > {now}
RETURNING uscc, person_id, device_id, role, mandate_id, licence_version, redeemed_at
"""
ISSUE_COLUMNS = "code_mac, uscc, person_id, device_id, role, mandate_id, licence_version, issued_at, expires_at"
PRESENTATION_COLUMNS = (
    "uscc, presentation_id, client_id, person_id, case_number, verdict, verified_at, body, receipt, salt"
)


@dataclass(frozen=True, slots=True)
class Tried:
    """Why a code was not spent here."""

    used: bool
    """Redeemed before; otherwise it is past its life."""


class _Body(msgspec.Struct, omit_defaults=True):
    """What only the whole presentation needs; a stored format: add with a default, never rename."""

    client_name: str
    identifier: str
    version: int
    status: str
    matter: str
    purpose: str
    via: str
    fields: tuple[str, ...]
    checks: list[dict[str, str | None]]
    role: str
    name: str
    registry_as_of: int
    entry_id: str
    entry_hash: str
    mandate_id: str | None = None
    operator: str | None = None


encode_body = msgspec.json.Encoder().encode
decode_body = msgspec.json.Decoder(_Body).decode


class PresentationStore:
    """Reads and writes of tickets and presentations."""

    def __init__(self, database: Database) -> None:
        self._now = database.now_sql()
        self._spend_postgresql = SPEND_POSTGRESQL.format(now=self._now)
        self._spend_sqlite = SPEND_SQLITE.format(now=self._now)

    # ---------------------------------------------------------------- hot paths

    async def issue_hot(self, hot: HotConnection, rows: Sequence[tuple[object, ...]], *, life_micros: int) -> list[tuple[int, int]]:
        """Keep new tickets; `rows` are (code_mac, uscc, person_id, device_id, role, mandate_id, version); return times."""
        if hot.is_sqlite:
            sql = f"INSERT INTO ticket ({ISSUE_COLUMNS}) VALUES (?1,?2,?3,?4,?5,?6,?7,{self._now},{self._now}+?8) "  # noqa: S608 own columns and clock
            got = await hot.fetch_each(sql + "RETURNING issued_at, expires_at", [(*row, life_micros) for row in rows])
            return [(r[0][0], r[0][1]) for r in got]
        sql = (
            f"INSERT INTO ticket ({ISSUE_COLUMNS}) SELECT u.*, t.at, t.at + $8::bigint FROM (SELECT {self._now} AS at) t, "  # noqa: S608 own columns and clock
            "unnest($1::bytea[],$2::text[],$3::text[],$4::text[],$5::text[],$6::text[],$7::int[]) u RETURNING issued_at, expires_at"
        )
        got_rows = await hot.fetch(sql, *map(list, zip(*rows, strict=True)), life_micros)
        return [(r[0], r[1]) for r in got_rows]

    async def spend_hot(self, hot: HotConnection, asks: Sequence[tuple[int, bytes, str, str]]) -> dict[int, Spent]:
        """Spend codes; `asks` are (request number, code MAC, client id, presentation id); return the winners by number."""
        if hot.is_sqlite:
            got = await hot.fetch_each(self._spend_sqlite, [ask[1:] for ask in asks])
            return {ask[0]: _spent(ask[1], rows[0]) for ask, rows in zip(asks, got, strict=True) if rows}
        rows = await hot.fetch(self._spend_postgresql, *map(list, zip(*asks, strict=True)))
        macs = {ask[0]: ask[1] for ask in asks}
        return {r[0]: _spent(macs[r[0]], r[1:]) for r in map(tuple, rows)}

    async def tried_hot(self, hot: HotConnection, macs: Sequence[bytes]) -> dict[bytes, Tried]:
        """Return what is known of codes that could not be spent; an unknown code is absent."""
        sql = "SELECT code_mac, redeemed_at FROM ticket WHERE code_mac = "
        if hot.is_sqlite:
            each = await hot.fetch_each(sql + "?1", [(mac,) for mac in macs])
            rows: Iterable[Sequence[Any]] = [row for rows in each for row in rows]
        else:
            rows = await hot.fetch(sql + "ANY($1::bytea[])", list(macs))
        return {bytes(r[0]): Tried(used=r[1] is not None) for r in rows}

    async def keep_hot(self, hot: HotConnection, presentations: Sequence[Presentation]) -> None:
        """Keep presentations of a batch."""
        rows = [_row(p) for p in presentations]
        if hot.is_sqlite:
            sql = f"INSERT INTO presentation ({PRESENTATION_COLUMNS}) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)"  # noqa: S608 own columns
            await hot.fetch_each(sql, rows)
            return
        sql = (
            f"INSERT INTO presentation ({PRESENTATION_COLUMNS}) SELECT * FROM unnest($1::text[],$2::text[],$3::text[],"  # noqa: S608 own columns
            "$4::text[],$5::text[],$6::text[],$7::bigint[],$8::text[],$9::text[],$10::bytea[])"
        )
        await hot.fetch(sql, *map(list, zip(*rows, strict=True)))

    async def claim_keys_hot(
        self, hot: HotConnection, claims: Sequence[tuple[str, str, bytes, str]]
    ) -> dict[tuple[str, str], tuple[bytes, str]]:
        """Claim idempotency keys, (caller, key, request hash, presentation id) each, in key order.

        Return, for each key, the hash and presentation that hold it: the caller's own when it is new. A claim of
        another running transaction is waited for.
        """
        sql = (
            f"INSERT INTO idempotency (caller, key, request_hash, presentation_id, at) VALUES ($1,$2,$3,$4,{self._now}) "  # noqa: S608 own clock
            "ON CONFLICT (caller, key) DO NOTHING"
        )
        read = "SELECT caller, key, request_hash, presentation_id FROM idempotency WHERE caller = $1 AND key = $2"
        ordered = sorted(claims)
        await hot.fetch_each(_spell(hot, sql), ordered)
        rows = await hot.fetch_each(_spell(hot, read), [(c[0], c[1]) for c in ordered])
        return {(r[0], r[1]): (bytes(r[2]), r[3]) for found in rows for r in found}

    async def release_keys_hot(self, hot: HotConnection, keys: Sequence[tuple[str, str]]) -> None:
        """Give keys of requests that changed nothing back, so that they may be tried again."""
        sql = "DELETE FROM idempotency WHERE caller = $1 AND key = $2"
        await hot.fetch_each(_spell(hot, sql), list(keys))

    async def find_hot(self, hot: HotConnection, presentation_id: str) -> Presentation | None:
        """Return a stored presentation inside a batch (the answer to a repeated idempotency key)."""
        sql = f"SELECT {PRESENTATION_COLUMNS} FROM presentation WHERE presentation_id = $1"  # noqa: S608 own columns
        rows = await hot.fetch(_spell(hot, sql), presentation_id)
        return _presentation(rows[0]) if rows else None

    # ---------------------------------------------------------------- ordinary paths

    async def ticket_state(self, connection: Transaction, code_mac: bytes, *, person_id: str) -> TicketState | None:
        """Return the state of a ticket of this person."""
        query = select(TICKET.c.expires_at, TICKET.c.presentation_id)
        query = query.where(TICKET.c.code_mac == code_mac, TICKET.c.person_id == person_id)
        row = (await connection.execute(query)).one_or_none()
        return row and TicketState(expires_at=row.expires_at, presentation_id=row.presentation_id)

    async def void_tickets(self, connection: Transaction, *, at: datetime, uscc: str | None = None, device_id: str | None = None) -> int:
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

    async def get(self, connection: Transaction, presentation_id: str, *, client_id: str | None = None) -> Presentation | None:
        """Return one presentation, only this client's where one is named."""
        where = [PRESENTATION.c.presentation_id == presentation_id]
        if client_id is not None:
            where.append(PRESENTATION.c.client_id == client_id)
        found = await self._list(connection, where, limit=1)
        return found[0] if found else None

    async def of_case(self, connection: Transaction, *, client_id: str, case_number: str) -> list[Presentation]:
        """Return a client's presentations that are filed under a case now, newest first."""
        filed = exists().where(
            PRESENTATION_FILING.c.presentation_id == PRESENTATION.c.presentation_id,
            PRESENTATION_FILING.c.case_number == case_number,
        )
        where = [PRESENTATION.c.client_id == client_id, or_(PRESENTATION.c.case_number == case_number, filed)]
        found = await self._list(connection, where, limit=200)
        latest = await self.filings(connection, [p.presentation_id for p in found])
        return [p for p in found if (latest[p.presentation_id].case_number if p.presentation_id in latest else p.case_number) == case_number]

    async def of_client(
        self, connection: Transaction, *, client_id: str, since: datetime | None = None, before: datetime | None = None, limit: int = 20
    ) -> list[Presentation]:
        """Return a client's presentations, newest first."""
        where = [PRESENTATION.c.client_id == client_id]
        where += [PRESENTATION.c.verified_at >= since] if since else []
        where += [PRESENTATION.c.verified_at < before] if before else []
        return await self._list(connection, where, limit=limit)

    async def of_entities(
        self, connection: Transaction, usccs: Sequence[str], *, before: datetime | None = None, limit: int = 50
    ) -> list[Presentation]:
        """Return the use records (用照记录) of entities, newest first."""
        where = [PRESENTATION.c.uscc.in_(usccs)]
        where += [PRESENTATION.c.verified_at < before] if before else []
        return await self._list(connection, where, limit=limit)

    async def _list(self, connection: Transaction, where: Sequence[ColumnElement[bool]], *, limit: int) -> list[Presentation]:
        query = select(*PRESENTATION.columns).where(*where).order_by(PRESENTATION.c.verified_at.desc()).limit(limit)
        return [_presentation(_raw(row)) for row in await connection.execute(query)]

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

    async def keep_archive_copy(self, connection: Transaction, presentation_id: str, *, content: bytes, at: datetime) -> None:
        """Keep the archive copy; the first one stays."""
        row = {"presentation_id": presentation_id, "content": content, "made_at": at}
        from zhizhao.storage.sqltext import insert_once

        await connection.execute(insert_once(connection, ARCHIVE_COPY).values(row))

    async def count_match(self, connection: Transaction, presentation_id: str, *, at: datetime) -> int:
        """Note one comparison of the holder; return its number. Two at once get two numbers or an error."""
        query = select(HOLDER_MATCH.c.number).where(HOLDER_MATCH.c.presentation_id == presentation_id)
        last = (await connection.execute(query.order_by(HOLDER_MATCH.c.number.desc()).limit(1))).scalar_one_or_none()
        number = (last or 0) + 1
        await connection.execute(insert(HOLDER_MATCH), [{"presentation_id": presentation_id, "number": number, "at": at}])
        return number


def mac_row(ticket: Ticket) -> bytes:
    """Return the key of a ticket's row."""
    return ticket.code_mac


def _spell(hot: HotConnection, sql: str) -> str:
    return sql.replace("$", "?") if hot.is_sqlite else sql


def _spent(code_mac: bytes, row: Sequence[Any]) -> Spent:
    uscc, person_id, device_id, role, mandate_id, version, redeemed_at = row
    return Spent(
        code_mac=code_mac,
        uscc=uscc,
        person_id=person_id,
        device_id=device_id,
        role=role,
        mandate_id=mandate_id,
        licence_version=version,
        spent_at=from_micros(redeemed_at),
    )


def _row(p: Presentation) -> tuple[object, ...]:
    body = _Body(
        client_name=p.client_name,
        identifier=p.licence_identifier,
        version=p.licence_version,
        status=p.licence_status,
        matter=p.matter,
        purpose=p.purpose,
        via=p.via,
        fields=p.fields,
        checks=[{"name": c.check, "result": c.result, "because": c.because} for c in p.checks],
        role=p.presenter.role,
        name=p.presenter.name,
        registry_as_of=to_micros(p.registry_as_of),
        entry_id=p.entry_id.hex,
        entry_hash=p.entry_hash.hex(),
        mandate_id=p.presenter.mandate_id,
        operator=p.operator,
    )
    text = encode_body(body).decode()
    keys = (p.uscc, p.presentation_id, p.client_id, p.presenter.person_id, p.case_number, p.verdict)
    return (*keys, to_micros(p.verified_at), text, p.receipt, p.salt)


def _raw(row: Row[Any]) -> tuple[Any, ...]:
    values = list(row)
    values[6] = to_micros(values[6])
    return tuple(values)


def _presentation(row: Sequence[Any]) -> Presentation:
    uscc, presentation_id, client_id, person_id, case_number, verdict, verified_at, text, receipt, salt = row
    body = decode_body(text)
    return Presentation(
        presentation_id=presentation_id,
        client_id=client_id,
        client_name=body.client_name,
        uscc=uscc,
        licence_identifier=body.identifier,
        licence_version=body.version,
        licence_status=body.status,
        matter=body.matter,
        purpose=body.purpose,
        case_number=case_number,
        operator=body.operator,
        via=Via(body.via),
        fields=body.fields,
        verdict=Verdict(verdict),
        checks=checks_of(list(body.checks)),
        presenter=Presenter(person_id=person_id, role=body.role, name=body.name, mandate_id=body.mandate_id),
        verified_at=from_micros(verified_at),
        registry_as_of=from_micros(body.registry_as_of),
        entry_id=UUID(hex=body.entry_id),
        entry_hash=bytes.fromhex(body.entry_hash),
        receipt=receipt,
        salt=bytes(salt),
    )


def _filing(row: Row[Any]) -> Filing:
    return Filing(
        presentation_id=row.presentation_id,
        number=row.number,
        case_number=row.case_number,
        reason=row.reason,
        staff_id=row.staff_id,
        filed_at=row.filed_at,
    )
