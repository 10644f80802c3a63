"""Report a phone lost (挂失): freeze every device of a person, from any channel that knows who asks."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox
from zhizhao.wallet.events import WalletFrozen

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.wallet.store import WalletStore


async def lose(
    connection: Transaction,
    person_id: str,
    *,
    act: Act,
    because: str,
    actor: Actor,
    store: "WalletStore",
    ledger: "LedgerStore",
    outbox: Outbox,
    clock: Clock,
) -> tuple[str, ...]:
    """Freeze the person's active devices and return them; freezing twice changes nothing and is no error.

    The caller has proved the person, or a clerk has checked the papers; `act` says by which channel. A device counts
    as frozen for every request that begins after this commits, redemptions of codes shown before included.
    """
    frozen = await store.freeze(connection, person_id)
    if frozen:
        entries = [new_entry(clock, act=act, actor=actor, object_id=device, because=because) for device in frozen]
        await ledger.append(connection, *entries)
        await outbox.append(connection, WalletFrozen(actor=actor, person_id=person_id, because=because))
    return tuple(frozen)
