"""Open a session for somebody who proved to be the one."""

from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.staff.errors import PasskeyNeeded, SignInRefused
from zhizhao.staff.open_session import open_session
from zhizhao.staff.prove_password import Proven
from zhizhao.staff.session import Method, Opened
from zhizhao.staff.take_attempt import SUBJECT
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.staff.store import StaffStore
    from zhizhao.trust.sealing import Sealer


async def sign_in(
    connection: Transaction,
    proven: Proven,
    *,
    store: "StaffStore",
    sealer: "Sealer",
    ledger: "LedgerStore",
    clock: Clock,
) -> Opened:
    """Use up the one-time number, clear the failures, open a session.

    Raises SignInRefused (the number was used before, RFC 6238 §5.2), PasskeyNeeded (an administrator with a passkey).
    """
    account = proven.account
    if not await store.take_step(connection, account.account_id, step=proven.step):
        raise SignInRefused(account_id=account.account_id, reason="totp-used")
    if account.is_administrator and await store.passkeys(connection, account.account_id):
        raise PasskeyNeeded(account_id=account.account_id)
    await store.forget_failures(connection, sealer.lookup(SUBJECT, account.username))
    opened = await open_session(connection, account, method=Method.PASSWORD, store=store)
    actor = Actor(ActorKind.STAFF, account.account_id)
    facts = {"method": Method.PASSWORD.value}
    entry = new_entry(clock, act=Act.STAFF_SESSION_OPENED, actor=actor, object_id=account.account_id, facts=facts)
    await ledger.append(connection, entry)
    return opened
