"""What the licence slice tells others; wire formats of the outbox (kernel/events.py)."""

from dataclasses import dataclass
from typing import ClassVar

from zhizhao.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceIssued(Event):
    """An entity got its first version."""

    kind: ClassVar[str] = "licence.licence.issued.v1"
    uscc: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSuperseded(Event):
    """A newer version stands in the place of the one before; holders download again."""

    kind: ClassVar[str] = "licence.version.superseded.v1"
    uscc: str
    version: int
    """The new one."""
    superseded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceWithdrawn(Event):
    """The licence is out of force; `because` is the entity's status."""

    kind: ClassVar[str] = "licence.licence.withdrawn.v1"
    uscc: str
    version: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceSuspended(Event):
    """A hold was put on the licence; `because` is `frozen` or `disputed`."""

    kind: ClassVar[str] = "licence.licence.suspended.v1"
    uscc: str
    version: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceResumed(Event):
    """A hold was lifted; another one may still be there."""

    kind: ClassVar[str] = "licence.licence.resumed.v1"
    uscc: str
    version: int
    because: str
    status: str
    """What the licence is now."""
