"""The hot statements of tickets and presentations (SECURITY.md §3.1); two bodies where the engines differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhizhao.kernel.clock import from_micros
from zhizhao.presentation.body import COLUMNS, NAMES, from_row, to_row
from zhizhao.presentation.presentation import Presentation
from zhizhao.presentation.ticket import Spent
from zhizhao.storage.database import Database
from zhizhao.storage.hot import HotConnection

SPEND_POSTGRESQL = """
WITH req(request_id, code_mac, client_id, presentation_id) AS
  (SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::text[])),
 l AS MATERIALIZED (SELECT code_mac FROM ticket WHERE code_mac = ANY($2::bytea[]) AND redeemed_at IS NULL
   ORDER BY code_mac FOR UPDATE)
UPDATE ticket t SET redeemed_at = {now}, redeemed_by = r.client_id, presentation_id = r.presentation_id
  FROM req r JOIN l USING (code_mac)
 WHERE t.code_mac = r.code_mac AND t.redeemed_at IS NULL AND t.expires_at > {now}
RETURNING r.request_id, t.uscc, t.person_id, t.device_id, t.role, t.mandate_id, t.presenter_name, t.redeemed_at
"""
SPEND_SQLITE = """
UPDATE ticket SET redeemed_at = {now}, redeemed_by = ?2, presentation_id = ?3
 WHERE code_mac = ?1 AND redeemed_at IS NULL AND expires_at > {now}
RETURNING uscc, person_id, device_id, role, mandate_id, presenter_name, redeemed_at
"""
ISSUE_COLUMNS = "code_mac, uscc, person_id, device_id, role, mandate_id, presenter_name, issued_at, expires_at"


@dataclass(frozen=True, slots=True)
class Tried:
    """Why a code was not spent here."""

    used: bool
    """Redeemed before; otherwise it is past its life."""


class TicketLineStore:
    """The statements that batches of shows and redemptions run."""

    def __init__(self, database: Database) -> None:
        self._now = database.now_sql()
        self._spend_postgresql = SPEND_POSTGRESQL.format(now=self._now)
        self._spend_sqlite = SPEND_SQLITE.format(now=self._now)

    async def now_hot(self, hot: HotConnection) -> datetime:
        """Return the store's present moment, UTC."""
        return from_micros((await hot.fetch(f"SELECT {self._now}"))[0][0])

    async def issue_hot(
        self, hot: HotConnection, rows: Sequence[tuple[object, ...]], *, life_micros: int
    ) -> list[tuple[int, int]]:
        """Keep new tickets, given as (code_mac, uscc, person_id, device_id, role, mandate_id, presenter_name).

        Return (issued_at, expires_at) of each in microseconds, by the store's clock.
        """
        if hot.is_sqlite:
            sql = f"INSERT INTO ticket ({ISSUE_COLUMNS}) VALUES (?1,?2,?3,?4,?5,?6,?7,{self._now},{self._now}+?8) "  # noqa: S608 own columns and clock
            got = await hot.fetch_each(sql + "RETURNING issued_at, expires_at", [(*row, life_micros) for row in rows])
            return [(r[0][0], r[0][1]) for r in got]
        sql = (
            f"INSERT INTO ticket ({ISSUE_COLUMNS}) SELECT u.*, t.at, t.at + $8::bigint "  # noqa: S608 own columns
            f"FROM (SELECT {self._now} AS at) t, "
            "unnest($1::bytea[],$2::text[],$3::text[],$4::text[],$5::text[],$6::text[],$7::text[]) u "
            "RETURNING issued_at, expires_at"
        )
        got_rows = await hot.fetch(sql, *map(list, zip(*rows, strict=True)), life_micros)
        return [(r[0], r[1]) for r in got_rows]

    async def spend_hot(self, hot: HotConnection, asks: Sequence[tuple[int, bytes, str, str]]) -> dict[int, Spent]:
        """Spend codes, given as (request number, code MAC, client id, presentation id); return winners by number."""
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
        await hot.put("presentation", NAMES, [to_row(p) for p in presentations])

    async def claim_keys_hot(
        self, hot: HotConnection, claims: Sequence[tuple[str, str, bytes, str]]
    ) -> dict[tuple[str, str], tuple[bytes, str]]:
        """Claim idempotency keys, (caller, key, request hash, presentation id) each, in key order.

        Return, for each key, the hash and presentation that hold it: the caller's own when it is new. A claim of
        another running transaction is waited for.
        """
        sql = (
            "INSERT INTO idempotency (caller, key, request_hash, presentation_id, at) "  # noqa: S608 own clock
            f"VALUES ($1,$2,$3,$4,{self._now}) ON CONFLICT (caller, key) DO NOTHING"
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
        sql = f"SELECT {COLUMNS} FROM presentation WHERE presentation_id = $1"  # noqa: S608 own columns
        rows = await hot.fetch(_spell(hot, sql), presentation_id)
        return from_row(rows[0]) if rows else None


def _spell(hot: HotConnection, sql: str) -> str:
    return sql.replace("$", "?") if hot.is_sqlite else sql


def _spent(code_mac: bytes, row: Sequence[Any]) -> Spent:
    uscc, person_id, device_id, role, mandate_id, name, redeemed_at = row
    return Spent(
        code_mac=code_mac,
        uscc=uscc,
        person_id=person_id,
        device_id=device_id,
        role=role,
        mandate_id=mandate_id,
        presenter_name=name,
        spent_at=from_micros(redeemed_at),
    )
