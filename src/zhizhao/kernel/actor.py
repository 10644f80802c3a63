"""Who acts: the one who is named in events and in the ledger."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """The sorts of who; a wire format of the ledger: add, never rename."""

    SYSTEM = "system"
    OPERATOR = "operator"
    """Somebody at the command line of the installation."""
    STAFF = "staff"
    PERSON = "person"
    """A holder with a device."""
    CLIENT = "client"
    """A relying party's system."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a sort and an internal id, never a name or an ID number."""

    kind: ActorKind
    id: str


SYSTEM = Actor(ActorKind.SYSTEM, "zhizhao")
OPERATOR = Actor(ActorKind.OPERATOR, "cli")
