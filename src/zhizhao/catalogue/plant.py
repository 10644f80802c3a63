"""Plant the packaged starting tree in a new installation; what is there, revised or retired, is left as it is."""

from typing import TYPE_CHECKING

from zhizhao.catalogue.revision import Revision
from zhizhao.catalogue.starting_tree import starting_tree
from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.catalogue.store import CatalogueStore
    from zhizhao.ledger.store import LedgerStore


async def plant(
    connection: Transaction, *, store: "CatalogueStore", ledger: "LedgerStore", clock: Clock, actor: Actor
) -> int:
    """Add the matters whose code was never given out; return how many. Running it twice changes nothing."""
    known = await store.codes(connection)
    new = [matter for matter in starting_tree() if matter.code not in known]
    if not new:
        return 0
    day = await store.today(connection)
    await store.add(
        connection,
        [Revision(matter=matter, revision=1, effective_from=day, effective_until=None) for matter in new],
    )
    entry = new_entry(
        clock,
        act=Act.SYSTEM_MATTERS_PLANTED,
        actor=actor,
        object_id="catalogue",
        facts={"codes": sorted(matter.code for matter in new)},
    )
    await ledger.append(connection, entry)
    return len(new)
