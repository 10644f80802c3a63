"""A page of a long list: at most 200 rows and a cursor to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows in a stable order."""

    rows: Sequence[T]
    next: str | None
    """Opaque cursor of the next page; None at the end."""
