"""Unlock a device with its PIN: count the try, then look at it.

Two units of work on purpose: the try is committed before the PIN is compared, so that 64 guesses at once are 64 counted
guesses and no rollback gives one back. The comparison is slow by design and holds no transaction open.
"""

from typing import TYPE_CHECKING, NoReturn

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox
from zhizhao.trust.errors import SecretMismatch
from zhizhao.trust.keys import KeyProvider
from zhizhao.wallet.begin import Begin
from zhizhao.wallet.device import Device, require_active
from zhizhao.wallet.errors import DeviceUnknown, PinDelayed, PinLocked, PinWrong
from zhizhao.wallet.events import PinLockedOut
from zhizhao.wallet.pin import PinTry
from zhizhao.wallet.pin_hash import verify_pin

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.wallet.store import WalletStore


async def unlock(
    begin: Begin,
    pin: str,
    *,
    thumbprint: str,
    limit: int,
    store: "WalletStore",
    keys: KeyProvider,
    ledger: "LedgerStore",
    outbox: Outbox,
    clock: Clock,
) -> Device:
    """Return the device whose PIN this is.

    Checks, in order: (1) the key belongs to an active device; (2) a try is left and its delay is over; it is counted
    here; (3) the PIN; (4) a right one forgets the count. Raises DeviceUnknown and the refusals of `require_active` (1),
    PinLocked, PinDelayed (2), PinWrong or, with the last try, PinLocked (3).
    """
    async with begin() as connection:
        found = await store.device_by_key(connection, thumbprint)
        if found is None:
            raise DeviceUnknown(thumbprint=thumbprint)
        device = require_active(found)  # (1)
        tried = await store.take_try(connection, device.device_id, limit=limit)  # (2)
        if tried is None:
            await _refuse(connection, device, limit=limit, store=store)
    try:
        await verify_pin(pin, tried.pin_hash, keys=keys)  # (3)
    except SecretMismatch as cause:
        await _count_out(begin, device, tried, limit=limit, ledger=ledger, outbox=outbox, clock=clock)
        raise PinWrong(device=device.device_id, left=limit - tried.failures) from cause
    async with begin() as connection:
        if not await store.forgive(connection, device.device_id, pin_hash=tried.pin_hash):  # (4)
            raise PinWrong(device=device.device_id, reason="changed meanwhile", left=limit - tried.failures)
    return device


async def _refuse(connection: Transaction, device: Device, *, limit: int, store: "WalletStore") -> NoReturn:
    """Raise why no try is given."""
    view = await store.pin_view(connection, device.device_id)
    if view.failures >= limit:
        raise PinLocked(device=device.device_id)
    raise PinDelayed(device=device.device_id, retry_after=max(1, view.wait_seconds))


async def _count_out(
    begin: Begin,
    device: Device,
    tried: PinTry,
    *,
    limit: int,
    ledger: "LedgerStore",
    outbox: Outbox,
    clock: Clock,
) -> None:
    """After the last wrong try: write it down, tell the owner, raise PinLocked."""
    if tried.failures < limit:
        return
    actor = Actor(ActorKind.PERSON, device.person_id)
    async with begin() as connection:
        entry = new_entry(clock, act=Act.WALLET_PIN_LOCKED, actor=actor, object_id=device.device_id)
        await ledger.append(connection, entry)
        locked = PinLockedOut(actor=actor, person_id=device.person_id, device_id=device.device_id)
        await outbox.append(connection, locked)
    raise PinLocked(device=device.device_id)
