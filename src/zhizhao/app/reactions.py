"""What follows from an event in the same transaction, in floor order (HOUSE.md §2)."""

from collections.abc import Mapping, Sequence

from zhizhao.kernel.events import Event
from zhizhao.licence.office import Office
from zhizhao.licence.react import react_all
from zhizhao.registry.events import EntityChanged, EntityRegistered
from zhizhao.registry.store import RegistryStore
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import InTransaction


def in_transaction(*, office: Office, registry: RegistryStore) -> Mapping[str, Sequence[InTransaction]]:
    """Return the reactions by event kind; licence first, then what stands above it."""

    async def licence_follows(connection: Transaction, events: Sequence[Event]) -> None:
        await react_all(connection, events, office=office, registry=registry)

    return {EntityRegistered.kind: [licence_follows], EntityChanged.kind: [licence_follows]}
