"""The keeper: seals on every call and shows heads to the witness now and then."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from zhizhao.kernel.clock import Clock
from zhizhao.ledger.countersign import countersign
from zhizhao.ledger.seal import Sealed, seal
from zhizhao.ledger.witness import Witness
from zhizhao.storage.database import Database
from zhizhao.trust.keys import KeyProvider

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore

SHOW_EVERY = timedelta(seconds=10)  # signed heads reach the witness within 60 s, SECURITY.md §2 T11


class Keeper:
    """Does the ledger's background work of one process."""

    def __init__(
        self,
        database: Database,
        *,
        store: "LedgerStore",
        keys: KeyProvider,
        witness: Witness,
        clock: Clock,
        show_every: timedelta = SHOW_EVERY,
    ) -> None:
        self._database = database
        self._store = store
        self._keys = keys
        self._witness = witness
        self._clock = clock
        self._show_every = show_every
        self._shown_at: datetime | None = None

    async def work(self) -> Sealed:
        """Do one pass. Raises LedgerBroken, WitnessRefused, OSError: the witness cannot be reached."""
        sealed = await seal(self._database, store=self._store, keys=self._keys)
        now = self._clock.now()
        if self._shown_at is None or now - self._shown_at >= self._show_every:
            await countersign(self._database, store=self._store, keys=self._keys, witness=self._witness)
            self._shown_at = now
        return sealed
