"""What the register tells: an entity came, an entity changed. Wire formats, see kernel.events."""

from dataclasses import dataclass
from typing import Any, ClassVar

from zhizhao.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRegistered(Event):
    """An entity came into the register; a licence can be issued for it."""

    kind: ClassVar[str] = "registry.entity.registered.v1"
    uscc: str

    def payload(self) -> dict[str, Any]:
        """Return the fields as JSON types; spelled out, because an import appends many thousands."""
        return {"actor": {"kind": self.actor.kind.value, "id": self.actor.id}, "uscc": self.uscc}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityChanged(Event):
    """An entity has a new version."""

    kind: ClassVar[str] = "registry.entity.changed.v1"
    uscc: str
    fields: tuple[str, ...]
    """Names of what changed: face fields, `name`, `status`, `marks`, `principal`, `registrar` …; no values."""
    principal_changed: bool
    """Another person is in charge, by document where known, else by name: mandates given before are suspended."""
    status_changed: bool
