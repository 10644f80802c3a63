"""Reactions to the register in its own transaction: a few events are followed at once, a bulk is noted as due.

A registration at a window has its licence when the transaction commits; an import of thousands commits at the speed
of the import, and `issue_pending` follows within seconds. Between the two a redemption is safe all the same: it reads
the entity's status from the register itself.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from zhizhao.kernel.events import Event
from zhizhao.licence.errors import NotIssuable
from zhizhao.licence.follow_or_wait import follow_or_wait
from zhizhao.licence.life import Cause
from zhizhao.licence.office import Office
from zhizhao.registry.events import EntityChanged, EntityRegistered
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.registry.store import RegistryStore

AT_ONCE: Final = 8
"""So many events of one append are followed in the transaction itself, each a few milliseconds."""


async def react_all(
    connection: Transaction, events: Sequence[Event], *, office: Office, registry: "RegistryStore"
) -> None:
    """Bring the licences to what the entities of these events have become; one reaction for all of one append.

    First version, new version, withdrawal, dispute or its end. A kind without a licence is left alone; a version that
    may not be made now is noted as due, and the register's change stands.
    """
    changes = [event for event in events if isinstance(event, EntityRegistered | EntityChanged)]
    others = {event.uscc for event in changes if isinstance(event, EntityChanged) and event.principal_changed}
    if len(changes) > AT_ONCE:
        await office.store.note_due(connection, others, principal_changed=True)
        await office.store.note_due(connection, {event.uscc for event in changes} - others)
        return
    for event in sorted(changes, key=lambda event: event.uscc):
        try:
            done = await follow_or_wait(
                connection,
                event.uscc,
                cause=Cause(actor=event.actor, because=event.kind),
                office=office,
                registry=registry,
                principal_changed=event.uscc in others,
            )
        except NotIssuable:  # a registration certificate: the register keeps it, there is nothing to issue
            continue
        if done.waits:
            await office.store.note_due(connection, [event.uscc], principal_changed=event.uscc in others)
