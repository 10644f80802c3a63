"""Follow the register as far as may be: what makes a version waits while the witness is out of reach (T11)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhizhao.ledger.errors import LedgerUnwitnessed
from zhizhao.licence.follow import end_or_hold, follow
from zhizhao.licence.life import Cause
from zhizhao.licence.office import Office
from zhizhao.licence.status import LifeAct
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.registry.store import RegistryStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What was done, and what could not be done yet."""

    acts: tuple[LifeAct, ...]
    waits: LedgerUnwitnessed | None
    """A version is still to be made, and this is why not now; the licence has to stay due."""


async def follow_or_wait(
    connection: Transaction,
    uscc: str,
    *,
    cause: Cause,
    office: Office,
    registry: "RegistryStore",
    principal_changed: bool = False,
) -> Followed:
    """Follow the register; a withdrawal or a dispute never waits. Raises EntityUnknown, NotIssuable."""
    try:
        acts = await follow(
            connection, uscc, cause=cause, office=office, registry=registry, principal_changed=principal_changed
        )
    except LedgerUnwitnessed as refusal:
        ended = await end_or_hold(connection, uscc, cause=cause, office=office, registry=registry)
        return Followed(acts=ended, waits=refusal)
    return Followed(acts=acts, waits=None)
