"""End the suspension of a licence whose registration is no longer disputed."""

from zhizhao.licence.licence import LicenceHead
from zhizhao.licence.life import Cause, live, locked_head
from zhizhao.licence.office import Office
from zhizhao.licence.status import LifeAct
from zhizhao.storage.database import Transaction


async def settle(connection: Transaction, uscc: str, *, cause: Cause, office: Office) -> LicenceHead:
    """Settle; a freeze by the holder still holds. Raises LicenceUnknown, TransitionRefused when nothing is disputed."""
    head = await locked_head(connection, uscc, office=office)
    return await live(connection, head, LifeAct.SETTLE, cause=cause, office=office)
