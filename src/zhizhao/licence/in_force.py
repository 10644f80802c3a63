"""The one decision whether a licence carries an act; every use asks it, and nothing caches its answer.

Sources: 电子营业执照管理办法（试行） (after 注销, 吊销 or 变更 the former e-licence is no longer valid);
INTERFACES.md §3 (statuses that a matter accepts); order 88 (a disputed registration blocks use).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from zhizhao.licence.status import LicenceStatus
from zhizhao.registry.entity import EntityStatus, Mark


class NotInForce(StrEnum):
    """Why a licence does not carry the act; a wire format (`because` of a check): add, never rename."""

    ENTITY_REVOKED = "entity-revoked"
    ENTITY_DEREGISTERED = "entity-deregistered"
    ENTITY_RESCINDED = "entity-rescinded"
    ENTITY_MOVED_OUT = "entity-moved-out"
    ENTITY_STATUS_NOT_ACCEPTED = "entity-status-not-accepted"
    """The entity is active, and the matter is only for those that are not."""
    ENTITY_DISPUTED = "entity-disputed"
    LICENCE_CHANGED = "licence-changed"
    LICENCE_SUSPENDED = "licence-suspended"
    LICENCE_WITHDRAWN = "licence-withdrawn"


@dataclass(frozen=True, slots=True)
class Reason:
    """What a reason says to people; `zh` is also the source string of the pages' translation."""

    zh: str
    en: str


REASONS: Final[Mapping[NotInForce, Reason]] = MappingProxyType(
    {
        NotInForce.ENTITY_REVOKED: Reason("该主体已被吊销营业执照", "The entity's licence was revoked (吊销)."),
        NotInForce.ENTITY_DEREGISTERED: Reason("该主体已注销", "The entity was deregistered (注销)."),
        NotInForce.ENTITY_RESCINDED: Reason("该主体的登记已被撤销", "The entity's registration was rescinded (撤销)."),
        NotInForce.ENTITY_MOVED_OUT: Reason("该主体已迁出本登记机关", "The entity moved to another registrar (迁出)."),
        NotInForce.ENTITY_STATUS_NOT_ACCEPTED: Reason(
            "该事项不适用于存续状态的主体", "This matter is not for entities in good standing."
        ),
        NotInForce.ENTITY_DISPUTED: Reason(
            "该主体的登记存在争议，暂停使用", "The registration is disputed (争议); use is suspended."
        ),
        NotInForce.LICENCE_CHANGED: Reason(
            "登记事项已变更，此执照版本已失效，请重新下载",
            "The registration has changed; this copy is out of date, download it again.",
        ),
        NotInForce.LICENCE_SUSPENDED: Reason("执照已被冻结或暂停使用", "The licence is frozen or suspended."),
        NotInForce.LICENCE_WITHDRAWN: Reason("执照已失效", "The licence was withdrawn."),
    }
)

_OF_ENTITY: Final = MappingProxyType(
    {
        EntityStatus.ACTIVE: NotInForce.ENTITY_STATUS_NOT_ACCEPTED,
        EntityStatus.REVOKED: NotInForce.ENTITY_REVOKED,
        EntityStatus.DEREGISTERED: NotInForce.ENTITY_DEREGISTERED,
        EntityStatus.RESCINDED: NotInForce.ENTITY_RESCINDED,
        EntityStatus.MOVED_OUT: NotInForce.ENTITY_MOVED_OUT,
    }
)


def not_in_force(
    entity_status: EntityStatus,
    marks: Collection[Mark],
    *,
    licence_status: LicenceStatus,
    accepted_statuses: Collection[str],
    held: bool = False,
) -> NotInForce | None:
    """Return why the licence does not carry the act, None when it does.

    In order: (1) the entity's status is one the matter accepts; (2) its registration is not disputed; (3) nobody
    holds the licence (`held`: frozen or disputed, which a withdrawn licence keeps beneath its status); (4) the
    licence's own status. A licence that was withdrawn because of the very status that the matter accepts still
    reaches that matter: a revoked entity must be able to deregister. `abnormal` and `dormant` are marks, no bar.
    """
    if entity_status not in accepted_statuses:  # (1)
        return _OF_ENTITY[entity_status]
    if Mark.DISPUTED in marks:  # (2)
        return NotInForce.ENTITY_DISPUTED
    if held or licence_status is LicenceStatus.SUSPENDED:  # (3)
        return NotInForce.LICENCE_SUSPENDED
    if licence_status is LicenceStatus.CHANGED:  # (4)
        return NotInForce.LICENCE_CHANGED
    if licence_status is LicenceStatus.WITHDRAWN and entity_status is EntityStatus.ACTIVE:
        return NotInForce.LICENCE_WITHDRAWN
    return None
