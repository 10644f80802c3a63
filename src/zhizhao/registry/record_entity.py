"""Record one entity as an official enters it; refused drafts are an error, not a figure."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.registry.draft import EntityDraft
from zhizhao.registry.entity import Entity
from zhizhao.registry.errors import EntityUnknown, NothingToChange, RowRefused
from zhizhao.registry.record import record
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox
from zhizhao.trust.sealing import Sealer

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.registry.store import RegistryStore


async def record_entity(
    connection: Transaction,
    draft: EntityDraft,
    *,
    because: str,
    store: "RegistryStore",
    sealer: Sealer,
    outbox: Outbox,
    ledger: "LedgerStore",
    clock: Clock,
    actor: Actor,
) -> Entity:
    """Return the entity as it now stands. Raises RowRefused, NothingToChange, ChangedMeanwhile."""
    tally = await record(
        connection,
        [draft],
        store=store,
        sealer=sealer,
        outbox=outbox,
        ledger=ledger,
        clock=clock,
        actor=actor,
        because=because,
        allow_older=True,  # somebody decided on just this entity, and says why
    )
    if tally.refused:
        raise RowRefused(uscc=draft.uscc, problems=tuple((one.column, one.reason) for one in tally.refused))
    if tally.unchanged:
        raise NothingToChange(uscc=draft.uscc)
    entity = await store.get(connection, draft.uscc)
    if entity is None:
        raise EntityUnknown(uscc=draft.uscc)
    return entity
