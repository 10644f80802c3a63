"""Whether the outside witness follows: when it does not for too long, nothing new is issued (SECURITY.md §2 T11).

The store remembers when the witness last held the newest head, so that every process and every command judges alike.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from zhizhao.kernel.ids import time_of
from zhizhao.ledger.errors import LedgerUnwitnessed
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore

LONGEST_UNWITNESSED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWitnessed:
    """When the witness last held our newest head."""

    size: int
    at: datetime
    """UTC, by the store's clock."""


async def require_witnessed(
    connection: Transaction, *, store: "LedgerStore", now: datetime, longest: timedelta = LONGEST_UNWITNESSED
) -> None:
    """Return if the witness held a head lately, or has not had the time to: measured from the first entry.

    `now` by the store's clock. Raises LedgerUnwitnessed.
    """
    last = await store.last_witnessed(connection)
    if last is not None:
        since, size = last.at, last.size
    elif (first := await store.first_entry(connection)) is not None:
        since, size = time_of(first), 0
    else:
        return
    if now - since > longest:
        raise LedgerUnwitnessed(since=since, witnessed=size)
