"""Give an account another password."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.staff.account import Account
from zhizhao.staff.session import token_hash
from zhizhao.staff.take_attempt import SUBJECT
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.staff.store import StaffStore
    from zhizhao.trust.sealing import Sealer


async def change_password(
    connection: Transaction,
    account: Account,
    *,
    password_hash: str,
    keep: str | None,
    actor: Actor,
    store: "StaffStore",
    sealer: "Sealer",
    ledger: "LedgerStore",
    clock: Clock,
) -> int:
    """Store the new hash and end every other session of the account (`keep`: token of the present one).

    The caller has proven the old password and checked the new one outside this transaction. Returns how many
    sessions ended.
    """
    await store.set_password(connection, account.account_id, password_hash=password_hash)
    await store.forget_failures(connection, sealer.lookup(SUBJECT, account.username))
    ended = await store.close_sessions(connection, account.account_id, but=None if keep is None else token_hash(keep))
    entry = new_entry(clock, act=Act.STAFF_PASSWORD_CHANGED, actor=actor, object_id=account.account_id)
    await ledger.append(connection, entry)
    return ended
