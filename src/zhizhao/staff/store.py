"""Tables of officials: accounts, roles, failures, sessions, passkeys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    Row,
    Table,
    case,
    delete,
    insert,
    literal,
    null,
    select,
    update,
)

from zhizhao.kernel.clock import MICROSECOND, from_micros
from zhizhao.staff.account import ADMINISTRATORS, Account, AccountState, Role
from zhizhao.staff.counter.store import CounterStore
from zhizhao.staff.passkey import CHALLENGE_LIFE, Ceremony, Passkey
from zhizhao.staff.session import ABSOLUTE, TOUCH_EVERY, Method, Session, idle_limit
from zhizhao.staff.throttle import FREE_FAILURES, LOCK_AT, delay_seconds
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.schema import Bytes, Moment, String, metadata
from zhizhao.storage.sqltext import insert_once

ACCOUNT = Table(
    "staff_account",
    metadata,
    Column("account_id", String, primary_key=True),
    Column("username", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("state", String, nullable=False),
    Column("password_hash", String, nullable=False),
    Column("totp_secret", Bytes),
    Column("totp_step", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
)
ROLE = Table(
    "staff_role",
    metadata,
    Column("account_id", String, primary_key=True),
    Column("role", String, primary_key=True),
)
_IS_ADMINISTRATION = ROLE.c.role.in_([literal(r.value, literal_execute=True) for r in sorted(ADMINISTRATORS)])
# No person holds two of the three administrations (SECURITY.md §4): the database refuses the second row.
Index(
    "uq_staff_role_one_administration",
    ROLE.c.account_id,
    unique=True,
    sqlite_where=_IS_ADMINISTRATION,
    postgresql_where=_IS_ADMINISTRATION,
)
ATTEMPT = Table(
    "staff_attempt",
    metadata,
    Column("subject", Bytes, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
)
SESSION = Table(
    "staff_session",
    metadata,
    Column("id_hash", Bytes, primary_key=True),
    Column("account_id", String, nullable=False, index=True),
    Column("method", String, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("idle", BigInteger, nullable=False),
)
PASSKEY = Table(
    "staff_passkey",
    metadata,
    Column("credential_id", Bytes, primary_key=True),
    Column("account_id", String, nullable=False, index=True),
    Column("public_key", Bytes, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("label", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("used_at", Moment),
)
CHALLENGE = Table(
    "staff_challenge",
    metadata,
    Column("challenge", Bytes, primary_key=True),
    Column("ceremony", String, nullable=False),
    Column("account_id", String),
    Column("expires_at", Moment, nullable=False),
)

FORGET_FAILURES_AFTER = timedelta(days=7)
_STEPS = range(FREE_FAILURES, LOCK_AT)
WAIT_AFTER_THIS_TRY = case(
    {failures: 1_000_000 * delay_seconds(failures + 1) for failures in _STEPS}, value=ATTEMPT.c.failures, else_=0
)
"""Microseconds of pause, by the failures counted before this try; the rule is `throttle.delay_seconds`."""
_LIVE = ACCOUNT.c.state == AccountState.ACTIVE.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What an account must prove to know: only the sign-in verbs see it."""

    account: Account
    password_hash: str
    totp_secret: bytes | None
    """Sealed."""


@dataclass(frozen=True, slots=True)
class Pause:
    """How a name stands after its failures."""

    failures: int
    seconds: int
    """Until the next try is allowed."""


def micros(length: timedelta) -> int:
    """Return a length of time as the store keeps it."""
    return length // MICROSECOND


class StaffStore:
    """Reads and writes of accounts and of what signs them in."""

    def __init__(self, database: Database) -> None:
        self._now: ColumnElement[int] = database.now_column()

    # ---------------------------------------------------------------- accounts

    async def add(
        self, connection: Transaction, account: Account, *, password_hash: str, totp_secret: bytes | None
    ) -> bool:
        """Keep a new account with its roles; say whether the user name was free."""
        row = {
            "account_id": account.account_id,
            "username": account.username,
            "name": account.name,
            "unit": account.unit,
            "state": account.state.value,
            "password_hash": password_hash,
            "totp_secret": totp_secret,
            "totp_step": 0,
            "created_at": self._now,
        }
        if (await connection.execute(insert_once(connection, ACCOUNT).values(row))).rowcount != 1:
            return False
        rows = [{"account_id": account.account_id, "role": r.value} for r in sorted(account.roles)]
        await connection.execute(insert(ROLE), rows)
        return True

    async def by_username(self, connection: Transaction, username: str) -> Credentials | None:
        """Return the account and what it must prove, closed ones included."""
        return await self._credentials(connection, ACCOUNT.c.username == username)

    async def by_id(self, connection: Transaction, account_id: str) -> Credentials | None:
        """Return the account and what it must prove, closed ones included."""
        return await self._credentials(connection, ACCOUNT.c.account_id == account_id)

    async def _credentials(self, connection: Transaction, which: ColumnElement[bool]) -> Credentials | None:
        row = (await connection.execute(select(ACCOUNT).where(which))).one_or_none()
        if row is None:
            return None
        roles = await self._roles(connection, [row.account_id])
        account = _account(row, roles.get(row.account_id, frozenset()))
        return Credentials(account=account, password_hash=row.password_hash, totp_secret=row.totp_secret)

    async def all(self, connection: Transaction) -> list[Account]:
        """Return every account by user name."""
        rows = (await connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.username))).all()
        roles = await self._roles(connection, [r.account_id for r in rows])
        return [_account(r, roles.get(r.account_id, frozenset())) for r in rows]

    async def _roles(self, connection: Transaction, ids: Sequence[str]) -> dict[str, frozenset[Role]]:
        found: dict[str, set[Role]] = {}
        query = select(ROLE.c.account_id, ROLE.c.role).where(ROLE.c.account_id.in_(ids))
        for account_id, role in await connection.execute(query):
            found.setdefault(account_id, set()).add(Role(role))
        return {k: frozenset(v) for k, v in found.items()}

    async def set_password(self, connection: Transaction, account_id: str, *, password_hash: str) -> None:
        """Replace the stored password."""
        change = update(ACCOUNT).where(ACCOUNT.c.account_id == account_id)
        await connection.execute(change.values(password_hash=password_hash))

    async def take_step(self, connection: Transaction, account_id: str, *, step: int) -> bool:
        """Use up a TOTP time step; say whether it and every later one was still unused (RFC 6238 §5.2)."""
        change = update(ACCOUNT).where(ACCOUNT.c.account_id == account_id, ACCOUNT.c.totp_step < step)
        return (await connection.execute(change.values(totp_step=step))).rowcount == 1

    # ---------------------------------------------------------------- failures

    async def take_attempt(self, connection: Transaction, subject: bytes) -> Pause | None:
        """Count one try as failed before it is judged; None: it may go on. One UPDATE decides, so none overtakes.

        A try that succeeds clears the count with `forget_failures`.
        """
        old = self._now - micros(FORGET_FAILURES_AFTER)
        await connection.execute(delete(ATTEMPT).where(ATTEMPT.c.failures < LOCK_AT, ATTEMPT.c.last_at < old))
        first = {"subject": subject, "failures": 0, "not_before": self._now, "last_at": self._now}
        await connection.execute(insert_once(connection, ATTEMPT).values(first))
        change = (
            update(ATTEMPT)
            .where(ATTEMPT.c.subject == subject, ATTEMPT.c.not_before <= self._now, ATTEMPT.c.failures < LOCK_AT)
            .values(
                failures=ATTEMPT.c.failures + 1,
                last_at=self._now,
                not_before=self._now + WAIT_AFTER_THIS_TRY,
            )
        )
        if (await connection.execute(change)).rowcount == 1:
            return None
        query = select(ATTEMPT.c.failures, ATTEMPT.c.not_before, self._now.label("now"))
        row = (await connection.execute(query.where(ATTEMPT.c.subject == subject))).one()
        left = (row.not_before - from_micros(row.now)).total_seconds()
        return Pause(failures=row.failures, seconds=max(1, ceil(left)))

    async def forget_failures(self, connection: Transaction, subject: bytes) -> bool:
        """Clear the count of a name; say whether there was one."""
        return (await connection.execute(delete(ATTEMPT).where(ATTEMPT.c.subject == subject))).rowcount == 1

    # ---------------------------------------------------------------- sessions

    async def open_session(self, connection: Transaction, account: Account, *, id_hash: bytes, method: Method) -> None:
        """Keep a new session and forget those that are over."""
        await connection.execute(delete(SESSION).where(SESSION.c.ends_at < self._now))
        row = {
            "id_hash": id_hash,
            "account_id": account.account_id,
            "method": method.value,
            "opened_at": self._now,
            "seen_at": self._now,
            "ends_at": self._now + micros(ABSOLUTE),
            "idle": micros(idle_limit(account)),
        }
        await connection.execute(insert(SESSION).values(row))

    async def session(self, connection: Transaction, id_hash: bytes) -> Session | None:
        """Return the session if it is alive now and its account is active."""
        alive = (SESSION.c.ends_at > self._now) & (SESSION.c.seen_at + SESSION.c.idle > self._now)
        query = select(SESSION, ACCOUNT).join(ACCOUNT, ACCOUNT.c.account_id == SESSION.c.account_id)
        row = (await connection.execute(query.where(SESSION.c.id_hash == id_hash, alive, _LIVE))).one_or_none()
        if row is None:
            return None
        roles = await self._roles(connection, [row.account_id])
        return Session(
            account=_account(row, roles.get(row.account_id, frozenset())),
            method=Method(row.method),
            opened_at=row.opened_at,
            seen_at=row.seen_at,
            ends_at=row.ends_at,
            idle=row.idle * MICROSECOND,
        )

    async def touch_session(self, connection: Transaction, id_hash: bytes) -> bool:
        """Move the idle limit of a session that is still alive; say whether it moved."""
        alive = (SESSION.c.ends_at > self._now) & (SESSION.c.seen_at + SESSION.c.idle > self._now)
        due = SESSION.c.seen_at <= self._now - micros(TOUCH_EVERY)
        change = update(SESSION).where(SESSION.c.id_hash == id_hash, alive, due)
        return (await connection.execute(change.values(seen_at=self._now))).rowcount == 1

    async def close_session(self, connection: Transaction, id_hash: bytes) -> str | None:
        """End one session; return whose it was."""
        gone = delete(SESSION).where(SESSION.c.id_hash == id_hash).returning(SESSION.c.account_id)
        return (await connection.execute(gone)).scalar_one_or_none()

    async def close_sessions(self, connection: Transaction, account_id: str, *, but: bytes | None = None) -> int:
        """End every session of an account, except perhaps the present one; return how many."""
        gone = delete(SESSION).where(SESSION.c.account_id == account_id)
        if but is not None:
            gone = gone.where(SESSION.c.id_hash != but)
        return (await connection.execute(gone)).rowcount

    # ---------------------------------------------------------------- passkeys

    async def add_challenge(
        self, connection: Transaction, challenge: bytes, *, ceremony: Ceremony, account_id: str | None
    ) -> None:
        """Keep a challenge for five minutes and forget old ones."""
        await connection.execute(delete(CHALLENGE).where(CHALLENGE.c.expires_at < self._now))
        row = {
            "challenge": challenge,
            "ceremony": ceremony.value,
            "account_id": null() if account_id is None else account_id,
            "expires_at": self._now + micros(CHALLENGE_LIFE),
        }
        await connection.execute(insert(CHALLENGE).values(row))

    async def take_challenge(
        self, connection: Transaction, challenge: bytes, *, ceremony: Ceremony, account_id: str | None
    ) -> bool:
        """Use up a challenge; say whether it was given out for this ceremony and account and is alive."""
        whose = CHALLENGE.c.account_id.is_(None) if account_id is None else CHALLENGE.c.account_id == account_id
        gone = delete(CHALLENGE).where(
            CHALLENGE.c.challenge == challenge,
            CHALLENGE.c.ceremony == ceremony.value,
            whose,
            CHALLENGE.c.expires_at > self._now,
        )
        return (await connection.execute(gone)).rowcount == 1

    async def add_passkey(self, connection: Transaction, passkey: Passkey) -> bool:
        """Keep a new passkey; say whether its id is new."""
        row = {
            "credential_id": passkey.credential_id,
            "account_id": passkey.account_id,
            "public_key": passkey.public_key,
            "sign_count": passkey.sign_count,
            "label": passkey.label,
            "created_at": passkey.created_at,
            "used_at": passkey.used_at,
        }
        return (await connection.execute(insert_once(connection, PASSKEY).values(row))).rowcount == 1

    async def passkey(self, connection: Transaction, credential_id: bytes) -> Passkey | None:
        """Return a passkey by its id."""
        row = (await connection.execute(select(PASSKEY).where(PASSKEY.c.credential_id == credential_id))).one_or_none()
        return None if row is None else Passkey(**row._asdict())

    async def passkeys(self, connection: Transaction, account_id: str) -> list[Passkey]:
        """Return an account's passkeys, oldest first."""
        query = select(PASSKEY).where(PASSKEY.c.account_id == account_id).order_by(PASSKEY.c.created_at)
        return [Passkey(**row._asdict()) for row in await connection.execute(query)]

    async def use_passkey(self, connection: Transaction, passkey: Passkey, *, sign_count: int) -> bool:
        """Note a use; say whether the counter still stood where the check read it (a clone would have moved it)."""
        change = update(PASSKEY).where(
            PASSKEY.c.credential_id == passkey.credential_id, PASSKEY.c.sign_count == passkey.sign_count
        )
        return (await connection.execute(change.values(sign_count=sign_count, used_at=self._now))).rowcount == 1

    async def remove_passkey(self, connection: Transaction, account_id: str, *, credential_id: bytes) -> bool:
        """Forget a passkey of this account; say whether it was there."""
        mine = (PASSKEY.c.account_id == account_id) & (PASSKEY.c.credential_id == credential_id)
        return (await connection.execute(delete(PASSKEY).where(mine))).rowcount == 1


def _account(row: Row[Any], roles: frozenset[Role]) -> Account:
    return Account(
        account_id=row.account_id,
        username=row.username,
        name=row.name,
        roles=roles,
        unit=row.unit,
        state=AccountState(row.state),
    )


__all__ = ["CounterStore", "Credentials", "Pause", "StaffStore"]
