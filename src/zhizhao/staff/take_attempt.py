"""Let one try to sign in go on, or say how long it must wait."""

from typing import TYPE_CHECKING

from zhizhao.staff.errors import SignInLocked, SignInPaused
from zhizhao.staff.throttle import LOCK_AT
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.staff.store import StaffStore
    from zhizhao.trust.sealing import Sealer

SUBJECT = "staff-username"


async def take_attempt(connection: Transaction, username: str, *, store: "StaffStore", sealer: "Sealer") -> None:
    """Count a try as failed before it is judged, for any name, known or not. Raises SignInPaused, SignInLocked.

    The caller commits at once, so that tries at the same moment cannot all see the count before them; a success
    clears the count. The name is kept as a MAC: people type passwords into the wrong field.
    """
    pause = await store.take_attempt(connection, sealer.lookup(SUBJECT, username.strip().lower()))
    if pause is None:
        return
    if pause.failures >= LOCK_AT:
        raise SignInLocked(failures=pause.failures)
    raise SignInPaused(seconds=pause.seconds, failures=pause.failures)
