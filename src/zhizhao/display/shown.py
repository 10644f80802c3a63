"""What the public sees of a licence (亮照): the face and how everything stands, as of two moments."""

from dataclasses import dataclass
from datetime import datetime

from zhizhao.licence.face import LicenceFace
from zhizhao.licence.status import LicenceStatus
from zhizhao.registry.entity import EntityStatus, Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A display as it stands in the store at one moment."""

    face: LicenceFace
    """Of the current version."""
    entity_status: EntityStatus
    marks: frozenset[Mark]
    licence_status: LicenceStatus
    as_of: datetime
    """When the register's data are from."""
    checked_at: datetime
    """When the store was asked."""
