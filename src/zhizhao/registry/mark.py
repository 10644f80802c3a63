"""Set a mark beside an entity's status: abnormal listing, dormancy, dispute."""

from typing import TYPE_CHECKING

import msgspec

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.registry.acts import acts_of
from zhizhao.registry.amend import amend
from zhizhao.registry.content import Content
from zhizhao.registry.entity import Entity, Mark
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.registry.store import RegistryStore


async def mark(
    connection: Transaction,
    uscc: str,
    *,
    wanted: Mark,
    because: str,
    store: "RegistryStore",
    outbox: Outbox,
    ledger: "LedgerStore",
    clock: Clock,
    actor: Actor,
) -> Entity:
    """Return the entity with the mark. Raises NothingToChange: it already has it; and what `amend` raises."""

    def change(content: Content) -> Content:
        return msgspec.structs.replace(content, marks=tuple(sorted({*content.marks, wanted})))

    return await amend(
        connection,
        uscc,
        change=change,
        act=acts_of(actor).marked,
        because=because,
        store=store,
        outbox=outbox,
        ledger=ledger,
        clock=clock,
        actor=actor,
    )
