"""One revision of a matter, with the days on which it is in force."""

from dataclasses import dataclass
from datetime import date

from zhizhao.catalogue.matter import Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One revision of a matter with the days on which it is in force."""

    matter: Matter
    revision: int
    """1, 2, 3 … per code."""
    effective_from: date
    """First day, Asia/Shanghai."""
    effective_until: date | None
    """Last day, included; None: open."""
