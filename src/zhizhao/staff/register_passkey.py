"""Add a passkey to one's own account."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.staff.account import Account
from zhizhao.staff.assertion import LONGEST_LABEL, challenge_of, check_registration
from zhizhao.staff.errors import PasskeyRefused
from zhizhao.staff.passkey import Ceremony, Passkey, RelyingPartySite
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.staff.store import StaffStore


async def register_passkey(
    connection: Transaction,
    account: Account,
    *,
    answer: Mapping[str, Any],
    label: str,
    site: RelyingPartySite,
    store: "StaffStore",
    ledger: "LedgerStore",
    clock: Clock,
) -> Passkey:
    """Keep the key.

    Checks, in order: (1) a challenge of ours for this account, alive and unused; (2) the signature, origin and user
    verification; (3) a key that nobody has yet. Raises PasskeyRefused.
    """
    challenge = challenge_of(answer)
    fresh = await store.take_challenge(connection, challenge, ceremony=Ceremony.REGISTER, account_id=account.account_id)
    if not fresh:  # (1)
        raise PasskeyRefused(account_id=account.account_id, reason="challenge")
    key = check_registration(answer, expected_challenge=challenge, expected_site=site)  # (2)
    passkey = Passkey(
        credential_id=key.credential_id,
        account_id=account.account_id,
        public_key=key.public_key,
        sign_count=key.sign_count,
        label=label[:LONGEST_LABEL],
        created_at=clock.now(),
        used_at=None,
    )
    if not await store.add_passkey(connection, passkey):  # (3)
        raise PasskeyRefused(account_id=account.account_id, reason="known")
    actor = Actor(ActorKind.STAFF, account.account_id)
    entry = new_entry(clock, act=Act.STAFF_PASSKEY_REGISTERED, actor=actor, object_id=account.account_id)
    await ledger.append(connection, entry)
    return passkey
