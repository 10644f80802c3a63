"""Set a new PIN after the person was proved again: a forgotten PIN is never a dead end."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.storage.outbox import Outbox
from zhizhao.trust.keys import KeyProvider
from zhizhao.wallet.begin import Begin
from zhizhao.wallet.device import Device
from zhizhao.wallet.errors import ProofNeeded
from zhizhao.wallet.person import born_on
from zhizhao.wallet.pin import check_pin
from zhizhao.wallet.pin_hash import hash_pin
from zhizhao.wallet.revive import revive

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.wallet.store import WalletStore


async def reset_pin(
    begin: Begin,
    pin: str,
    *,
    proof_id: str,
    thumbprint: str,
    store: "WalletStore",
    keys: KeyProvider,
    ledger: "LedgerStore",
    outbox: Outbox,
    clock: Clock,
) -> Device:
    """Give the device another PIN, forget wrong tries and lift a freeze, by one proof of its owner.

    Raises ProofNeeded, PinWeak, DeviceUnknown, PersonMismatch, and DeviceRetired or DeviceRevoked for a device whose
    life is over.
    """
    async with begin() as connection:
        seen = await store.proofs.proof(connection, proof_id, thumbprint=thumbprint)
    if seen is None:
        raise ProofNeeded(reason="unknown, used, too old, or of another key")
    check_pin(pin, number=seen.document.number, born_on=born_on(seen.document))
    pin_hash = await hash_pin(pin, keys=keys)
    async with begin() as connection:
        device = await revive(
            connection,
            proof_id=proof_id,
            thumbprint=thumbprint,
            store=store,
            ledger=ledger,
            outbox=outbox,
            clock=clock,
        )
        await store.set_pin(connection, device.device_id, pin_hash=pin_hash)
        actor = Actor(ActorKind.PERSON, device.person_id)
        entry = new_entry(clock, act=Act.WALLET_PIN_RESET, actor=actor, object_id=device.device_id)
        await ledger.append(connection, entry)
    return device
