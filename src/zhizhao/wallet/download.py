"""Download a licence to a device (下载执照), or download it again after a change of registration."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.licence.licence import Licence
from zhizhao.licence.status import LicenceStatus
from zhizhao.registry.entity import EntityStatus
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox
from zhizhao.wallet.device import Device
from zhizhao.wallet.entitle import Entitled
from zhizhao.wallet.entitlement import Entitlement
from zhizhao.wallet.errors import DeclarationNeeded, LicenceNotInForce, ProofNeeded
from zhizhao.wallet.events import LicenceDownloaded
from zhizhao.wallet.holding import DECLARATION_VERSION, Copy

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.licence.store import LicenceStore
    from zhizhao.wallet.store import WalletStore


async def download(
    connection: Transaction,
    device: Device,
    entitled: Entitled,
    *,
    declaration: str,
    proof_seconds: int,
    licences: "LicenceStore",
    store: "WalletStore",
    ledger: "LedgerStore",
    outbox: Outbox,
    clock: Clock,
) -> tuple[Copy, Licence]:
    """Bind the current version to the device and return both; `entitled` was asked in this same transaction.

    Checks, in order: (1) the declaration in force was accepted; (2) the licence exists, nobody holds it, and it is not
    withdrawn, unless its entity is revoked and must still reach its deregistration; (3) a first download needs a proof
    of the person not older than `proof_seconds` (DOMAIN.md §4.3), a repeated one on the same device does not.
    Raises DeclarationNeeded (1), LicenceNotInForce (2), ProofNeeded (3).
    """
    if declaration != DECLARATION_VERSION:  # (1)
        raise DeclarationNeeded(version=DECLARATION_VERSION)
    entity = entitled.entity
    licence = await licences.current(connection, entity.uscc)
    if licence is None or not _is_downloadable(licence, entity.status):  # (2)
        raise LicenceNotInForce(uscc=entity.uscc, status=licence.status.value if licence else None)
    earlier = await store.copy(connection, entity.uscc, device_id=device.device_id)
    now = await store.proofs.now(connection)
    if earlier is None and now - device.proved_at > timedelta(seconds=proof_seconds):  # (3)
        raise ProofNeeded(reason="first download so long after the proof", device=device.device_id)
    copy = _copy(device, entitled.entitlement, licence, at=now)
    await store.keep_copy(connection, copy)
    await _tell(connection, copy, device=device, again=earlier is not None, ledger=ledger, outbox=outbox, clock=clock)
    return copy, licence


def _is_downloadable(licence: Licence, entity_status: EntityStatus) -> bool:
    if licence.holds:
        return False
    return licence.status is not LicenceStatus.WITHDRAWN or entity_status is EntityStatus.REVOKED


def _copy(device: Device, entitlement: Entitlement, licence: Licence, *, at: datetime) -> Copy:
    return Copy(
        uscc=entitlement.uscc,
        device_id=device.device_id,
        version=licence.version,
        role=entitlement.role,
        mandate_id=entitlement.mandate_id,
        declaration=DECLARATION_VERSION,
        declared_at=at,
        downloaded_at=at,
    )


async def _tell(
    connection: Transaction,
    copy: Copy,
    *,
    device: Device,
    again: bool,
    ledger: "LedgerStore",
    outbox: Outbox,
    clock: Clock,
) -> None:
    actor = Actor(ActorKind.PERSON, device.person_id)
    facts = {"device": copy.device_id, "version": copy.version, "declaration": copy.declaration, "again": again}
    entry = new_entry(
        clock,
        act=Act.WALLET_LICENCE_DOWNLOADED,
        actor=actor,
        object_id=copy.uscc,
        capacity=copy.role.value,
        on_behalf_of=copy.uscc,
        facts=facts,
    )
    await ledger.append(connection, entry)
    told = LicenceDownloaded(actor=actor, uscc=copy.uscc, version=copy.version, role=copy.role, again=again)
    await outbox.append(connection, told)


__all__ = ["Entitlement", "download"]
