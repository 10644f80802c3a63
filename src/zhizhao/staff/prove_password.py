"""Judge a user name, a password and a one-time number, without telling which of them was wrong."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from zhizhao.staff.account import Account, AccountState
from zhizhao.staff.errors import SignInRefused
from zhizhao.staff.password import normal
from zhizhao.trust.errors import SecretMismatch, TotpRefused
from zhizhao.trust.secret import hash_secret, verify_secret
from zhizhao.trust.totp import verify_totp

if TYPE_CHECKING:
    from zhizhao.staff.store import Credentials
    from zhizhao.trust.sealing import Sealer

TABLE, COLUMN = "staff_account", "totp_secret"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a person typed."""

    password: str
    number: str
    """Six digits of the authenticator."""


@dataclass(frozen=True, slots=True)
class Proven:
    """A password and a one-time number that are right; `sign_in` uses up the number's step."""

    account: Account
    step: int


class Decoy:
    """A stored password that nobody knows: unknown names are measured against it and cost the same time."""

    def __init__(self) -> None:
        self._stored: str | None = None

    async def stored(self) -> str:
        """Return a hash made with the present parameters, once per process."""
        if self._stored is None:
            self._stored = await hash_secret("decoy")
        return self._stored


async def prove_password(
    attempt: Attempt, *, credentials: "Credentials | None", sealer: "Sealer", decoy: Decoy, at: datetime
) -> Proven:
    """Return who it is. Checks, each costing the same whether the name exists or not: (1) password, (2) number.

    Raises SignInRefused(account_id, reason); outside all reasons look alike. No transaction is open meanwhile: the
    hash takes a tenth of a second.
    """
    stored = await decoy.stored() if credentials is None else credentials.password_hash
    try:
        await verify_secret(normal(attempt.password), stored)  # (1)
    except SecretMismatch as cause:
        account_id = None if credentials is None else credentials.account.account_id
        raise SignInRefused(account_id=account_id, reason="password") from cause
    if credentials is None or credentials.account.state is not AccountState.ACTIVE:
        raise SignInRefused(account_id=credentials and credentials.account.account_id, reason="account")
    account = credentials.account
    if credentials.totp_secret is None:
        raise SignInRefused(account_id=account.account_id, reason="no-totp")
    secret = sealer.open(credentials.totp_secret, table=TABLE, column=COLUMN, row=account.account_id)
    try:
        step = verify_totp(secret, attempt.number, at=at)  # (2)
    except TotpRefused as cause:
        raise SignInRefused(account_id=account.account_id, reason="totp") from cause
    return Proven(account, step)
