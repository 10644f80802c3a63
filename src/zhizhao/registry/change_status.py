"""Change an entity's status by one act, with the reason an official gives."""

from typing import TYPE_CHECKING

import msgspec

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.registry.acts import acts_of
from zhizhao.registry.amend import amend
from zhizhao.registry.content import Content
from zhizhao.registry.entity import Entity, EntityStatus, may_become
from zhizhao.registry.errors import StatusNotReachable
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.registry.store import RegistryStore


async def change_status(
    connection: Transaction,
    uscc: str,
    *,
    status: EntityStatus,
    because: str,
    store: "RegistryStore",
    outbox: Outbox,
    ledger: "LedgerStore",
    clock: Clock,
    actor: Actor,
) -> Entity:
    """Return the entity in its new status. Raises StatusNotReachable beside what `amend` raises."""

    def change(content: Content) -> Content:
        if not may_become(content.status, status):
            raise StatusNotReachable(uscc=uscc, before=content.status.value, after=status.value)
        return msgspec.structs.replace(content, status=status)

    return await amend(
        connection,
        uscc,
        change=change,
        act=acts_of(actor).status_changed,
        because=because,
        store=store,
        outbox=outbox,
        ledger=ledger,
        clock=clock,
        actor=actor,
    )
