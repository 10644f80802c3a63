"""Sign out."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.staff.session import token_hash
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.staff.store import StaffStore


async def close_session(
    connection: Transaction, token: str, *, store: "StaffStore", ledger: "LedgerStore", clock: Clock
) -> None:
    """End the session; signing out twice is no mistake."""
    account_id = await store.close_session(connection, token_hash(token))
    if account_id is None:
        return
    actor = Actor(ActorKind.STAFF, account_id)
    await ledger.append(connection, new_entry(clock, act=Act.STAFF_SESSION_CLOSED, actor=actor, object_id=account_id))
