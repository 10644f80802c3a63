"""Record what a registrar states: new entities and changed ones, with history, events and the ledger's entry."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.entry import Entry, new_entry
from zhizhao.registry.acts import acts_of
from zhizhao.registry.assess import Assessment, Coming, assess
from zhizhao.registry.draft import EntityDraft
from zhizhao.registry.events import EntityChanged, EntityRegistered
from zhizhao.registry.recorded import Recorded, next_version
from zhizhao.registry.tally import Tally
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox
from zhizhao.trust.sealing import Sealer

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.registry.store import RegistryStore

SEALED_TABLE, SEALED_COLUMN = "registry_entity", "principal_number"
"""Where a principal's number is sealed; the row is the USCC."""


async def record(
    connection: Transaction,
    drafts: Sequence[EntityDraft],
    *,
    store: "RegistryStore",
    sealer: Sealer,
    outbox: Outbox,
    ledger: "LedgerStore",
    clock: Clock,
    actor: Actor,
    feed: str | None = None,
    because: str = "",
    allow_older: bool = False,
) -> Tally:
    """Record drafts in the caller's transaction; each code must stand once among them.

    In order: (1) compare with what is known, locked by code; (2) write entities and versions, chained; (3) append the
    ledger's entries; (4) append the events, whose reactions run in this transaction and see the new versions. With
    `feed`, the id of an import, one entry stands for the batch and the time the data are as of moves when the feed is
    closed; without, every entity has its entry and the time moves now. Raises ChangedMeanwhile.
    """
    assessment = await assess(connection, drafts, store=store, sealer=sealer, lock=True, allow_older=allow_older)  # (1)
    if assessment.coming:
        now = await store.now(connection)
        recorded = [
            _version(one, sealer=sealer, now=now, actor=actor, because=because or feed or "")
            for one in assessment.coming
        ]
        await store.add(connection, [row for row in recorded if row.version == 1])  # (2)
        await store.replace(connection, [row for row in recorded if row.version > 1])
        entries = _entries(assessment, recorded, clock=clock, actor=actor, feed=feed)
        await ledger.append(connection, *entries)  # (3)
        if feed is None:
            await store.set_as_of(connection, now)
        await outbox.append(connection, *(_event(one, actor=actor) for one in assessment.coming))  # (4)
    return assessment.tally


def _version(one: Coming, *, sealer: Sealer, now: datetime, actor: Actor, because: str) -> Recorded:
    draft = one.draft
    sealed = one.kept_seal
    if sealed is None and draft.document is not None:
        sealed = sealer.seal(draft.document.number, table=SEALED_TABLE, column=SEALED_COLUMN, row=draft.uscc)
    return next_version(
        draft.uscc,
        one.content,
        head=one.head,
        stored=one.stored,
        sealed=sealed,
        warnings=draft.warnings,
        recorded_at=now,
        actor=f"{actor.kind.value}:{actor.id}",
        because=because,
    )


def _event(one: Coming, *, actor: Actor) -> EntityRegistered | EntityChanged:
    if one.change is None:
        return EntityRegistered(actor=actor, uscc=one.draft.uscc)
    return EntityChanged(
        actor=actor,
        uscc=one.draft.uscc,
        fields=one.change.fields,
        principal_changed=one.change.principal_changed,
        status_changed=one.change.status_changed,
    )


def _entries(
    assessment: Assessment, recorded: Sequence[Recorded], *, clock: Clock, actor: Actor, feed: str | None
) -> list[Entry]:
    """Return the ledger's entries: one for the batch of a feed, and one for every entity that changed or came alone."""
    acts = acts_of(actor)
    entries = []
    if feed is not None:
        chains = hashlib.sha256(b"".join(row.chain for row in recorded)).hexdigest()
        tally = assessment.tally
        facts = {"changed": tally.changed, "chains": chains, "new": tally.new, "unchanged": tally.unchanged}
        entries.append(new_entry(clock, act=acts.batch_recorded, actor=actor, object_id=feed, facts=facts))
    for one, row in zip(assessment.coming, recorded, strict=True):
        if one.change is not None:
            facts = {"chain": row.chain.hex(), "fields": list(one.change.fields), "version": row.version}
            entries.append(
                new_entry(clock, act=acts.changed, actor=actor, object_id=row.uscc, because=feed, facts=facts)
            )
        elif feed is None:
            facts = {"chain": row.chain.hex(), "version": row.version}
            entries.append(new_entry(clock, act=acts.recorded, actor=actor, object_id=row.uscc, facts=facts))
    return entries
