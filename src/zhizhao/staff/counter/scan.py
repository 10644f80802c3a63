"""One line of the counter's book: what a scan came to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

ACCEPTED = "accepted"
"""The outcome of a passed verification; every other outcome is a stable code of a refusal or a problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A scan at a counter. A refused one names no entity: 不通过 shows no face data, in the list neither."""

    scan_id: UUID
    account_id: str
    unit: str
    window: str
    at: datetime
    outcome: str
    """`accepted`, the reason code of a refused check, or the code of a problem (`code-used`)."""
    entity_name: str | None
    matter: str
    """Code of the matter."""
    case_number: str
    note: str
    """What the clerk wrote beside it."""
    presentation_id: str | None
    """Set when the code was spent, accepted or refused."""

    @property
    def is_accepted(self) -> bool:
        """Say whether the verdict was 通过."""
        return self.outcome == ACCEPTED


@dataclass(frozen=True, slots=True)
class Today:
    """Counts of one calendar day, Asia/Shanghai."""

    scans: int
    accepted: int
