"""The ledger's tables and statements. Everything but the queue of the unsealed is append-only by trigger."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Integer, Table, delete, func, insert, or_, select

from zhizhao.ledger.edge import Edge, Growth, Tile, edge_levels
from zhizhao.ledger.entry import Entry
from zhizhao.ledger.errors import LedgerBroken
from zhizhao.ledger.head import Head
from zhizhao.ledger.require_witnessed import LastWitnessed
from zhizhao.storage.append_only import make_append_only
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.hot import HotConnection
from zhizhao.storage.schema import BigInt, Bytes, Moment, String, metadata
from zhizhao.storage.sqltext import insert_many, upsert

ENTRY = make_append_only(
    Table(
        "ledger_entry",
        metadata,
        Column("entry_id", Bytes(16), primary_key=True),
        Column("body", Bytes, nullable=False),
        Column("leaf_hash", Bytes(32), nullable=False),
    )
)
"""What was done; written in the transaction of the act."""
WAITING = Table("ledger_waiting", metadata, Column("entry_id", Bytes(16), primary_key=True))
"""Entries that have no leaf number yet; filled with ENTRY, emptied by the sealer."""
LEAF = make_append_only(
    Table(
        "ledger_leaf",
        metadata,
        Column("number", BigInt, primary_key=True, autoincrement=False),
        Column("entry_id", Bytes(16), nullable=False, unique=True),
        Column("chain", Bytes(32), nullable=False),
    )
)
"""The order of the sealed entries, gap-free from 0; `chain` = SHA-256(chain before ‖ leaf hash) pins each place."""
TILE = make_append_only(
    Table(
        "ledger_tile",
        metadata,
        Column("level", BigInt, primary_key=True, autoincrement=False),
        Column("number", BigInt, primary_key=True, autoincrement=False),
        Column("root", Bytes(32), nullable=False),
        Column("hashes", Bytes(512), nullable=False),
    )
)
"""Complete subtrees of 16: at level 0 leaf hashes, at level k the roots of 16 tiles of level k - 1."""
HEAD = make_append_only(
    Table(
        "ledger_head",
        metadata,
        Column("size", BigInt, primary_key=True, autoincrement=False),
        Column("root", Bytes(32), nullable=False),
        Column("token", String, nullable=False),
    )
)
"""Signed heads."""
WITNESSED = Table(
    "ledger_witnessed",
    metadata,
    Column("singleton", Integer, CheckConstraint("singleton = 1", name="one"), primary_key=True, autoincrement=False),
    Column("size", BigInt, nullable=False),
    Column("at", Moment, nullable=False),
)
"""When the witness last held our newest head, by the store's clock: every process reads here whether to issue."""


_APPEND_POSTGRESQL = """WITH put AS (
 INSERT INTO ledger_entry (entry_id, body, leaf_hash) SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]))
 INSERT INTO ledger_waiting (entry_id) SELECT unnest($1::bytea[])"""
# On PostgreSQL every look-up by key is a LATERAL with OFFSET 0: it stays one index look-up a row, whatever stale
# statistics say; a plan that scans millions of entries for a handful would stop the sealer.
_TAKE_POSTGRESQL = """WITH taken AS (DELETE FROM ledger_waiting WHERE entry_id IN
 (SELECT entry_id FROM ledger_waiting ORDER BY entry_id LIMIT $1) RETURNING entry_id)
 SELECT t.entry_id, e.leaf_hash FROM taken t LEFT JOIN LATERAL
 (SELECT leaf_hash FROM ledger_entry WHERE entry_id = t.entry_id OFFSET 0) e ON true ORDER BY t.entry_id"""


def _spelt(sql: str) -> Mapping[str, str]:
    """Spell a statement for both engines; `raw(x)` gives the bytes of a column whatever was put there."""
    return {
        "sqlite": re.sub(r"raw\((\S+?)\)", r"CAST(\1 AS BLOB)", sql).replace("$", "?"),
        "postgresql": re.sub(r"raw\((\S+?)\)", r"\1", sql),
    }


def _columns(names: Collection[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [level for level, _ in names], [number for _, number in names]


_SEALED = {
    "sqlite": "SELECT l.number, CAST(l.entry_id AS BLOB), CAST(l.chain AS BLOB), CAST(e.body AS BLOB), "
    "CAST(e.leaf_hash AS BLOB) FROM ledger_leaf l LEFT JOIN ledger_entry e ON e.entry_id = l.entry_id "
    "WHERE l.number >= ?1 AND l.number < ?2 ORDER BY l.number",
    "postgresql": "SELECT l.number, l.entry_id, l.chain, e.body, e.leaf_hash FROM ledger_leaf l LEFT JOIN LATERAL "
    "(SELECT body, leaf_hash FROM ledger_entry WHERE entry_id = l.entry_id OFFSET 0) e ON true "
    "WHERE l.number >= $1 AND l.number < $2 ORDER BY l.number",
}
_TILES = _spelt(
    "SELECT number, raw(root), raw(hashes) FROM ledger_tile WHERE level = $1 AND number >= $2 AND number < $3 "
    "ORDER BY number"
)
_PIECES = {
    "sqlite": "SELECT 'tile', t.level, t.number, t.hashes FROM json_each(?1) w "
    "CROSS JOIN ledger_tile t ON t.level = w.value ->> 0 AND t.number = w.value ->> 1 "
    "UNION ALL SELECT 'root', t.level, t.number, t.root FROM json_each(?2) w "
    "CROSS JOIN ledger_tile t ON t.level = w.value ->> 0 AND t.number = w.value ->> 1 "
    "UNION ALL SELECT 'leaf', 0, l.number, e.leaf_hash FROM ledger_leaf l "
    "JOIN ledger_entry e ON e.entry_id = l.entry_id WHERE l.number >= ?3 AND l.number < ?4",
    "postgresql": "SELECT 'tile', w.level, w.number, t.hashes FROM unnest($1::bigint[], $2::bigint[]) "
    "w (level, number) CROSS JOIN LATERAL "
    "(SELECT hashes FROM ledger_tile WHERE level = w.level AND number = w.number OFFSET 0) t "
    "UNION ALL SELECT 'root', w.level, w.number, t.root FROM unnest($3::bigint[], $4::bigint[]) "
    "w (level, number) CROSS JOIN LATERAL "
    "(SELECT root FROM ledger_tile WHERE level = w.level AND number = w.number OFFSET 0) t "
    "UNION ALL SELECT 'leaf', 0, w.number, e.leaf_hash FROM generate_series($5::bigint, $6::bigint - 1) w (number) "
    "CROSS JOIN LATERAL (SELECT entry_id FROM ledger_leaf WHERE number = w.number OFFSET 0) l "
    "CROSS JOIN LATERAL (SELECT leaf_hash FROM ledger_entry WHERE entry_id = l.entry_id OFFSET 0) e",
}
_HEADS = {
    "sqlite": "SELECT size, CAST(root AS BLOB), CAST(token AS BLOB) FROM ledger_head "
    "WHERE size > ?1 AND size <= ?2 ORDER BY size",
    "postgresql": "SELECT size, root, convert_to(token, 'UTF8') FROM ledger_head "
    "WHERE size > $1 AND size <= $2 ORDER BY size",
}
_WAITING = _spelt(
    "SELECT raw(w.entry_id), raw(e.body), raw(e.leaf_hash), l.number FROM ledger_waiting w "
    "LEFT JOIN ledger_entry e ON e.entry_id = w.entry_id LEFT JOIN ledger_leaf l ON l.entry_id = w.entry_id "
    "ORDER BY w.entry_id"
)
_ORPHANS = _spelt(
    "SELECT raw(e.entry_id), raw(e.leaf_hash) FROM ledger_entry e "
    "WHERE NOT EXISTS (SELECT 1 FROM ledger_leaf l WHERE l.entry_id = e.entry_id) "
    "AND NOT EXISTS (SELECT 1 FROM ledger_waiting w WHERE w.entry_id = e.entry_id) ORDER BY e.entry_id LIMIT $1"
)
_COUNTS = """SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_leaf),
 (SELECT coalesce(max(number), -1) + 1 FROM ledger_leaf), (SELECT count(*) FROM ledger_waiting),
 (SELECT coalesce(max(size), 0) FROM ledger_head), (SELECT count(*) FROM ledger_tile)"""
_SEALER = 0x7A7A_1ED6
"""Key of the advisory lock under which one process of all seals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """Where a sealed entry stands."""

    number: int
    entry_id: UUID
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows there are."""

    entries: int
    leaves: int
    end: int
    """The largest leaf number and one."""
    waiting: int
    head: int
    """The largest head's size."""
    tiles: int


class LedgerStore:
    """Appends entries in the caller's transaction; keeps and reads what the sealer makes of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.known_head: Head | None = None
        """The newest head this process has seen, for receipts; set by `seal` and `refresh`, None before the first."""

    async def append(self, connection: Transaction, *entries: Entry) -> None:
        """Append entries in the caller's transaction."""
        if not entries:
            return
        rows = [(e.entry_id.bytes, e.body, e.leaf_hash) for e in entries]
        await insert_many(connection, ENTRY, columns=("entry_id", "body", "leaf_hash"), rows=rows)
        await insert_many(connection, WAITING, columns=("entry_id",), rows=[row[:1] for row in rows])

    async def append_hot(self, hot: HotConnection, entries: Sequence[Entry]) -> None:
        """Append a batch's entries in its transaction."""
        if not entries:
            return
        rows = [(entry.entry_id.bytes, entry.body, entry.leaf_hash) for entry in entries]
        if hot.is_sqlite:
            await hot.put("ledger_entry", ("entry_id", "body", "leaf_hash"), rows)
            await hot.put("ledger_waiting", ("entry_id",), [row[:1] for row in rows])
        else:  # one statement for both tables: two COPYs would be four visits to the server
            await hot.fetch(_APPEND_POSTGRESQL, *map(list, zip(*rows, strict=True)))

    async def may_seal(self, connection: Transaction) -> bool:
        """Take the sealer's place for this transaction; False: another process holds it."""
        if self._database.is_sqlite:
            return True  # the writer's lock is held already
        return bool((await connection.execute(select(func.pg_try_advisory_xact_lock(_SEALER)))).scalar_one())

    async def take_waiting(self, connection: Transaction, *, limit: int) -> list[tuple[bytes, bytes]]:
        """Take the oldest unsealed entries out of the queue: ids and leaf hashes. Raises LedgerBroken: one is gone."""
        rows = await (self._take_lite if self._database.is_sqlite else self._take_full)(connection, limit)
        for entry_id, leaf_hash in rows:
            if leaf_hash is None:
                raise LedgerBroken(reason="an entry was removed before it was sealed", entry_id=entry_id.hex())
        return rows

    async def _take_full(self, connection: Transaction, limit: int) -> list[tuple[bytes, bytes]]:
        rows: Sequence[Any] = (await connection.exec_driver_sql(_TAKE_POSTGRESQL, (limit,))).all()
        return [(row[0], row[1]) for row in rows]

    async def _take_lite(self, connection: Transaction, limit: int) -> list[tuple[bytes, bytes]]:
        waiting = select(WAITING.c.entry_id).order_by(WAITING.c.entry_id).limit(limit).subquery()
        found = select(waiting.c.entry_id, ENTRY.c.leaf_hash).outerjoin(ENTRY, ENTRY.c.entry_id == waiting.c.entry_id)
        rows = [
            (entry_id, leaf_hash)
            for entry_id, leaf_hash in await connection.execute(found.order_by(waiting.c.entry_id))
        ]
        if rows:  # the only writer is here, so that nothing has come in between
            await connection.execute(delete(WAITING).where(WAITING.c.entry_id <= rows[-1][0]))
        return rows

    async def growth(self, connection: Transaction) -> Growth:
        """Return what the next batch is added to: the tree's right edge and the end of the chain."""
        newest = select(LEAF.c.number, LEAF.c.chain).order_by(LEAF.c.number.desc()).limit(1)
        row = (await connection.execute(newest)).one_or_none()
        if row is None:
            return Growth()
        size = row.number + 1
        return Growth(edge=Edge(size=size, levels=await self._edge(connection, size)), chain=row.chain)

    async def _edge(self, connection: Transaction, size: int) -> list[list[bytes]]:
        lowest, higher = edge_levels(size)[0], edge_levels(size)[1:]
        levels = [await self.leaf_hashes(connection, lowest.start, end=lowest.stop)]
        if not higher:
            return levels
        wanted = or_(
            *(
                (TILE.c.level == level) & TILE.c.number.between(row.start, row.stop - 1)
                for level, row in enumerate(higher)
            )
        )
        rows = await connection.execute(
            select(TILE.c.level, TILE.c.root).where(wanted).order_by(TILE.c.level, TILE.c.number)
        )
        levels += [[] for _ in higher]
        for level, root in rows:
            levels[level + 1].append(root)
        return levels

    async def leaf_hashes(self, connection: Transaction, start: int, *, end: int) -> list[bytes]:
        """Return the hashes of the leaves from `start` up to `end`."""
        rows = await self.pieces(connection, tiles=(), roots=(), leaves=range(start, end))
        hashes = {number: content for _, _, number, content in rows}
        return [hashes[number] for number in sorted(hashes)]

    async def put_leaves(self, connection: Transaction, rows: Sequence[tuple[int, bytes, bytes]]) -> None:
        """Keep leaves: number, entry id, chain."""
        await insert_many(connection, LEAF, columns=("number", "entry_id", "chain"), rows=rows)

    async def put_tiles(self, connection: Transaction, tiles: Iterable[Tile]) -> None:
        """Keep full tiles."""
        rows = [(tile.level, tile.number, tile.root, tile.hashes) for tile in tiles]
        await insert_many(connection, TILE, columns=("level", "number", "root", "hashes"), rows=rows)

    async def put_head(self, connection: Transaction, head: Head) -> None:
        """Keep a signed head."""
        await connection.execute(insert(HEAD).values(size=head.size, root=head.root, token=head.token))

    async def newest_head(self, connection: Transaction) -> str | None:
        """Return the token of the largest head; None: nothing is sealed yet."""
        newest = select(HEAD.c.token).order_by(HEAD.c.size.desc()).limit(1)
        token: str | None = (await connection.execute(newest)).scalar_one_or_none()
        return token

    async def put_witnessed(self, connection: Transaction, size: int, *, at: datetime) -> None:
        """Remember that the witness holds our newest head."""
        statement = upsert(connection, WITNESSED, key=["singleton"], update=["size", "at"])
        await connection.execute(statement.values(singleton=1, size=size, at=at))

    async def last_witnessed(self, connection: Transaction) -> LastWitnessed | None:
        """Return when the witness last held our newest head; None: never."""
        row = (await connection.execute(select(WITNESSED.c.size, WITNESSED.c.at))).one_or_none()
        return row and LastWitnessed(size=row.size, at=row.at)

    async def first_entry(self, connection: Transaction) -> UUID | None:
        """Return the id of the oldest entry; None: there is none."""
        oldest = select(ENTRY.c.entry_id).order_by(ENTRY.c.entry_id).limit(1)
        found: bytes | None = (await connection.execute(oldest)).scalar_one_or_none()
        return UUID(bytes=found) if found else None

    async def leaf(self, connection: Transaction, entry_id: UUID) -> Leaf | None:
        """Return where an entry stands; None: not sealed yet, or no such entry."""
        found = select(LEAF.c.number, ENTRY.c.leaf_hash).join(ENTRY, ENTRY.c.entry_id == LEAF.c.entry_id)
        row = (await connection.execute(found.where(LEAF.c.entry_id == entry_id.bytes))).one_or_none()
        return row and Leaf(number=row.number, entry_id=entry_id, leaf_hash=row.leaf_hash)

    async def body(self, connection: Transaction, entry_id: UUID) -> bytes | None:
        """Return the canonical bytes of an entry."""
        found = select(ENTRY.c.body).where(ENTRY.c.entry_id == entry_id.bytes)
        body: bytes | None = (await connection.execute(found)).scalar_one_or_none()
        return body

    async def entries_after(self, connection: Transaction, entry_id: bytes, *, limit: int) -> list[tuple[bytes, bytes]]:
        """Return ids and bodies of the next entries in the order of their ids."""
        wanted = select(ENTRY.c.entry_id, ENTRY.c.body).where(ENTRY.c.entry_id > entry_id)
        rows = await connection.execute(wanted.order_by(ENTRY.c.entry_id).limit(limit))
        return [(found, body) for found, body in rows]

    async def known_among(self, connection: Transaction, entry_ids: Sequence[bytes]) -> set[bytes]:
        """Return those of some ids that this ledger has."""
        wanted = select(ENTRY.c.entry_id).where(ENTRY.c.entry_id.in_(entry_ids))
        return set((await connection.execute(wanted)).scalars())

    async def pieces(
        self,
        connection: Transaction,
        *,
        tiles: Collection[tuple[int, int]],
        roots: Collection[tuple[int, int]],
        leaves: range,
    ) -> Sequence[Any]:
        """Return in one statement what a proof needs, those that exist: kind, level, number and hash or hashes.

        `tile` rows hold the 16 hashes of a tile, `root` rows its root, `leaf` rows the hash of a leaf (level 0).
        """
        if self._database.is_sqlite:  # it does not use the key for `(level, number) IN (…)`
            named: tuple[object, ...] = (json.dumps(list(tiles)), json.dumps(list(roots)))
        else:
            named = (*_columns(tiles), *_columns(roots))
        return await self._raw(connection, _PIECES, *named, leaves.start, leaves.stop)

    # What `audit check` reads: past the types, so that damaged rows arrive as they are.

    async def hold_still(self, connection: Transaction) -> None:
        """Let every further statement of this transaction see one moment; to be called first."""
        if not self._database.is_sqlite:
            await connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    async def now(self, connection: Transaction) -> datetime:
        """Return the store's present moment, UTC."""
        return await self._database.now(connection)

    async def counts(self, connection: Transaction) -> Counts:
        """Return how many rows there are."""
        row: Sequence[int] = (await connection.exec_driver_sql(_COUNTS)).one()
        return Counts(*row)

    async def sealed(self, connection: Transaction, start: int, *, end: int) -> Sequence[Any]:
        """Return number, entry id, chain, body and leaf hash of the leaves from `start` up to `end`."""
        return await self._raw(connection, _SEALED, start, end)

    async def tiles_between(self, connection: Transaction, level: int, *, start: int, end: int) -> Sequence[Any]:
        """Return number, root and hashes of the tiles of a level from `start` up to `end`."""
        return await self._raw(connection, _TILES, level, start, end)

    async def heads_between(self, connection: Transaction, start: int, *, end: int) -> Sequence[Any]:
        """Return size, root and token (bytes) of the heads with more than `start` and up to `end` leaves."""
        return await self._raw(connection, _HEADS, start, end)

    async def waiting(self, connection: Transaction) -> Sequence[Any]:
        """Return id, body, leaf hash and leaf number of everything in the queue, missing ones as None."""
        return await self._raw(connection, _WAITING)

    async def orphans(self, connection: Transaction, *, limit: int) -> Sequence[Any]:
        """Return id and leaf hash of entries that have neither leaf nor place in the queue."""
        return await self._raw(connection, _ORPHANS, limit)

    async def _raw(self, connection: Transaction, sql: Mapping[str, str], *values: object) -> Sequence[Any]:
        return (await connection.exec_driver_sql(sql[self._database.kind], values)).all()
