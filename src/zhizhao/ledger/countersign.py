"""Let the witness countersign the newest head, with the proof that it contains the last one it saw."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zhizhao.ledger.errors import WitnessRefused
from zhizhao.ledger.head import Head
from zhizhao.ledger.prove import prove_consistency
from zhizhao.ledger.seal import refresh
from zhizhao.ledger.witness import Witness, Witnessed
from zhizhao.storage.database import Database
from zhizhao.trust.keys import KeyProvider

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore

TRIES = 3
"""Another process may show a larger head between our reading and our showing."""


async def countersign(
    database: Database, *, store: "LedgerStore", keys: KeyProvider, witness: Witness, anew: bool = False
) -> int:
    """Show the newest head; return the size that the witness then holds, and let every process know that it does.

    Raises WitnessRefused when the witness holds a larger or another tree than the store: an old backup, a cut or a
    fork; and when it holds less than it held before: memory was lost or taken away. Nobody may go on as if the ledger
    were whole. `anew` lets such a witness go on, which its caller writes into the ledger.
    """
    async with database.read() as connection:
        before = await store.last_witnessed(connection)
    held = 0 if anew or before is None else before.size
    size = await _shown(database, store=store, keys=keys, witness=witness, held=held)
    async with database.write() as connection:
        await store.put_witnessed(connection, size, at=await database.now(connection))
    return size


async def _shown(database: Database, *, store: "LedgerStore", keys: KeyProvider, witness: Witness, held: int) -> int:
    for tries_left in reversed(range(TRIES)):
        last = await witness.last()  # before the store is read: what it holds was committed earlier
        if (last.size if last else 0) < held:
            raise WitnessRefused(reason="it holds less than it held before", witnessed=held)
        head, path = await _newest(database, last, store=store, keys=keys)
        if head is None:
            if last is None:
                return 0
            raise WitnessRefused(reason="the store has no head at all", witnessed=last.size, shown=0)
        try:
            await witness.countersign(head, path=path)
        except WitnessRefused:
            if not tries_left:
                raise
        else:
            return head.size
    raise AssertionError  # the last try returns or raises


async def _newest(
    database: Database, last: Witnessed | None, *, store: "LedgerStore", keys: KeyProvider
) -> tuple[Head | None, Sequence[bytes]]:
    async with database.read() as connection:
        head = await refresh(connection, store=store, keys=keys)
        if head is None or last is None or last.size >= head.size:
            return head, ()
        return head, await prove_consistency(connection, last.size, size=head.size, store=store)
