"""Nothing new is issued while the witness is out of reach for too long (SECURITY.md §2 T11)."""

from datetime import datetime, timedelta

import pytest

from factories.ledgers import KeptLedger
from zhizhao.kernel.ids import time_of
from zhizhao.ledger.errors import LedgerUnwitnessed
from zhizhao.ledger.require_witnessed import require_witnessed

FIVE_MINUTES = timedelta(minutes=5)


async def ask(ledger: KeptLedger, *, now: datetime) -> None:
    """Ask as of a moment."""
    async with ledger.database.read() as connection:
        await require_witnessed(connection, store=ledger.store, now=now, longest=FIVE_MINUTES)


async def witnessed_at(ledger: KeptLedger) -> datetime:
    """Return the moment that the store remembers."""
    async with ledger.database.read() as connection:
        last = await ledger.store.last_witnessed(connection)
    assert last is not None
    return last.at


class TestRequireWitnessed:
    """By the store, for every process alike."""

    async def test_a_new_ledger_has_its_time(self, ledger: KeptLedger) -> None:
        """Nothing there is nothing to witness; from the first entry on the time runs."""
        await ask(ledger, now=ledger.clock.now())
        (first,) = await ledger.add(1)
        start = time_of(first.entry_id)
        assert timedelta(0) <= first.at - start < timedelta(milliseconds=1)
        await ask(ledger, now=start + FIVE_MINUTES)
        with pytest.raises(LedgerUnwitnessed) as caught:
            await ask(ledger, now=start + FIVE_MINUTES + timedelta(seconds=1))
        assert caught.value.facts == {"since": start, "witnessed": 0}

    async def test_it_stops_and_goes_on_by_itself(self, ledger: KeptLedger) -> None:
        """Measured from the last time the witness held the newest head, and over when it holds it again."""
        await ledger.grow(3)
        at = await witnessed_at(ledger)
        await ask(ledger, now=at + FIVE_MINUTES)
        late = at + FIVE_MINUTES + timedelta(seconds=1)
        with pytest.raises(LedgerUnwitnessed) as caught:
            await ask(ledger, now=late)
        assert caught.value.facts == {"since": at, "witnessed": 3}
        await ledger.countersign()  # the same head again: the witness answers, that is enough
        assert await witnessed_at(ledger) > at
        await ask(ledger, now=await witnessed_at(ledger) + FIVE_MINUTES)

    async def test_a_witness_that_fails_is_not_remembered(self, ledger: KeptLedger) -> None:
        """Out of reach: the moment stays what it was."""
        await ledger.grow(2)
        at = await witnessed_at(ledger)
        ledger.witness_file.unlink()
        ledger.witness_file.mkdir()
        await ledger.add(1)
        await ledger.seal()
        with pytest.raises(OSError, match="directory"):
            await ledger.countersign()
        assert await witnessed_at(ledger) == at
