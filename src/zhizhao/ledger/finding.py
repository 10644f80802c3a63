"""What `audit check` finds: the first place that is not as it was written, and what was done there."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Part(StrEnum):
    """Which part of the ledger is concerned."""

    ENTRY = "entry"
    """What was done: a body, its hash, its id."""
    LEAF = "leaf"
    """The order: which entry has which number, and the chain."""
    TILE = "tile"
    """Stored subtrees; the leaves below are as they were."""
    HEAD = "head"
    """A signed head."""
    WITNESS = "witness"
    """The outside witness's own memory."""


class Defect(StrEnum):
    """What was done there."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT_OFF = "cut-off"
    """Everything from this place on is gone."""
    FORKED = "forked"
    """From this place on it is another history, well signed: the witness saw a different one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The first place that differs."""

    part: Part
    defect: Defect
    leaf: int
    """Number of the first leaf concerned, from 0."""
    until: int
    """Number of the last leaf that the place may be at; equal to `leaf` when it is exact."""
    detail: str
    """Which field or which comparison shows it."""
    entry_id: UUID | None = None
    """The entry that stands, or stood, there; None: not known."""
    head: int | None = None
    """Size of the head concerned."""

    def __str__(self) -> str:
        """Return the place and what was done there, in one line for logs and the command line."""
        place = f"leaf {self.leaf}" if self.leaf == self.until else f"leaves {self.leaf} to {self.until}"
        named = f", entry {self.entry_id}" if self.entry_id else ""
        head = f", head {self.head}" if self.head else ""
        return f"{place}{named}{head}: {self.part.value} {self.defect.value}, seen by {self.detail}"
