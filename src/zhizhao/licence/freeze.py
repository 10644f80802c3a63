"""Freeze a licence at the wish of its holder (冻结, 挂失), from any channel; at once for every copy."""

from zhizhao.licence.licence import LicenceHead
from zhizhao.licence.life import Cause, live, locked_head
from zhizhao.licence.office import Office
from zhizhao.licence.status import LifeAct
from zhizhao.storage.database import Transaction


async def freeze(connection: Transaction, uscc: str, *, cause: Cause, office: Office) -> LicenceHead:
    """Freeze. Who may is the caller's matter. Raises LicenceUnknown, TransitionRefused when it is frozen already."""
    head = await locked_head(connection, uscc, office=office)
    return await live(connection, head, LifeAct.FREEZE, cause=cause, office=office)
