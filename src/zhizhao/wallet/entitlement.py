"""An entitlement: why a person may hold and use an entity's licence, asked again at each use (DOMAIN.md §4)."""

from dataclasses import dataclass
from enum import StrEnum


class HolderRole(StrEnum):
    """The three roles of DOMAIN.md §4.2; a wire format (INTERFACES.md §3)."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    MANAGER = "manager"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What the register or a mandate gives one person for one entity."""

    uscc: str
    role: HolderRole
    mandate_id: str | None = None
    """None for the legal representative, whom the register itself names."""
