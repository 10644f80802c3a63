"""A file of a registrar as a stream of rows with known keys, whatever its format."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell of one row."""

    column: str
    """The Chinese label of the column."""
    reason: str
    """Chinese: what is wrong and what to do; never the cell's value, which may be an identity number."""


@dataclass(slots=True)
class RawRow:
    """One row as it stands in the file."""

    number: int
    """As a spreadsheet counts: the first line is 1. In a message, the number of the `firm`."""
    values: Mapping[str, str]
    """Text of the cells that are not empty, by key: a face field, `uscc`, or one of `columns.REGISTER`."""
    problems: tuple[Problem, ...] = ()
    """What the format itself could not read."""


@dataclass(slots=True)
class Notes:
    """What is to be said about the file as a whole; filled while it is read."""

    unknown_columns: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    """Chinese sentences."""


class Source(Protocol):
    """A file that was opened and whose head was understood."""

    notes: Notes
    size: int
    """How much there is to read, in units of the source."""

    @property
    def position(self) -> int:
        """Return how much has been read."""

    def rows(self) -> Iterator[RawRow]:
        """Return the rows that are not blank, in order, once. Raises IntakeRefused: the file breaks off."""
