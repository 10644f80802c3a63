"""Say whether a person is the one who showed the code (电子营业执照管理办法（试行） art. 11: compare the holder)."""

import hmac
from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.kernel.idcard import guess_document
from zhizhao.kernel.text import clean_name, comparable
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.presentation.ask import require_key
from zhizhao.presentation.claim import Claim
from zhizhao.presentation.errors import MatchLimited, PresentationUnknown
from zhizhao.presentation.presentation import Verdict
from zhizhao.storage.database import Transaction
from zhizhao.wallet.proving.lookup import document_lookup

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.presentation.store import PresentationStore
    from zhizhao.trust.sealing import Sealer
    from zhizhao.wallet.store import WalletStore

MOST_MATCHES = 5
LONGEST_NAME = 64


async def match_holder(
    connection: Transaction,
    presentation_id: str,
    *,
    name: str,
    id_number: str,
    client_id: str,
    key: str | None = None,
    actor: Actor,
    store: "PresentationStore",
    wallets: "WalletStore",
    sealer: "Sealer",
    ledger: "LedgerStore",
    clock: Clock,
) -> bool:
    """Compare name and document number with the presenter's; at most five times a presentation, each in the ledger.

    A repeated idempotency key gets the answer it got before, and is not counted; with another person, or another
    presentation, it is refused (SECURITY.md §3.4).

    Raises PresentationUnknown, IdempotencyMismatch, MatchLimited, IdNumberMalformed, TextRefused, AskMalformed.
    """
    presentation = await store.get(connection, presentation_id, client_id=client_id)
    if presentation is None or presentation.verdict is not Verdict.ACCEPTED:
        raise PresentationUnknown(presentation_id=presentation_id)
    document = guess_document(id_number)
    wanted = comparable(clean_name(name, longest=LONGEST_NAME))
    lookup = document_lookup(sealer, document)
    if key is not None:
        asked = sealer.lookup("holder-match", f"{presentation_id}\0{wanted}\0{lookup.hex()}")  # a MAC: §3.6.3
        claim = Claim(caller=client_id, key=require_key(key), request_hash=asked, presentation_id=presentation_id)
        if not await store.claim_key(connection, claim, at=clock.now()):
            return await store.match_of_key(connection, presentation_id, key=key)
    person = await wallets.person(connection, presentation.presenter.person_id)
    same = person is not None and hmac.compare_digest(person.id_lookup, lookup) and comparable(person.name) == wanted
    number = await store.keep_match(connection, presentation_id, key=key, matched=same, at=clock.now())
    if number > MOST_MATCHES:
        raise MatchLimited(presentation_id=presentation_id)
    entry = new_entry(
        clock,
        act=Act.API_HOLDER_MATCHED,
        actor=actor,
        object_id=presentation_id,
        result="match" if same else "mismatch",
    )
    await ledger.append(connection, entry)
    return same
