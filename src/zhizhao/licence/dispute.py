"""Suspend a licence because its registration is disputed (order 88 of 2024)."""

from zhizhao.licence.licence import LicenceHead
from zhizhao.licence.life import Cause, live, locked_head
from zhizhao.licence.office import Office
from zhizhao.licence.status import LifeAct
from zhizhao.storage.database import Transaction


async def dispute(connection: Transaction, uscc: str, *, cause: Cause, office: Office) -> LicenceHead:
    """Suspend. Raises LicenceUnknown, TransitionRefused when it is disputed already."""
    head = await locked_head(connection, uscc, office=office)
    return await live(connection, head, LifeAct.DISPUTE, cause=cause, office=office)
