"""Give one known entity a further version by a single act of an official: status or marks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.kernel.text import clean_name
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import Entry, new_entry
from zhizhao.registry.change import Change
from zhizhao.registry.content import Content, compare, content_bytes
from zhizhao.registry.entity import Entity
from zhizhao.registry.errors import EntityUnknown, NothingToChange
from zhizhao.registry.events import EntityChanged
from zhizhao.registry.recorded import Recorded, entity_of, next_version
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.registry.store import RegistryStore

LONGEST_REASON = 200


async def amend(
    connection: Transaction,
    uscc: str,
    *,
    change: Callable[[Content], Content],
    act: Act,
    because: str,
    store: "RegistryStore",
    outbox: Outbox,
    ledger: "LedgerStore",
    clock: Clock,
    actor: Actor,
) -> Entity:
    """Apply `change` to an entity's content and return the entity in its new version.

    The reason is kept in the version, not in the ledger, which names the version. Raises EntityUnknown,
    NothingToChange, TextRefused (the reason), ChangedMeanwhile, and what `change` raises.
    """
    because = clean_name(because, longest=LONGEST_REASON)
    head = (await store.heads(connection, [uscc], lock=True)).get(uscc)
    kept = (await store.kept(connection, [uscc])).get(uscc)
    if head is None or kept is None:
        raise EntityUnknown(uscc=uscc)
    content = change(kept.content)
    difference = compare(kept.content, content)
    if difference.is_empty:
        raise NothingToChange(uscc=uscc)
    row = next_version(
        uscc,
        content,
        head=head,
        stored=content_bytes(content),
        sealed=kept.sealed,
        warnings=kept.warnings,
        recorded_at=await store.now(connection),
        actor=f"{actor.kind.value}:{actor.id}",
        because=because,
    )
    await store.replace(connection, [row])
    await store.set_as_of(connection, row.recorded_at)
    await ledger.append(connection, _entry(row, difference, clock=clock, act=act, actor=actor))
    await outbox.append(connection, _event(row, difference, actor=actor))
    return entity_of(
        uscc,
        content,
        version=row.version,
        sealed=kept.sealed,
        warnings=kept.warnings,
        recorded_at=row.recorded_at,
    )


def _entry(row: Recorded, difference: Change, *, clock: Clock, act: Act, actor: Actor) -> Entry:
    facts = {"chain": row.chain.hex(), "fields": list(difference.fields), "version": row.version}
    return new_entry(clock, act=act, actor=actor, object_id=row.uscc, facts=facts)


def _event(row: Recorded, difference: Change, *, actor: Actor) -> EntityChanged:
    return EntityChanged(
        actor=actor,
        uscc=row.uscc,
        fields=difference.fields,
        principal_changed=difference.principal_changed,
        status_changed=difference.status_changed,
    )
