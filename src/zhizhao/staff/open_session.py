"""Open a session: a new random id at every sign-in."""

from typing import TYPE_CHECKING

from zhizhao.staff.account import Account
from zhizhao.staff.errors import SessionEnded
from zhizhao.staff.session import Method, Opened, new_token, token_hash
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.staff.store import StaffStore


async def open_session(connection: Transaction, account: Account, *, method: Method, store: "StaffStore") -> Opened:
    """Keep a new session and return its id, whose hash alone is stored."""
    token = new_token()
    hashed = token_hash(token)
    await store.open_session(connection, account, id_hash=hashed, method=method)
    session = await store.session(connection, hashed)
    if session is None:  # the account was closed a moment ago
        raise SessionEnded(account_id=account.account_id)
    return Opened(token, session)
