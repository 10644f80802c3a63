"""Find who asks by the session id of the request."""

from typing import TYPE_CHECKING

from zhizhao.staff.errors import SessionEnded
from zhizhao.staff.session import Session, token_hash
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.staff.store import StaffStore


async def find_session(connection: Transaction, token: str, *, store: "StaffStore") -> Session:
    """Return the live session of a token, by the store's clock. Raises SessionEnded."""
    session = await store.session(connection, token_hash(token))
    if session is None:
        raise SessionEnded
    return session
