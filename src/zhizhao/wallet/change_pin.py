"""Change the PIN by the old one, which counts as a try like any other."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.storage.outbox import Outbox
from zhizhao.trust.keys import KeyProvider
from zhizhao.wallet.begin import Begin
from zhizhao.wallet.device import Device
from zhizhao.wallet.person import born_on
from zhizhao.wallet.pin import check_pin
from zhizhao.wallet.pin_hash import hash_pin
from zhizhao.wallet.unlock import unlock

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.wallet.store import WalletStore


async def change_pin(
    begin: Begin,
    old: str,
    new: str,
    *,
    thumbprint: str,
    limit: int,
    store: "WalletStore",
    keys: KeyProvider,
    ledger: "LedgerStore",
    outbox: Outbox,
    clock: Clock,
) -> Device:
    """Return the device with its new PIN. Raises the refusals of `unlock` for the old one, PinWeak for the new one."""
    device = await unlock(
        begin,
        old,
        thumbprint=thumbprint,
        limit=limit,
        store=store,
        keys=keys,
        ledger=ledger,
        outbox=outbox,
        clock=clock,
    )
    async with begin() as connection:
        document = await store.document_of(connection, device.person_id)
    check_pin(new, number=document.number, born_on=born_on(document))
    pin_hash = await hash_pin(new, keys=keys)
    async with begin() as connection:
        await store.set_pin(connection, device.device_id, pin_hash=pin_hash)
        actor = Actor(ActorKind.PERSON, device.person_id)
        entry = new_entry(clock, act=Act.WALLET_PIN_CHANGED, actor=actor, object_id=device.device_id)
        await ledger.append(connection, entry)
    return device
