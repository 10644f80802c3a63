"""What became of a batch of drafts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A draft that the register did not take."""

    uscc: str
    column: str
    """Chinese label of what it is about."""
    reason: str
    """Chinese, for the registrar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many entities a batch brought."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: tuple[Refusal, ...] = ()

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(
            new=self.new + other.new,
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
            refused=self.refused + other.refused,
        )
