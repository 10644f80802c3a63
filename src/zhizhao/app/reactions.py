"""What follows from an event in the same transaction, in floor order (HOUSE.md §2)."""

from collections.abc import Mapping, Sequence

from zhizhao.kernel.events import Event
from zhizhao.licence.errors import NotIssuable
from zhizhao.licence.follow import follow
from zhizhao.licence.life import Cause
from zhizhao.licence.office import Office
from zhizhao.registry.events import EntityChanged, EntityRegistered
from zhizhao.registry.store import RegistryStore
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import InTransaction

BULK = "registry-import"


def in_transaction(*, office: Office, registry: RegistryStore) -> Mapping[str, Sequence[InTransaction]]:
    """Return the reactions by event kind; licence first, then what stands above it."""

    async def licence_follows(connection: Transaction, event: Event) -> None:
        if not isinstance(event, EntityRegistered | EntityChanged):
            return
        changed = isinstance(event, EntityChanged) and event.principal_changed
        cause = Cause(actor=event.actor, because=event.kind)
        try:
            await follow(
                connection, event.uscc, cause=cause, office=office, registry=registry, principal_changed=changed
            )
        except NotIssuable:
            return  # a registration certificate (kinds 23, 31) has no licence to follow

    return {EntityRegistered.kind: [licence_follows], EntityChanged.kind: [licence_follows]}
