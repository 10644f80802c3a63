"""Redeem presentation codes: many asks, one transaction, each code spent exactly once.

The order of work is INTERFACES.md §4 and SECURITY.md §3.1; the blocks of `RedeemLine.run` carry these numbers:
(1) the peak bucket is charged; (2) a client that only guesses, or was stopped, is refused; (3) shape and check digits;
(4) matter and fields granted; (5) a repeated idempotency key gets its stored answer; (6) the yearly quota is reserved;
(7) the code is spent; (8) licence status and (9) mandate are read after the spend; (10) ledger; (11) receipt.
What stands before (7) never burns a code.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from zhizhao.catalogue.matter import Function, Matter
from zhizhao.kernel.clock import today
from zhizhao.kernel.code24 import parse_code
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.kernel.ids import public_ids
from zhizhao.licence.face import LicenceFace
from zhizhao.onboarding.client import Client, ClientState, field_mask, require_function, require_granted
from zhizhao.onboarding.errors import ClientUnknown, PeakExceeded, QuotaExhausted, TooManyMisses
from zhizhao.presentation.ask import Ask
from zhizhao.presentation.errors import CodeExpired, CodeUnknown, CodeUsed, IdempotencyMismatch
from zhizhao.presentation.presentation import Presentation
from zhizhao.presentation.reading import Holder, Reader, Reading
from zhizhao.presentation.record import Facts, Scribe, record
from zhizhao.presentation.ticket import Spent
from zhizhao.presentation.verdict import Accepted, judge
from zhizhao.storage.batcher import Batcher
from zhizhao.storage.hot import HotConnection
from zhizhao.trust.keys import Purpose

if TYPE_CHECKING:
    from zhizhao.catalogue.store import CatalogueStore
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.onboarding.store import ClientStore
    from zhizhao.presentation.hot.store import TicketLineStore
    from zhizhao.storage.database import Database


@dataclass(slots=True)
class _Member:
    """One ask on its way through the steps; `fault` ends it, `presentation` is its answer."""

    ask: Ask
    presentation_id: str
    fault: ZhizhaoError | None = None
    client: Client | None = None
    matter: Matter | None = None
    mask: tuple[str, ...] = ()
    code_mac: bytes = b""
    claimed: bool = False
    spent: Spent | None = None
    presentation: Presentation | None = None
    face: LicenceFace | None = None
    twin: "_Member | None" = None
    """The member of the same batch that holds this one's idempotency key."""
    left: int = 0
    """Calls left in the client's bucket, for the RateLimit header."""
    missed: int = 0
    """Unknown codes of the client in this minute, before this batch."""


class Redeemed(msgspec.Struct, frozen=True, kw_only=True):
    """The committed answer to one ask."""

    presentation: Presentation
    face: LicenceFace | None
    """The face of the current version, when this call accepted it; read it again for a repeated answer."""
    matter: Matter | None
    calls_left: int
    peak: int
    """Calls a second of the client."""
    repeated: bool
    """Whether this is the stored answer to a repeated idempotency key."""


class RedeemLine:
    """The one line on which all codes of this worker are redeemed."""

    def __init__(
        self,
        *,
        database: "Database",
        store: "TicketLineStore",
        clients: "ClientStore",
        catalogue: "CatalogueStore",
        reader: Reader,
        scribe: Scribe,
        ledger: "LedgerStore",
        misses_per_minute: int,
    ) -> None:
        self._database = database
        self._store = store
        self._clients = clients
        self._catalogue = catalogue
        self._reader = reader
        self._scribe = scribe
        self._ledger = ledger
        self._most_misses = misses_per_minute
        # One batch at a time: a second one would wait inside its transaction for the first one's bucket row, smaller.
        self.batcher: Batcher[Ask, Redeemed] = Batcher(self.run, in_flight=1)

    async def run(self, asks: Sequence[Ask]) -> list[Redeemed | ZhizhaoError]:
        """Answer a batch in one transaction; every answer is durable when this returns."""
        ids = public_ids("prs", len(asks))
        members = [_Member(ask, one, fault=ask.fault) for ask, one in zip(asks, ids, strict=True)]
        async with self._database.hot.transaction() as hot:
            await self._charge(hot, members)  # (1) (2)
            self._prepare(await self._catalogue.snapshot_hot(hot), members)  # (3) (4)
            await self._claim(hot, members)  # (5)
            year = today(self._scribe.clock.now()).year
            await self._reserve(hot, members, year=year)  # (6)
            await self._spend(hot, members, year=year)  # (7)
            await self._decide(hot, members)  # (8) (9) (10) (11)
        return [_answer(m) for m in members]

    async def _charge(self, hot: HotConnection, members: Sequence[_Member]) -> None:
        asks = Counter(m.ask.client_id for m in members)
        answers = await self._clients.charge_hot(hot, dict(sorted(asks.items())))
        granted = {client_id: answer.granted for client_id, answer in answers.items()}
        for member in members:
            client_id = member.ask.client_id
            answer = answers.get(client_id)
            if answer is None or answer.state is not ClientState.ACTIVE:
                member.fault = ClientUnknown(client_id=client_id, reason="stopped or absent")
                continue
            member.left, member.missed = int(answer.tokens), answer.missed
            if granted[client_id] <= 0:
                member.fault = PeakExceeded(client_id=client_id)
                continue
            granted[client_id] -= 1
            if answer.missed >= self._most_misses:
                member.fault = TooManyMisses(client_id=client_id, missed=answer.missed)
                continue
            member.client = await self._clients.client_hot(hot, client_id, answer.revision)

    def _prepare(self, matters: Callable[[str], Matter | None], members: Sequence[_Member]) -> None:
        kid = self._scribe.keys.current(Purpose.CODE)
        for member in _going(members):
            try:
                code = parse_code(member.ask.code)  # (3) ISO/IEC 7064 MOD 97-10
                client = member.client
                assert client is not None  # noqa: S101 a member without a fault has its client
                require_function(client, Function.PRESENT)  # (4)
                wanted = member.ask.matter
                member.matter = require_granted(client, matters(wanted), code=wanted, function=Function.PRESENT)
                member.mask = field_mask(client, member.matter, member.ask.fields)
                member.code_mac = self._scribe.keys.mac(kid, Purpose.CODE, code.encode())
            except ZhizhaoError as fault:
                member.fault = fault

    async def _claim(self, hot: HotConnection, members: Sequence[_Member]) -> None:
        asking = [m for m in _going(members) if m.ask.idempotency]
        if not asking:
            return
        claims: dict[tuple[str, str], tuple[bytes, str]] = {}
        own = {m.presentation_id: m for m in asking}
        for m in asking:
            assert m.ask.idempotency  # noqa: S101 chosen above
            key = (m.ask.client_id, m.ask.idempotency.key)
            claims.setdefault(key, (m.ask.idempotency.request_hash, m.presentation_id))
        holders = await self._store.claim_keys_hot(hot, [(*key, *value) for key, value in claims.items()])
        for m in asking:
            assert m.ask.idempotency  # noqa: S101 chosen above
            request_hash, holder = holders[m.ask.client_id, m.ask.idempotency.key]
            if request_hash != m.ask.idempotency.request_hash:
                m.fault = IdempotencyMismatch(key=m.ask.idempotency.key)
            elif holder == m.presentation_id:
                m.claimed = True
            elif holder in own:
                m.twin = own[holder]
            else:
                m.presentation = await self._store.find_hot(hot, holder)

    async def _reserve(self, hot: HotConnection, members: Sequence[_Member], *, year: int) -> None:
        going = _going(members)
        asks = Counter(m.ask.client_id for m in going)
        granted = await self._clients.reserve_hot(hot, dict(sorted(asks.items())), year=year)
        for member in going:
            client_id = member.ask.client_id
            if granted.get(client_id, 0) <= 0:
                member.fault = QuotaExhausted(client_id=client_id, year=year)
            else:
                granted[client_id] -= 1

    async def _spend(self, hot: HotConnection, members: Sequence[_Member], *, year: int) -> None:
        going = _going(members)
        if going:
            asks = [(n, m.code_mac, m.ask.client_id, m.presentation_id) for n, m in enumerate(going)]
            won = await self._store.spend_hot(hot, asks)
            for number, member in enumerate(going):
                member.spent = won.get(number)
        lost = [m for m in going if m.spent is None]
        if lost:
            await self._explain(hot, lost)
            await self._clients.give_back_hot(hot, Counter(m.ask.client_id for m in lost), year=year)
        released = [m for m in members if m.claimed and m.fault]
        if released:
            keys = [(m.ask.client_id, m.ask.idempotency.key) for m in released if m.ask.idempotency]
            await self._store.release_keys_hot(hot, keys)

    async def _explain(self, hot: HotConnection, lost: Sequence[_Member]) -> None:
        tried = await self._store.tried_hot(hot, sorted({m.code_mac for m in lost}))
        misses: Counter[str] = Counter()
        for member in lost:
            known = tried.get(member.code_mac)
            if known is None:
                client_id = member.ask.client_id
                misses[client_id] += 1
                missed = member.missed + misses[client_id]
                member.fault = (
                    CodeUnknown(client_id=client_id)
                    if missed <= self._most_misses
                    else TooManyMisses(client_id=client_id, missed=missed)
                )
            else:
                member.fault = CodeUsed() if known.used else CodeExpired()
        if misses:
            await self._clients.miss_hot(hot, misses)

    async def _decide(self, hot: HotConnection, members: Sequence[_Member]) -> None:
        spent = [(m, m.spent) for m in members if m.spent]
        if not spent:
            return
        readings = await self._reader.read(hot, [Holder(s.uscc, s.device_id, s.mandate_id) for _, s in spent])
        entries = []
        for (member, ticket), reading in zip(spent, readings, strict=True):  # (8) (9) after the spend
            facts = self._facts(member, ticket, reading)
            member.presentation, entry = record(facts, scribe=self._scribe, head=self._ledger.known_head)  # (11)
            if isinstance(facts.verdict, Accepted):
                member.face = facts.verdict.face
            entries.append(entry)
        await self._ledger.append_hot(hot, entries)  # (10)
        await self._store.keep_hot(hot, [m.presentation for m, _ in spent if m.presentation])

    def _facts(self, member: _Member, spent: Spent, reading: Reading) -> Facts:
        assert member.client is not None  # noqa: S101 both were set before the code was spent
        assert member.matter is not None  # noqa: S101
        return Facts(
            presentation_id=member.presentation_id,
            ask=member.ask,
            client=member.client,
            spent=spent,
            verdict=judge(reading, uscc=spent.uscc, matter=member.matter, at=spent.spent_at),
            mask=member.mask,
            registry_as_of=reading.as_of,
        )


def _going(members: Sequence[_Member]) -> list[_Member]:
    return [m for m in members if m.fault is None and m.presentation is None and m.twin is None]


def _answer(member: _Member) -> Redeemed | ZhizhaoError:
    told = member.twin or member
    if told.presentation is not None:
        return Redeemed(
            presentation=told.presentation,
            face=told.face,
            matter=told.matter,
            calls_left=member.left,
            peak=member.client.peak_per_second if member.client else 0,
            repeated=member.spent is None,
        )
    assert told.fault is not None  # noqa: S101 a member ends with a presentation or a fault
    return told.fault
