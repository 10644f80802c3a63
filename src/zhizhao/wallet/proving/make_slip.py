"""Make a one-time slip after a clerk checked somebody's papers; the paper is the only place of its code."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.kernel.idcard import guess_document
from zhizhao.kernel.ids import public_id
from zhizhao.kernel.text import clean_name
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.storage.database import Transaction
from zhizhao.trust.keys import KeyProvider
from zhizhao.trust.sealing import Sealer
from zhizhao.wallet.proving.lookup import document_lookup, slip_macs
from zhizhao.wallet.slip import Slip, new_slip_code

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.wallet.store import WalletStore

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Whom the clerk saw, as the papers say."""

    name: str
    document_number: str


async def make_slip(
    connection: Transaction,
    applicant: Applicant,
    *,
    minutes: int,
    act: Act,
    actor: Actor,
    store: "WalletStore",
    sealer: Sealer,
    keys: KeyProvider,
    ledger: "LedgerStore",
    clock: Clock,
) -> Slip:
    """Return a new slip; its life counts by the store's clock.

    `act` says where it was made (office page or command line); the ledger keeps the slip's id and the clerk, and
    nothing about the person. Raises TextRefused, IdNumberMalformed, DocumentMalformed.
    """
    name = clean_name(applicant.name, longest=LONGEST_NAME)
    document = guess_document(applicant.document_number)
    now = await store.proofs.now(connection)
    slip = Slip(
        slip_id=public_id("slp"),
        code=new_slip_code(),
        document_kind=document.kind,
        made_by=actor,
        made_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )
    mac = slip_macs(keys, slip.code)[0]
    lookup = document_lookup(sealer, document)
    await store.proofs.add_slip(connection, slip, mac=mac, name=name, id_lookup=lookup)
    facts = {"document_kind": document.kind.value, "minutes": minutes}
    await ledger.append(connection, new_entry(clock, act=act, actor=actor, object_id=slip.slip_id, facts=facts))
    return slip
