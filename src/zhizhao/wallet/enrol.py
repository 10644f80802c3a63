"""Register a device: a proved person, a PIN of the person's own, and a key that the phone never gives away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.kernel.ids import public_id
from zhizhao.kernel.text import clean_name
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox
from zhizhao.trust.keys import KeyProvider
from zhizhao.wallet.begin import Begin
from zhizhao.wallet.device import Device, DeviceState
from zhizhao.wallet.errors import DeviceKeyRefused, ProofNeeded
from zhizhao.wallet.events import DeviceEnded, DeviceEnrolled
from zhizhao.wallet.person import born_on
from zhizhao.wallet.pin import check_pin
from zhizhao.wallet.pin_hash import hash_pin
from zhizhao.wallet.proving.proof import Proof

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.wallet.store import WalletStore

LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a phone asks for; the key is the one its DPoP proof was checked with."""

    proof_id: str
    pin: str
    label: str
    thumbprint: str
    public_jwk: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A registered device and the older ones that gave way to it."""

    device: Device
    name: str
    """Of the person, in clear: for the phone that was just proved to belong to it."""
    retired: tuple[str, ...]


async def enrol(
    begin: Begin,
    application: Application,
    *,
    cap: int,
    store: "WalletStore",
    keys: KeyProvider,
    ledger: "LedgerStore",
    outbox: Outbox,
    clock: Clock,
) -> Enrolled:
    """Register a device and retire what is beyond the cap of devices a person may have.

    Checks, in order: (1) the proof is live and of this key; (2) the PIN is fit for its owner; it is hashed outside
    the transaction, for nobody without a proof; (3) the proof is used up; (4) the person's row is counted up, which
    puts parallel enrolments in a row; (5) the key is new. Raises ProofNeeded (1, 3), PinWeak (2), DeviceKeyRefused (5).
    """
    label = clean_name(application.label, longest=LONGEST_LABEL)
    async with begin() as connection:
        seen = await store.proofs.proof(connection, application.proof_id, thumbprint=application.thumbprint)  # (1)
    if seen is None:
        raise ProofNeeded(reason="unknown, used, too old, or of another key")
    check_pin(application.pin, number=seen.document.number, born_on=born_on(seen.document))  # (2)
    pin_hash = await hash_pin(application.pin, keys=keys)
    async with begin() as connection:
        proof = await store.proofs.use_proof(connection, application.proof_id, thumbprint=application.thumbprint)  # (3)
        if proof is None:
            raise ProofNeeded(reason="used meanwhile")
        device = await _added(connection, application, label=label, proof=proof, pin_hash=pin_hash, store=store)
        retired = await store.retire_below(connection, device.person_id, number=device.number - cap)
        await _tell(connection, device, retired, ledger=ledger, outbox=outbox, clock=clock)
    return Enrolled(device=device, name=proof.name, retired=tuple(retired))


async def _added(
    connection: Transaction,
    application: Application,
    *,
    label: str,
    proof: Proof,
    pin_hash: str,
    store: "WalletStore",
) -> Device:
    person_id, number = await store.count_device(connection, proof, new_id=public_id("per"))  # (4)
    device = Device(
        device_id=public_id("dev"),
        person_id=person_id,
        number=number,
        label=label,
        thumbprint=application.thumbprint,
        public_jwk=application.public_jwk,
        state=DeviceState.ACTIVE,
        pin_failures=0,
        proved_at=proof.proved_at,
        enrolled_at=await store.proofs.now(connection),
        ended_at=None,
    )
    if not await store.add_device(connection, device, pin_hash=pin_hash):  # (5)
        raise DeviceKeyRefused(reason="registered before")
    return device


async def _tell(
    connection: Transaction,
    device: Device,
    retired: list[str],
    *,
    ledger: "LedgerStore",
    outbox: Outbox,
    clock: Clock,
) -> None:
    actor = Actor(ActorKind.PERSON, device.person_id)
    entries = [new_entry(clock, act=Act.WALLET_DEVICE_ENROLLED, actor=actor, object_id=device.device_id)]
    entries += [
        new_entry(clock, act=Act.WALLET_DEVICE_RETIRED, actor=actor, object_id=old, because=device.device_id)
        for old in retired
    ]
    await ledger.append(connection, *entries)
    ended = [
        DeviceEnded(actor=actor, person_id=device.person_id, device_id=old, state=DeviceState.RETIRED)
        for old in retired
    ]
    enrolled = DeviceEnrolled(actor=actor, person_id=device.person_id, device_id=device.device_id)
    await outbox.append(connection, enrolled, *ended)
