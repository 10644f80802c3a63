"""What an import of one file found and did: the figures of INTERFACES.md §2, for a command's answer and for a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Figures and remarks of one file, tried or taken."""

    rows: int
    """Rows that were not blank."""
    new: int
    changed: int
    unchanged: int
    rejected: int
    error_file: str | None
    """Path of the file with every bad row and hint; None when there is none."""
    warnings: Mapping[str, int] = field(default_factory=dict)
    """Rows that were taken and are odd, by code (`registry/intake/reasons.py`)."""
    unknown_columns: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    """Chinese sentences about the file as a whole."""

    @property
    def good(self) -> int:
        """Return the rows that are or would be taken."""
        return self.rows - self.rejected
