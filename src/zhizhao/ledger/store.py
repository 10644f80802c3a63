"""The ledger's tables and statements. Everything but the queue of the unsealed is append-only by trigger."""

from sqlalchemy import Column, Table, insert

from zhizhao.ledger.entry import Entry
from zhizhao.ledger.head import Head
from zhizhao.storage.append_only import make_append_only
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.hot import HotConnection
from zhizhao.storage.schema import BigInt, Bytes, String, metadata

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

_APPEND_POSTGRESQL = """WITH put AS (
 INSERT INTO ledger_entry (entry_id, body, leaf_hash) SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]))
 INSERT INTO ledger_waiting (entry_id) SELECT unnest($1::bytea[])"""
_APPEND_SQLITE = "INSERT INTO ledger_entry (entry_id, body, leaf_hash) VALUES (?1, ?2, ?3)"
_WAIT_SQLITE = "INSERT INTO ledger_waiting (entry_id) VALUES (?1)"


class LedgerStore:
    """Appends entries in the caller's transaction and reads what the sealer made of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.known_head: Head | None = None
        """The newest head this process has seen, for receipts; None until the first is sealed."""

    async def append(self, connection: Transaction, *entries: Entry) -> None:
        """Append entries in the caller's transaction."""
        if not entries:
            return
        rows = [{"entry_id": e.entry_id.bytes, "body": e.body, "leaf_hash": e.leaf_hash} for e in entries]
        await connection.execute(insert(ENTRY), rows)
        await connection.execute(insert(WAITING), [{"entry_id": row["entry_id"]} for row in rows])

    async def append_hot(self, hot: HotConnection, entries: list[Entry]) -> None:
        """Append a batch's entries in its transaction: one statement on PostgreSQL, one visit per table on SQLite."""
        if not entries:
            return
        ids = [entry.entry_id.bytes for entry in entries]
        if hot.is_sqlite:
            rows = [(i, e.body, e.leaf_hash) for i, e in zip(ids, entries, strict=True)]
            await hot.fetch_each(_APPEND_SQLITE, rows)
            await hot.fetch_each(_WAIT_SQLITE, [(i,) for i in ids])
        else:
            await hot.fetch(_APPEND_POSTGRESQL, ids, [e.body for e in entries], [e.leaf_hash for e in entries])
