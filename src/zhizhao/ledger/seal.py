"""Seal what is unsealed: number the entries, grow the tree, sign the head.

One call is one pass of work; `app` repeats it. Every batch is a transaction of its own with its own signed head, so
that a crash leaves whole batches only. Between two processes an advisory lock decides who seals.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from zhizhao.ledger.edge import Tile
from zhizhao.ledger.head import Head, read_head, sign_head
from zhizhao.storage.database import Database, Transaction
from zhizhao.trust.keys import KeyProvider

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore

LARGEST_BATCH = 1000  # SECURITY.md §3.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What one pass did."""

    leaves: int
    """Entries that got a number."""
    heads: int
    """Heads that were signed."""


async def seal(database: Database, *, store: "LedgerStore", keys: KeyProvider, limit: int = LARGEST_BATCH) -> Sealed:
    """Seal everything that waits, batch by batch. Raises LedgerBroken: an entry vanished before it was sealed."""
    leaves = heads = 0
    while True:
        async with database.write() as connection:
            now = await database.now(connection)
            count = await seal_batch(connection, store=store, keys=keys, now=now, limit=limit)
        leaves += count
        heads += count > 0
        if count < limit:
            break
    async with database.read() as connection:
        await refresh(connection, store=store, keys=keys)
    return Sealed(leaves=leaves, heads=heads)


async def seal_batch(
    connection: Transaction, *, store: "LedgerStore", keys: KeyProvider, now: datetime, limit: int = LARGEST_BATCH
) -> int:
    """Seal one batch in the caller's transaction; return its number of leaves, 0 also when another process seals."""
    if not await store.may_seal(connection):
        return 0
    waiting = await store.take_waiting(connection, limit=limit)
    if not waiting:
        return 0
    growth = await store.growth(connection)
    leaves: list[tuple[int, bytes, bytes]] = []
    tiles: list[Tile] = []
    for entry_id, leaf_hash in waiting:
        tiles += growth.append(leaf_hash)
        leaves.append((growth.edge.size - 1, entry_id, growth.chain))
    await store.put_leaves(connection, leaves)
    await store.put_tiles(connection, tiles)
    token = await store.newest_head(connection)
    before = token and read_head(token, keys=keys)
    at = max(now, before.at) if before else now  # a clock set back must not turn the order of heads
    previous = before.token_hash if before else None
    head = sign_head(keys, size=growth.edge.size, root=growth.edge.root(), at=at, previous=previous)
    await store.put_head(connection, head)
    return len(waiting)


async def refresh(connection: Transaction, *, store: "LedgerStore", keys: KeyProvider) -> Head | None:
    """Let the store know the newest committed head, for receipts; every process repeats it. Raises HeadRefused."""
    token = await store.newest_head(connection)
    known = store.known_head
    if token is not None and (known is None or known.token != token):
        store.known_head = read_head(token, keys=keys)
    return store.known_head
