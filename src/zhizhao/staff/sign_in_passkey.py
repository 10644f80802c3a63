"""Sign in with a passkey: the key and the finger are two factors in one act."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.staff.account import AccountState
from zhizhao.staff.assertion import challenge_of, check_assertion, credential_of
from zhizhao.staff.errors import PasskeyRefused
from zhizhao.staff.open_session import open_session
from zhizhao.staff.passkey import Ceremony, RelyingPartySite
from zhizhao.staff.session import Method, Opened
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.staff.store import StaffStore


async def sign_in_passkey(
    connection: Transaction,
    answer: Mapping[str, Any],
    *,
    site: RelyingPartySite,
    store: "StaffStore",
    ledger: "LedgerStore",
    clock: Clock,
) -> Opened:
    """Open a session.

    Checks, in order: (1) a challenge of ours, alive and unused; (2) a key that we know, of an account that is active;
    (3) the signature, origin and user verification; (4) the counter has not been moved by somebody else meanwhile.
    Raises PasskeyRefused.
    """
    challenge = challenge_of(answer)
    if not await store.take_challenge(connection, challenge, ceremony=Ceremony.SIGN_IN, account_id=None):  # (1)
        raise PasskeyRefused(reason="challenge")
    passkey = await store.passkey(connection, credential_of(answer))
    credentials = None if passkey is None else await store.by_id(connection, passkey.account_id)
    if passkey is None or credentials is None:  # (2)
        raise PasskeyRefused(reason="unknown")
    account = credentials.account
    if account.state is not AccountState.ACTIVE:
        raise PasskeyRefused(account_id=account.account_id, reason="account")
    count = check_assertion(answer, passkey=passkey, expected_challenge=challenge, expected_site=site)  # (3)
    if not await store.use_passkey(connection, passkey, sign_count=count):  # (4)
        raise PasskeyRefused(account_id=account.account_id, reason="counter")
    opened = await open_session(connection, account, method=Method.PASSKEY, store=store)
    actor = Actor(ActorKind.STAFF, account.account_id)
    facts = {"method": Method.PASSKEY.value}
    entry = new_entry(clock, act=Act.STAFF_SESSION_OPENED, actor=actor, object_id=account.account_id, facts=facts)
    await ledger.append(connection, entry)
    return opened
