"""Lift the holder's freeze, after the person has proven who it is again."""

from zhizhao.licence.licence import LicenceHead
from zhizhao.licence.life import Cause, live, locked_head
from zhizhao.licence.office import Office
from zhizhao.licence.status import LifeAct
from zhizhao.storage.database import Transaction


async def unfreeze(connection: Transaction, uscc: str, *, cause: Cause, office: Office) -> LicenceHead:
    """Unfreeze; a dispute still holds the licence. Raises LicenceUnknown, TransitionRefused when it is not frozen."""
    head = await locked_head(connection, uscc, office=office)
    return await live(connection, head, LifeAct.UNFREEZE, cause=cause, office=office)
