"""Take a passkey of one's own account away."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.staff.errors import LastWayIn, PasskeyRefused
from zhizhao.staff.session import Session
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.staff.store import StaffStore


async def remove_passkey(
    connection: Transaction,
    session: Session,
    *,
    credential_id: bytes,
    store: "StaffStore",
    ledger: "LedgerStore",
    clock: Clock,
) -> None:
    """Forget the key. Raises PasskeyRefused (not a key of this account), LastWayIn (an administrator's only one)."""
    account = session.account
    if account.is_administrator and len(await store.passkeys(connection, account.account_id)) <= 1:
        raise LastWayIn(account_id=account.account_id)
    if not await store.remove_passkey(connection, account.account_id, credential_id=credential_id):
        raise PasskeyRefused(account_id=account.account_id, reason="unknown")
    actor = Actor(ActorKind.STAFF, account.account_id)
    entry = new_entry(clock, act=Act.STAFF_PASSKEY_REMOVED, actor=actor, object_id=account.account_id)
    await ledger.append(connection, entry)
