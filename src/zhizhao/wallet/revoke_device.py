"""Sign a device off (注销设备), from another one or from itself."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox
from zhizhao.wallet.device import DeviceState
from zhizhao.wallet.errors import DeviceUnknown
from zhizhao.wallet.events import DeviceEnded

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.wallet.store import WalletStore


async def revoke_device(
    connection: Transaction,
    device_id: str,
    *,
    person_id: str,
    store: "WalletStore",
    ledger: "LedgerStore",
    outbox: Outbox,
    clock: Clock,
) -> None:
    """End a device of this person for good; its copies die with it. Raises DeviceUnknown: not theirs, or ended."""
    if not await store.revoke(connection, person_id, device_id=device_id):
        raise DeviceUnknown(device=device_id)
    actor = Actor(ActorKind.PERSON, person_id)
    await ledger.append(connection, new_entry(clock, act=Act.WALLET_DEVICE_REVOKED, actor=actor, object_id=device_id))
    ended = DeviceEnded(actor=actor, person_id=person_id, device_id=device_id, state=DeviceState.REVOKED)
    await outbox.append(connection, ended)
