"""Show a licence: give out one ticket, the 24-digit code behind the bars and the QR (出示码).

The door has checked the device's proof and its unlock. Checks here, in order, inside one batched transaction:
(1) the device holds a copy and is active; (2) the licence is in force for at least one matter, or for the one named;
(3) the person's authority. Redeeming asks all three again; a ticket promises nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from zhizhao.catalogue.matter import Function, Matter
from zhizhao.kernel.clock import from_micros
from zhizhao.kernel.code24 import new_code
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.licence.in_force import REASONS
from zhizhao.presentation.authority import authority
from zhizhao.presentation.errors import ShowRefused
from zhizhao.presentation.presentation import Result
from zhizhao.presentation.reading import Holder, Reader, Reading
from zhizhao.presentation.ticket import Ticket
from zhizhao.presentation.verdict import licence_fault
from zhizhao.registry.entity import EntityStatus
from zhizhao.storage.batcher import Batcher
from zhizhao.storage.hot import HotConnection
from zhizhao.trust.keys import KeyProvider, Purpose

if TYPE_CHECKING:
    from zhizhao.catalogue.store import CatalogueStore
    from zhizhao.presentation.hot.store import TicketLineStore
    from zhizhao.storage.database import Database

MICROS = 1_000_000
ANY_STATUS = frozenset(EntityStatus)
"""Which statuses an act accepts is the matter's to say; before it is known, none is a bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """One wish to show, by an unlocked device."""

    uscc: str
    person_id: str
    device_id: str
    role: str
    mandate_id: str | None
    presenter_name: str
    """Masked."""
    matter: str | None = None
    """Where the holder knows it: then refused at once if it cannot work."""


class ShowLine:
    """The one line on which this worker gives out tickets."""

    def __init__(
        self,
        *,
        database: "Database",
        store: "TicketLineStore",
        catalogue: "CatalogueStore",
        reader: Reader,
        keys: KeyProvider,
        code_seconds: int,
    ) -> None:
        self._database = database
        self._store = store
        self._catalogue = catalogue
        self._reader = reader
        self._keys = keys
        self._life_micros = code_seconds * MICROS
        self.batcher: Batcher[Showing, Ticket] = Batcher(self.run)

    async def show(self, showing: Showing) -> Ticket:
        """Give out one ticket. Raises ShowRefused with the reason, StoreBusy."""
        return await self.batcher.submit(showing, owner=showing.person_id)

    async def run(self, showings: Sequence[Showing]) -> list[Ticket | ZhizhaoError]:
        """Answer a batch in one transaction."""
        async with self._database.hot.transaction() as hot:
            matters = await self._catalogue.snapshot_hot(hot)
            now = await self._store.now_hot(hot)
            holders = [Holder(s.uscc, s.device_id, s.mandate_id) for s in showings]
            readings = await self._reader.read(hot, holders)
            faults = [_fault(s, r, matters=matters, at=now) for s, r in zip(showings, readings, strict=True)]
            tickets = await self._issue(hot, [s for s, f in zip(showings, faults, strict=True) if f is None])
        given = iter(tickets)
        return [fault or next(given) for fault in faults]

    async def _issue(self, hot: HotConnection, showings: Sequence[Showing]) -> list[Ticket]:
        if not showings:
            return []
        kid = self._keys.current(Purpose.CODE)
        codes = [new_code() for _ in showings]
        macs = [self._keys.mac(kid, Purpose.CODE, code.encode()) for code in codes]
        rows = [
            (mac, s.uscc, s.person_id, s.device_id, s.role, s.mandate_id, s.presenter_name)
            for mac, s in zip(macs, showings, strict=True)
        ]
        times = await self._store.issue_hot(hot, rows, life_micros=self._life_micros)
        return [
            Ticket(
                code=code,
                code_mac=mac,
                uscc=s.uscc,
                issued_at=from_micros(issued),
                expires_at=from_micros(expires),
            )
            for code, mac, s, (issued, expires) in zip(codes, macs, showings, times, strict=True)
        ]


def _fault(
    showing: Showing, reading: Reading, *, matters: Callable[[str], Matter | None], at: datetime
) -> ShowRefused | None:
    matter = matters(showing.matter) if showing.matter else None
    accepted = matter.statuses if matter else ANY_STATUS
    if because := licence_fault(reading, accepted=accepted):
        return ShowRefused(uscc=showing.uscc, reason=because, zh=REASONS[because].zh, en=REASONS[because].en)
    named = matter.code if matter else _any_matter(reading)
    line = authority(reading, uscc=showing.uscc, matter=named, function=Function.PRESENT, at=at)
    if line.result is not Result.PASS:
        return ShowRefused(uscc=showing.uscc, reason=line.reason, zh=line.zh, en=line.en)
    return None


def _any_matter(reading: Reading) -> str:
    granted = reading.grant.matters if reading.grant else None
    return min(granted) if granted else ""
