"""A filing: under which case a presentation is kept; appended, never changed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One line of a presentation's filing history; the latest one counts."""

    presentation_id: str
    number: int
    """1, 2, 3 … within the presentation."""
    case_number: str | None
    """办件号; None: taken out of its case."""
    reason: str | None
    """Why it was re-filed or taken out; required from the second filing on and for taking out."""
    staff_id: str
    filed_at: datetime
