"""A feed: one file of a registrar, taken in as one process of many transactions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """An import that began."""

    feed_id: UUID
    source: str
    """Name of the file without its folder."""
    digest: bytes
    """SHA-256 of the file."""
    actor: str
    """`kind:id`."""
    started_at: datetime
    """UTC, by the store; the data are as of this moment once the import has ended."""
