"""Write a refused sign-in into the ledger, in a transaction of its own."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import SYSTEM, Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore

NOBODY = "unknown"


async def note_refusal(connection: Transaction, refusal: ZhizhaoError, *, ledger: "LedgerStore", clock: Clock) -> None:
    """Keep that somebody tried: the account if there is one, the code, the reason; never what was typed."""
    account_id = refusal.facts.get("account_id")
    reason = refusal.facts.get("reason")
    actor = Actor(ActorKind.STAFF, str(account_id)) if account_id else SYSTEM
    entry = new_entry(
        clock,
        act=Act.STAFF_SESSION_REFUSED,
        actor=actor,
        object_id=str(account_id or NOBODY),
        result=refusal.code,
        because=str(reason) if reason else None,
    )
    await ledger.append(connection, entry)
