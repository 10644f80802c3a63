"""Move the idle limit of a session that is being used."""

from typing import TYPE_CHECKING

from zhizhao.staff.session import token_hash
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.staff.store import StaffStore


async def touch_session(connection: Transaction, token: str, *, store: "StaffStore") -> bool:
    """Note that the session was used, at most every thirty seconds; say whether something was written."""
    return await store.touch_session(connection, token_hash(token))
