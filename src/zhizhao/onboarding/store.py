"""Tables of relying parties: clients, assertion ids, yearly quota, peak bucket."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Float, Index, Integer, Row, Table, delete, func, insert, select, update

from zhizhao.catalogue.matter import Function
from zhizhao.onboarding.client import Authentication, Client, ClientState, Profile
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.hot import HotConnection
from zhizhao.storage.schema import Bytes, Moment, String, metadata
from zhizhao.storage.sqltext import insert_once

CLIENT = Table(
    "client",
    metadata,
    Column("client_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("unit", String),
    Column("matters", String, nullable=False),
    Column("functions", String, nullable=False),
    Column("fields", String),
    Column("redirect_uris", String, nullable=False),
    Column("profile", String, nullable=False),
    Column("authentication", String, nullable=False),
    Column("secret_hash", Bytes),
    Column("jwks", String),
    Column("peak_per_second", Integer, nullable=False),
    Column("yearly_quota", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_client_unit", "unit"),
)
CLIENT_ASSERTION = Table(
    "client_assertion",
    metadata,
    Column("client_id", String, primary_key=True),
    Column("jti", String, primary_key=True),
    Column("expires_at", Moment, nullable=False),
)
CLIENT_QUOTA = Table(
    "client_quota",
    metadata,
    Column("client_id", String, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("used", BigInteger, nullable=False),
    Column("lim", BigInteger, nullable=False),
)
CLIENT_PEAK = Table(
    "client_peak",
    metadata,
    Column("client_id", String, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("filled_at", BigInteger, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("missed_since", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class PeakAnswer:
    """What the bucket of one client gave to one batch."""

    granted: int
    """Calls that may go on; the rest are over the peak."""
    state: ClientState
    revision: int
    missed: int
    """Unknown codes in the running minute."""
    tokens: float
    """Calls left in the bucket after this batch."""


# The bucket refills by the store's clock and never holds more than one second's calls. One row lock per client and
# batch, taken in key order (SECURITY.md §3.1).
PEAK_POSTGRESQL = """
WITH ask(client_id, n) AS (SELECT * FROM unnest($1::text[], $2::bigint[])),
 cur AS MATERIALIZED (
  SELECT p.client_id, a.n, c.state, c.revision, t.at,
         least(c.peak_per_second, p.tokens + greatest(t.at - p.filled_at, 0) / 1000000.0 * c.peak_per_second) AS have,
         CASE WHEN t.at - p.missed_since < 60000000 THEN p.missed ELSE 0 END AS missed
    FROM client_peak p JOIN ask a USING (client_id) JOIN client c USING (client_id), (SELECT {now} AS at) t
   ORDER BY p.client_id FOR UPDATE OF p)
UPDATE client_peak p SET tokens = c.have - least(c.n, floor(c.have)), filled_at = c.at FROM cur c
 WHERE p.client_id = c.client_id
RETURNING p.client_id, least(c.n, floor(c.have))::bigint, c.state, c.revision, c.missed, p.tokens
"""
PEAK_SQLITE = """
UPDATE client_peak SET
  tokens = h.have - min(?2, cast(h.have AS integer)), filled_at = h.at
 FROM (SELECT p.client_id, t.at,
         min(c.peak_per_second, p.tokens + max(t.at - p.filled_at, 0) / 1000000.0 * c.peak_per_second) AS have
         FROM client_peak p JOIN client c USING (client_id), (SELECT {now} AS at) t WHERE p.client_id = ?1) h
 WHERE client_peak.client_id = h.client_id
RETURNING client_peak.client_id, tokens
"""
BEFORE_PEAK_SQLITE = """
SELECT p.client_id, min(c.peak_per_second, p.tokens + max({now} - p.filled_at, 0) / 1000000.0 * c.peak_per_second),
       c.state, c.revision, CASE WHEN {now} - p.missed_since < 60000000 THEN p.missed ELSE 0 END
  FROM client_peak p JOIN client c USING (client_id) WHERE p.client_id = ?1
"""
QUOTA_POSTGRESQL = """
WITH ask(client_id, n) AS (SELECT * FROM unnest($1::text[], $2::bigint[])),
 cur AS MATERIALIZED (SELECT q.client_id, q.year, q.used, a.n FROM client_quota q JOIN ask a USING (client_id)
   WHERE q.year = $3 ORDER BY q.client_id FOR UPDATE OF q)
UPDATE client_quota q SET used = least(q.lim, c.used + c.n) FROM cur c
 WHERE q.client_id = c.client_id AND q.year = c.year RETURNING q.client_id, q.used - c.used
"""
QUOTA_SQLITE = """
UPDATE client_quota SET used = used + 1 WHERE client_id = ?1 AND year = ?2 AND used < lim RETURNING client_id
"""
# A client's first verification of a year finds no row yet: it is made from what was approved, and only then.
OPEN_YEAR = """
INSERT INTO client_quota (client_id, year, used, lim)
SELECT client_id, $2, 0, yearly_quota FROM client WHERE client_id = $1
ON CONFLICT (client_id, year) DO NOTHING
"""


class ClientStore:
    """Reads and writes of relying parties."""

    def __init__(self, database: Database) -> None:
        self._now = database.now_sql()
        self._parsed: dict[tuple[str, int], Client] = {}

    async def add(self, connection: Transaction, client: Client, *, at: datetime, year: int) -> None:
        """Keep a new client with a full bucket and this year's quota."""
        await connection.execute(insert(CLIENT), [{**_row(client), "created_at": at}])
        await connection.execute(
            insert(CLIENT_PEAK),
            [{"client_id": client.client_id, "tokens": float(client.peak_per_second), "filled_at": 0} | NO_MISSES],
        )
        await self.open_year(connection, client, year=year)

    async def open_year(self, connection: Transaction, client: Client, *, year: int) -> None:
        """Make sure that the client has a quota row for the year."""
        row = {"client_id": client.client_id, "year": year, "used": 0, "lim": client.yearly_quota}
        await connection.execute(insert_once(connection, CLIENT_QUOTA), [row])

    async def get(self, connection: Transaction, client_id: str) -> Client | None:
        """Return a client, stopped ones included."""
        row = (await connection.execute(select(*COLUMNS).where(CLIENT.c.client_id == client_id))).one_or_none()
        return None if row is None else _client(row)

    async def of_unit(self, connection: Transaction, unit: str) -> Client | None:
        """Return the active client under which a department's counters redeem."""
        query = select(*COLUMNS).where(CLIENT.c.unit == unit, CLIENT.c.state == ClientState.ACTIVE)
        row = (await connection.execute(query.order_by(CLIENT.c.created_at).limit(1))).one_or_none()
        return None if row is None else _client(row)

    async def all(self, connection: Transaction) -> list[Client]:
        """Return every client, oldest first."""
        return [_client(r) for r in await connection.execute(select(*COLUMNS).order_by(CLIENT.c.created_at))]

    async def stop(self, connection: Transaction, client_id: str) -> bool:
        """Stop a client; say whether it was running."""
        statement = update(CLIENT).where(CLIENT.c.client_id == client_id, CLIENT.c.state == ClientState.ACTIVE)
        values = {"state": ClientState.STOPPED, "revision": CLIENT.c.revision + 1}
        return (await connection.execute(statement.values(values))).rowcount == 1

    async def replace_secret(self, connection: Transaction, client_id: str, *, secret_hash: bytes) -> None:
        """Give the client another secret."""
        values = {"secret_hash": secret_hash, "revision": CLIENT.c.revision + 1}
        await connection.execute(update(CLIENT).where(CLIENT.c.client_id == client_id).values(values))

    async def use_assertion(self, connection: Transaction, *, client_id: str, jti: str, expires_at: datetime) -> bool:
        """Note an assertion id; say whether it is new. Ids past their expiry are forgotten."""
        old = CLIENT_ASSERTION.c.expires_at < expires_at - timedelta(minutes=20)
        await connection.execute(delete(CLIENT_ASSERTION).where(CLIENT_ASSERTION.c.client_id == client_id, old))
        row = {"client_id": client_id, "jti": jti, "expires_at": expires_at}
        return (await connection.execute(insert_once(connection, CLIENT_ASSERTION).values(row))).rowcount == 1

    async def usage(self, connection: Transaction, client_id: str, *, year: int) -> tuple[int, int]:
        """Return (used, limit) of the year."""
        of_year = (CLIENT_QUOTA.c.client_id == CLIENT.c.client_id) & (CLIENT_QUOTA.c.year == year)
        query = select(CLIENT_QUOTA.c.used, func.coalesce(CLIENT_QUOTA.c.lim, CLIENT.c.yearly_quota).label("lim"))
        query = query.select_from(CLIENT.outerjoin(CLIENT_QUOTA, of_year)).where(CLIENT.c.client_id == client_id)
        row = (await connection.execute(query)).one_or_none()
        return (int(row.used or 0), int(row.lim)) if row else (0, 0)

    # ---------------------------------------------------------------- hot paths

    async def charge_hot(self, hot: HotConnection, asks: Mapping[str, int]) -> dict[str, PeakAnswer]:
        """Take up to `asks[client]` calls from each bucket; a client without a row is absent from the answer."""
        if hot.is_sqlite:
            return await self._charge_sqlite(hot, asks)
        rows = await hot.fetch(PEAK_POSTGRESQL.format(now=self._now), list(asks), list(asks.values()))
        return {r[0]: PeakAnswer(int(r[1]), ClientState(r[2]), r[3], r[4], r[5]) for r in rows}

    async def _charge_sqlite(self, hot: HotConnection, asks: Mapping[str, int]) -> dict[str, PeakAnswer]:
        # BEGIN IMMEDIATE holds the only writer's place, so reading first is one step with the update.
        before = await hot.fetch_each(BEFORE_PEAK_SQLITE.format(now=self._now), [(c,) for c in asks])
        await hot.fetch_each(PEAK_SQLITE.format(now=self._now), list(asks.items()))
        answers = {}
        for rows in before:
            for client_id, have, state, revision, missed in rows:
                granted = min(asks[client_id], int(have))
                answers[client_id] = PeakAnswer(granted, ClientState(state), revision, missed, have - granted)
        return answers

    async def reserve_hot(self, hot: HotConnection, asks: Mapping[str, int], *, year: int) -> dict[str, int]:
        """Take up to `asks[client]` verifications from the year; exact under any parallelism.

        A year begins by itself: whoever gets nothing because the year has no row yet gets one and asks again.
        """
        if not asks:
            return {}
        granted = await self._reserve(hot, asks, year=year)
        refused = sorted(client for client in asks if not granted.get(client))
        if refused:
            await hot.fetch_each(_spell(hot, OPEN_YEAR), [(client, year) for client in refused])
            granted |= await self._reserve(hot, {client: asks[client] for client in refused}, year=year)
        return granted

    async def _reserve(self, hot: HotConnection, asks: Mapping[str, int], *, year: int) -> dict[str, int]:
        if hot.is_sqlite:
            each = [(client, year) for client, n in asks.items() for _ in range(n)]
            won = await hot.fetch_each(QUOTA_SQLITE, each)
            return {client: sum(1 for (c, _), r in zip(each, won, strict=True) if c == client and r) for client in asks}
        rows = await hot.fetch(QUOTA_POSTGRESQL, list(asks), list(asks.values()), year)
        return {r[0]: int(r[1]) for r in rows}

    async def give_back_hot(self, hot: HotConnection, unused: Mapping[str, int], *, year: int) -> None:
        """Return reserved verifications that no good code used."""
        sql = "UPDATE client_quota SET used = used - $2 WHERE client_id = $1 AND year = $3"
        await hot.fetch_each(_spell(hot, sql), [(client, n, year) for client, n in sorted(unused.items())])

    async def miss_hot(self, hot: HotConnection, misses: Mapping[str, int]) -> None:
        """Count unknown codes; the count starts anew when its minute is over."""
        now = self._now
        sql = f"""UPDATE client_peak SET
          missed = CASE WHEN {now} - missed_since < 60000000 THEN missed + $2 ELSE $2 END,
          missed_since = CASE WHEN {now} - missed_since < 60000000 THEN missed_since ELSE {now} END
         WHERE client_id = $1"""  # noqa: S608 the only insertion is the store's own clock expression
        await hot.fetch_each(_spell(hot, sql), sorted(misses.items()))

    async def client_hot(self, hot: HotConnection, client_id: str, revision: int) -> Client:
        """Return the client as of a revision; parsed once per revision."""
        found = self._parsed.get((client_id, revision))
        if found is None:
            names = ", ".join(c.name for c in COLUMNS)
            sql = f"SELECT {names} FROM client WHERE client_id = $1"  # noqa: S608 column names of our own table
            found = _client_of(tuple((await hot.fetch(_spell(hot, sql), client_id))[0]))
            if len(self._parsed) > 10_000:  # noqa: PLR2004 a bound, not a rule: more clients than any province has
                self._parsed.clear()
            self._parsed[client_id, revision] = found
        return found


NO_MISSES = {"missed": 0, "missed_since": 0}
COLUMNS = tuple(c for c in CLIENT.columns if c.name != "created_at")


def _spell(hot: HotConnection, sql: str) -> str:
    return sql.replace("$", "?") if hot.is_sqlite else sql


def _row(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "name": client.name,
        "unit": client.unit,
        "matters": json.dumps(client.matters),
        "functions": json.dumps(sorted(client.functions)),
        "fields": None if client.fields is None else json.dumps(sorted(client.fields)),
        "redirect_uris": json.dumps(client.redirect_uris),
        "profile": client.profile,
        "authentication": client.authentication,
        "secret_hash": client.secret_hash,
        "jwks": None if client.jwks is None else json.dumps(client.jwks),
        "peak_per_second": client.peak_per_second,
        "yearly_quota": client.yearly_quota,
        "state": client.state,
        "revision": client.revision,
    }


def _client(row: Row[Any]) -> Client:
    return _client_of(tuple(row))


def _client_of(row: Sequence[Any]) -> Client:
    values = dict(zip((c.name for c in COLUMNS), row, strict=True))
    fields = values["fields"]
    return Client(
        client_id=values["client_id"],
        name=values["name"],
        unit=values["unit"],
        matters=tuple(json.loads(values["matters"])),
        functions=frozenset(Function(f) for f in json.loads(values["functions"])),
        fields=None if fields is None else frozenset(json.loads(fields)),
        redirect_uris=tuple(json.loads(values["redirect_uris"])),
        profile=Profile(values["profile"]),
        authentication=Authentication(values["authentication"]),
        secret_hash=values["secret_hash"],
        jwks=None if values["jwks"] is None else json.loads(values["jwks"]),
        peak_per_second=values["peak_per_second"],
        yearly_quota=values["yearly_quota"],
        state=ClientState(values["state"]),
        revision=values["revision"],
    )
