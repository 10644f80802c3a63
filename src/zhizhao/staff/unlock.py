"""Open the password way again after too many failures."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.staff.errors import AccountUnknown
from zhizhao.staff.take_attempt import SUBJECT
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.staff.store import StaffStore
    from zhizhao.trust.sealing import Sealer


async def unlock(
    connection: Transaction,
    username: str,
    *,
    actor: Actor,
    store: "StaffStore",
    sealer: "Sealer",
    ledger: "LedgerStore",
    clock: Clock,
) -> bool:
    """Forget an account's failures; say whether there were any. Raises AccountUnknown."""
    name = username.strip().lower()
    credentials = await store.by_username(connection, name)
    if credentials is None:
        raise AccountUnknown(username=name)
    had = await store.forget_failures(connection, sealer.lookup(SUBJECT, name))
    entry = new_entry(clock, act=Act.STAFF_ACCOUNT_UNLOCKED, actor=actor, object_id=credentials.account.account_id)
    await ledger.append(connection, entry)
    return had
