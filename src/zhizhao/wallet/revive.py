"""Make a frozen device usable again after its owner was proved anew."""

from dataclasses import replace
from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox
from zhizhao.wallet.device import Device, DeviceState, require_active
from zhizhao.wallet.errors import DeviceUnknown, PersonMismatch, ProofNeeded
from zhizhao.wallet.events import WalletUnfrozen

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.wallet.store import WalletStore


async def revive(
    connection: Transaction,
    *,
    proof_id: str,
    thumbprint: str,
    store: "WalletStore",
    ledger: "LedgerStore",
    outbox: Outbox,
    clock: Clock,
) -> Device:
    """Return the active device of this key, its owner proved just now; a freeze is lifted, an end is final.

    Raises ProofNeeded, DeviceUnknown, PersonMismatch, DeviceRetired, DeviceRevoked.
    """
    device = await store.device_by_key(connection, thumbprint)
    if device is None:
        raise DeviceUnknown(thumbprint=thumbprint)
    if device.state is not DeviceState.FROZEN:
        require_active(device)
    proof = await store.proofs.use_proof(connection, proof_id, thumbprint=thumbprint)
    if proof is None:
        raise ProofNeeded(reason="unknown, used, too old, or of another key")
    owner = await store.person(connection, device.person_id)
    if owner is None or owner.id_lookup != proof.id_lookup:
        raise PersonMismatch(device=device.device_id)
    if await store.unfreeze(connection, device.device_id, proved_at=proof.proved_at):
        actor = Actor(ActorKind.PERSON, device.person_id)
        entry = new_entry(clock, act=Act.WALLET_DEVICE_UNFROZEN, actor=actor, object_id=device.device_id)
        await ledger.append(connection, entry)
        lifted = WalletUnfrozen(actor=actor, person_id=device.person_id, device_id=device.device_id)
        await outbox.append(connection, lifted)
    return replace(device, state=DeviceState.ACTIVE, proved_at=proof.proved_at)
