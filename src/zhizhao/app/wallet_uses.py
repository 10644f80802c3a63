"""The uses of a licence by its holder, bound: show, follow the ticket, read records, disown, freeze and unfreeze."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from zhizhao.app.parts import Parts
from zhizhao.catalogue.errors import MatterUnknown
from zhizhao.catalogue.matter import Matter
from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.page import Page
from zhizhao.kernel.text import mask_name
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.licence.errors import TransitionRefused
from zhizhao.licence.face import LicenceFace
from zhizhao.licence.freeze import freeze
from zhizhao.licence.licence import CurrentLicence
from zhizhao.licence.life import Cause
from zhizhao.licence.status import LifeAct
from zhizhao.licence.unfreeze import unfreeze
from zhizhao.presentation.errors import PresentationUnknown, TicketUnknown
from zhizhao.presentation.presentation import Presentation
from zhizhao.presentation.show import Showing
from zhizhao.storage.database import Transaction
from zhizhao.wallet.access import Caller
from zhizhao.wallet.entitlement import HolderRole
from zhizhao.wallet.errors import CopyOutOfDate, NotDownloaded, NotEntitled, PersonMismatch, ProofNeeded
from zhizhao.wallet.events import PresentationDisowned
from zhizhao.wallet.holding import Holding
from zhizhao.web.wallet.handle import read_handle
from zhizhao.web.wallet.ticket_watch import TicketWatch
from zhizhao.web.wallet.verbs import Record, RecordQuery, Shown, TicketNews, Wanted

Usccs = Callable[[Transaction, Caller], Awaitable[Mapping[str, HolderRole]]]
"""Which licences a caller may hold now, by USCC, with the role: asked anew each time."""
WAIT_SECONDS = 15.0
"""A waiting phone hears something at least this often, so that no proxy takes the line for dead (UX.md §8)."""
CODE_FIELD = ("uscc", "统一社会信用代码")
FOOT_FIELDS = (("registrar", "登记机关"), ("issued_on", "登记日期"))
"""What a reader may get beside the items of the face; `licence/mask.py` names the same."""
MOST_RECORDS = 200
BY_HOLDER = "frozen-by-holder"
"""Why a licence was frozen from the wallet itself; what it may also be unfrozen by."""


class WalletUses:
    """The bound verbs about uses, as methods on the parts."""

    def __init__(self, parts: Parts, usccs: Usccs) -> None:
        self.parts = parts
        self.usccs = usccs
        self.watch = TicketWatch(self._redeemed)

    # ---------------------------------------------------------------- showing

    async def show(self, caller: Caller, wanted: Wanted) -> Shown:
        """Give out a ticket for the copy on this device. The door has asked for the unlock."""
        matter = await self._matter(wanted.matter)
        holding, licence = await self._standing(caller, wanted.uscc)
        if wanted.role is not None and wanted.role != holding.role:
            raise NotEntitled(uscc=wanted.uscc, role=wanted.role)
        if holding.version != licence.version:
            raise CopyOutOfDate(uscc=wanted.uscc, copy=holding.version, current=licence.version)
        presenter = mask_name(caller.person.name)
        ticket = await self.parts.show_line.show(
            Showing(
                uscc=wanted.uscc,
                person_id=caller.person.person_id,
                device_id=caller.device.device_id,
                role=holding.role.value,
                mandate_id=holding.mandate_id,
                presenter_name=presenter,
                matter=wanted.matter,
            )
        )
        face = licence.face
        return Shown(
            ticket=ticket,
            face=face,
            status=licence.status.value,
            presenter=presenter,
            role=holding.role.value,
            fields=_fields(face, matter),
        )

    async def _standing(self, caller: Caller, uscc: str) -> tuple[Holding, CurrentLicence]:
        """Return the copy on this device and the licence in force, by the driver's own SQL: showing is a hot path."""
        device_id = caller.device.device_id
        async with self.parts.database.hot.transaction() as hot:
            holdings = await self.parts.wallets.holding_hot(hot, [(device_id, uscc)])
            licences = await self.parts.licences.current_hot(hot, [uscc])
        holding, licence = holdings.get((device_id, uscc)), licences.get(uscc)
        if holding is None or licence is None:
            raise NotDownloaded(uscc=uscc, device=device_id)
        return holding, licence

    async def _matter(self, code: str | None) -> Matter | None:
        if code is None:
            return None
        async with self.parts.database.read() as connection:
            matter = await self.parts.catalogue.matter(connection, code)
        if matter is None:
            raise MatterUnknown(matter=code)
        return matter

    async def ticket_state(self, caller: Caller, handle: str) -> TicketNews:
        """Return where a ticket of this person stands. Raises TicketUnknown."""
        parts = self.parts
        async with parts.database.read() as connection:
            found = await parts.presentations.ticket_state(
                connection, read_handle(handle), person_id=caller.person.person_id
            )
            if found is None:
                raise TicketUnknown(person=caller.person.person_id)
            record = None
            if found.presentation_id is not None:
                record = await self._record(connection, caller, found.presentation_id)
            now = await parts.database.now(connection)
        expired = record is None and found.expires_at <= now
        return TicketNews(expires_at=found.expires_at, expired=expired, record=record)

    async def ticket_news(self, caller: Caller, handle: str) -> AsyncIterator[TicketNews]:
        """Say where a ticket stands at once, and again until it was redeemed or is past its life."""
        mac = read_handle(handle)
        while True:
            news = await self.ticket_state(caller, handle)
            yield news
            if news.expired or news.record is not None:
                return
            left = (news.expires_at - self.parts.clock.now()).total_seconds()
            await self.watch.redeemed(mac, within=max(0.2, min(WAIT_SECONDS, left + 0.2)))

    async def _redeemed(self, code_macs: Sequence[bytes]) -> Mapping[bytes, str]:
        async with self.parts.database.read() as connection:
            return await self.parts.presentations.redeemed_among(connection, code_macs)

    # ---------------------------------------------------------------- records

    async def records(self, caller: Caller, query: RecordQuery) -> Page[Record]:
        """Return the use records of the licences this person holds now; a grantee sees his or her own uses."""
        parts = self.parts
        async with parts.database.read() as connection:
            roles = await self.usccs(connection, caller)
            wanted = [u for u in roles if query.uscc in {None, u}]
            limit = min(query.limit, MOST_RECORDS)
            found = await parts.presentations.of_entities(connection, wanted, before=query.before, limit=limit + 1)
            mine = [p for p in found[:limit] if _may_see(p, caller=caller, role=roles[p.uscc])]
            rows = [await self._told(connection, p) for p in mine]
        more = len(found) > limit
        return Page(rows=tuple(rows), next=_cursor(found[limit - 1].verified_at) if more else None)

    async def record(self, caller: Caller, presentation_id: str) -> Record:
        """Return one record. Raises PresentationUnknown."""
        async with self.parts.database.read() as connection:
            return await self._record(connection, caller, presentation_id)

    async def _record(self, connection: Transaction, caller: Caller, presentation_id: str) -> Record:
        found = await self.parts.presentations.get(connection, presentation_id)
        own = found is not None and found.presenter.person_id == caller.person.person_id
        if found is None or not (own or await self._represents(connection, caller, found.uscc)):
            raise PresentationUnknown(presentation_id=presentation_id)
        return await self._told(connection, found)

    async def _represents(self, connection: Transaction, caller: Caller, uscc: str) -> bool:
        roles = await self.usccs(connection, caller)
        return roles.get(uscc) is HolderRole.LEGAL_REPRESENTATIVE

    async def _told(self, connection: Transaction, presentation: Presentation) -> Record:
        licence = await self.parts.licences.version(connection, presentation.uscc, presentation.licence_version)
        matter = await self.parts.catalogue.matter(connection, presentation.matter)
        labels = {item.field: item.label for item in licence.face.items} if licence else {}
        return Record(
            presentation=presentation,
            name=licence.face.name if licence else presentation.uscc,
            matter=matter,
            labels={**labels, **dict((CODE_FIELD, *FOOT_FIELDS))},
        )

    async def disown(self, caller: Caller, presentation_id: str) -> Record:
        """Freeze the licence of a record at once and write down that the holder does not know the use."""
        parts = self.parts
        actor = _actor(caller)
        async with parts.database.write() as connection:
            record = await self._record(connection, caller, presentation_id)
            told = record.presentation
            await self._freeze(connection, told.uscc, actor=actor, because="disowned")
            entry = new_entry(
                parts.clock,
                act=Act.WALLET_PRESENTATION_DISOWNED,
                actor=actor,
                object_id=presentation_id,
                on_behalf_of=told.uscc,
            )
            await parts.ledger.append(connection, entry)
            event = PresentationDisowned(
                actor=actor, uscc=told.uscc, presentation_id=presentation_id, client_id=told.client_id
            )
            await parts.outbox.append(connection, event)
        return record

    # ---------------------------------------------------------------- freezing a licence

    async def freeze_licence(self, caller: Caller, uscc: str) -> None:
        """Freeze a licence; anybody who may hold it now may, also from another phone than the lost one."""
        async with self.parts.database.write() as connection:
            if uscc not in await self.usccs(connection, caller):
                raise NotEntitled(uscc=uscc)
            await self._freeze(connection, uscc, actor=_actor(caller), because=BY_HOLDER)

    async def _freeze(self, connection: Transaction, uscc: str, *, actor: Actor, because: str) -> None:
        try:
            await freeze(connection, uscc, cause=Cause(actor=actor, because=because), office=self.parts.office)
        except TransitionRefused:
            return  # frozen before: what was wanted is so

    async def unfreeze_licence(self, caller: Caller, uscc: str, proof_id: str | None) -> None:
        """Lift the holder's freeze, as the legal representative: by a fresh proof, or what was frozen from this wallet.

        Raises NotEntitled, ProofNeeded, PersonMismatch, TransitionRefused: it is not frozen.
        """
        async with self.parts.database.write() as connection:
            if not await self._represents(connection, caller, uscc):
                raise NotEntitled(uscc=uscc)
            because = await self._proved_again(connection, caller, uscc=uscc, proof_id=proof_id)
            cause = Cause(actor=_actor(caller), because=because)
            await unfreeze(connection, uscc, cause=cause, office=self.parts.office)

    async def _proved_again(self, connection: Transaction, caller: Caller, *, uscc: str, proof_id: str | None) -> str:
        """Return by what the caller may lift the freeze; a proof is used up."""
        parts = self.parts
        if proof_id is None:
            await self._require_own_freeze(connection, caller, uscc)
            return "frozen-by-the-same"
        proof = await parts.wallets.proofs.use_proof(connection, proof_id, thumbprint=caller.device.thumbprint)
        if proof is None:
            raise ProofNeeded(reason="unknown, used, too old, or of another key")
        if proof.id_lookup != caller.person.id_lookup:
            raise PersonMismatch(device=caller.device.device_id)
        await parts.wallets.note_proved(connection, caller.device.device_id, proved_at=proof.proved_at)
        return f"proved-by-{proof.kind.value.replace('_', '-')}"

    async def _require_own_freeze(self, connection: Transaction, caller: Caller, uscc: str) -> None:
        acts = await self.parts.licences.acts(connection, uscc)
        last = next((act for act in reversed(acts) if act.act is LifeAct.FREEZE), None)
        if last is None or (last.actor, last.because) != (_actor(caller), BY_HOLDER):
            raise ProofNeeded(reason="frozen by another channel", uscc=uscc)


def _fields(face: LicenceFace, matter: Matter | None) -> tuple[tuple[str, str], ...]:
    """Return (field, label) of what a reader may get at most, the code second as on every list."""
    items = [(item.field, item.label) for item in face.items]
    whole = (*items[:1], CODE_FIELD, *items[1:], *FOOT_FIELDS)
    return whole if matter is None else tuple(field for field in whole if field[0] in matter.fields)


def _cursor(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _may_see(presentation: Presentation, *, caller: Caller, role: HolderRole) -> bool:
    return role is HolderRole.LEGAL_REPRESENTATIVE or presentation.presenter.person_id == caller.person.person_id


def _actor(caller: Caller) -> Actor:
    return Actor(ActorKind.PERSON, caller.person.person_id)
