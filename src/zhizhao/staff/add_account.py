"""Open an account for an official."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock
from zhizhao.kernel.ids import public_id
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import new_entry
from zhizhao.staff.account import Account, AccountState, Role, check_duties, check_username
from zhizhao.staff.errors import UsernameTaken
from zhizhao.staff.prove_password import COLUMN, TABLE
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.staff.store import StaffStore
    from zhizhao.trust.sealing import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """What an operator says about a new account; the secrets were made or chosen by the caller."""

    username: str
    name: str
    roles: frozenset[Role]
    unit: str
    password_hash: str
    totp_secret: str
    """Base32, as the authenticator takes it."""


async def add_account(
    connection: Transaction,
    draft: AccountDraft,
    *,
    actor: Actor,
    store: "StaffStore",
    sealer: "Sealer",
    ledger: "LedgerStore",
    clock: Clock,
) -> Account:
    """Keep the account. Raises UsernameMalformed, DutiesConflict, UsernameTaken."""
    account = Account(
        account_id=public_id("stf"),
        username=check_username(draft.username),
        name=draft.name,
        roles=check_duties(draft.roles),
        unit=draft.unit,
        state=AccountState.ACTIVE,
    )
    sealed = sealer.seal(draft.totp_secret, table=TABLE, column=COLUMN, row=account.account_id)
    if not await store.add(connection, account, password_hash=draft.password_hash, totp_secret=sealed):
        raise UsernameTaken(username=account.username)
    facts = {"roles": sorted(r.value for r in account.roles), "unit": account.unit}
    entry = new_entry(clock, act=Act.STAFF_ACCOUNT_OPENED, actor=actor, object_id=account.account_id, facts=facts)
    await ledger.append(connection, entry)
    return account
