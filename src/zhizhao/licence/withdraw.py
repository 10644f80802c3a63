"""Withdraw a licence: the entity is revoked, deregistered, rescinded or moved out; every version ends for good."""

from zhizhao.licence.licence import LicenceHead
from zhizhao.licence.life import Cause, live, locked_head
from zhizhao.licence.office import Office
from zhizhao.licence.status import LifeAct
from zhizhao.storage.database import Transaction


async def withdraw(connection: Transaction, uscc: str, *, cause: Cause, office: Office) -> LicenceHead:
    """Withdraw; `cause.because` is the entity's status. Raises LicenceUnknown, TransitionRefused when it is already."""
    head = await locked_head(connection, uscc, office=office)
    return await live(connection, head, LifeAct.WITHDRAW, cause=cause, office=office)
