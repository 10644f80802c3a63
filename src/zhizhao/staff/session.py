"""A signed-in browser: a random id of which only the hash is kept, an idle limit and an absolute one."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zhizhao.staff.account import ADMINISTRATORS, Account, Role

ABSOLUTE = timedelta(hours=12)
IDLE = timedelta(minutes=30)
IDLE_ADMINISTRATOR = timedelta(minutes=15)
TOUCH_EVERY = timedelta(seconds=30)
"""A request moves the idle limit at most this often: a write per request would be one too many."""
TOKEN_BYTES = 32


class Method(StrEnum):
    """How the person proved to be the one; a wire format: add, never rename."""

    PASSWORD = "password+totp"  # noqa: S105 the name of a method, not a secret
    PASSKEY = "passkey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One signed-in browser, as the store knows it."""

    account: Account
    method: Method
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime
    """The absolute end, twelve hours after sign-in."""
    idle: timedelta

    @property
    def idle_ends_at(self) -> datetime:
        """Return when the session ends if nothing more is asked."""
        return min(self.seen_at + self.idle, self.ends_at)

    @property
    def roles_in_force(self) -> frozenset[Role]:
        """Return the roles that this session carries: administration only after a sign-in by key."""
        roles = self.account.roles
        return roles if self.method is Method.PASSKEY else roles - ADMINISTRATORS


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was just opened, with the only copy of its id."""

    token: str
    """For the cookie; never stored, never logged."""
    session: Session


def new_token() -> str:
    """Return a session id of 256 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """Return what the store keeps of a session id: SHA-256, since the id itself cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()


def idle_limit(account: Account) -> timedelta:
    """Return the idle limit of an account's sessions."""
    return IDLE_ADMINISTRATOR if account.is_administrator else IDLE
