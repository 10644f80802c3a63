"""File a presentation under a case (办件), move it to another, or take it out with a reason; history is kept."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.kernel.text import clean_name
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.presentation.ask import LONGEST_CASE
from zhizhao.presentation.errors import AskMalformed, PresentationUnknown
from zhizhao.presentation.filing import Filing
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.presentation.store import PresentationStore

LONGEST_REASON = 200


async def file_case(
    connection: Transaction,
    presentation_id: str,
    *,
    case_number: str | None,
    reason: str | None,
    client_id: str,
    actor: Actor,
    store: "PresentationStore",
    ledger: "LedgerStore",
    clock: Clock,
) -> Filing:
    """Append a filing; `case_number` None takes the presentation out of its case.

    A reason is required when there is a case already, or when it is taken out. Raises PresentationUnknown,
    AskMalformed, TextRefused.
    """
    presentation = await store.get(connection, presentation_id, client_id=client_id)
    if presentation is None:
        raise PresentationUnknown(presentation_id=presentation_id)
    latest = (await store.filings(connection, [presentation_id])).get(presentation_id)
    standing = latest.case_number if latest else presentation.case_number
    case = clean_name(case_number, longest=LONGEST_CASE) if case_number else None
    why = clean_name(reason, longest=LONGEST_REASON) if reason else None
    if case is None and standing is None:
        raise AskMalformed(field="case_number", reason="empty")
    if why is None and (case is None or standing is not None):
        raise AskMalformed(field="reason", reason="empty")
    filing = Filing(
        presentation_id=presentation_id,
        number=latest.number + 1 if latest else 1,
        case_number=case,
        reason=why,
        staff_id=actor.id,
        filed_at=clock.now(),
    )
    await store.add_filing(connection, filing, client_id=client_id)
    facts = {"case": case, "from": standing, "number": filing.number}
    entry = new_entry(clock, act=Act.DESK_CASE_FILED, actor=actor, object_id=presentation_id, facts=facts)
    await ledger.append(connection, entry)
    return filing
