"""Report a phone lost at a window: a clerk checked the papers, the person need not have the phone."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.kernel.idcard import guess_document
from zhizhao.kernel.text import comparable
from zhizhao.ledger.entry import Act
from zhizhao.storage.database import Transaction
from zhizhao.storage.outbox import Outbox
from zhizhao.trust.sealing import Sealer
from zhizhao.wallet.errors import PersonUnknown
from zhizhao.wallet.lose import lose
from zhizhao.wallet.person import Person
from zhizhao.wallet.proving.lookup import document_lookup
from zhizhao.wallet.proving.make_slip import Applicant

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.wallet.store import WalletStore


async def lose_at_window(
    connection: Transaction,
    applicant: Applicant,
    *,
    actor: Actor,
    store: "WalletStore",
    sealer: Sealer,
    ledger: "LedgerStore",
    outbox: Outbox,
    clock: Clock,
) -> tuple[Person, tuple[str, ...]]:
    """Freeze the devices of the person whose papers a clerk checked; return the person and the devices frozen.

    Raises IdNumberMalformed, DocumentMalformed, PersonUnknown: no wallet with this document and name.
    """
    document = guess_document(applicant.document_number)
    person = await store.person_by_document(connection, document_lookup(sealer, document))
    if person is None or comparable(person.name) != comparable(applicant.name):
        raise PersonUnknown(found=person is not None)
    frozen = await lose(
        connection,
        person.person_id,
        act=Act.OFFICE_WALLET_FROZEN,
        because="reported-at-window",
        actor=actor,
        store=store,
        ledger=ledger,
        outbox=outbox,
        clock=clock,
    )
    return person, frozen
