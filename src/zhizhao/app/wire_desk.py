"""Binds the verbs of the counter desk."""

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

from zhizhao.app.parts import Parts
from zhizhao.catalogue.matter import Function, Matter
from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import BEIJING, today
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.licence.face import LicenceFace
from zhizhao.onboarding.client import Client
from zhizhao.presentation.archive import Archivist
from zhizhao.presentation.ask import Ask
from zhizhao.presentation.errors import PresentationUnknown
from zhizhao.presentation.file_case import file_case
from zhizhao.presentation.filing import Filing
from zhizhao.presentation.match_holder import match_holder
from zhizhao.presentation.presentation import Presentation
from zhizhao.presentation.redeem import Redeemed
from zhizhao.staff.account import Account
from zhizhao.staff.counter.keep_setting import keep_setting
from zhizhao.staff.counter.note_scan import note_scan
from zhizhao.staff.counter.scan import Scan, Today
from zhizhao.staff.counter.setting import DeskSetting
from zhizhao.staff.counter.store import CounterStore
from zhizhao.storage.database import Transaction
from zhizhao.web.desk.verbs import DeskVerbs


class _Desk:
    """The bound verbs, as methods on the parts."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.book = CounterStore()

    async def redeem(self, ask: Ask) -> Redeemed:
        return await self.parts.redeem_line.batcher.submit(ask, owner=ask.client_id)

    async def matters_of(self, connection: Transaction, client: Client) -> list[Matter]:
        if Function.PRESENT not in client.functions:
            return []
        known = {m.code: m for m in await self.parts.catalogue.all(connection)}
        granted = (known[code] for code in client.matters if code in known)
        return [m for m in granted if Function.PRESENT in m.functions]

    async def presentation(self, connection: Transaction, presentation_id: str, client_id: str) -> Presentation:
        found = await self.parts.presentations.get(connection, presentation_id, client_id=client_id)
        if found is None:
            raise PresentationUnknown(presentation_id=presentation_id)
        return found

    async def filing(self, connection: Transaction, presentation_id: str) -> Filing | None:
        return (await self.parts.presentations.filings(connection, [presentation_id])).get(presentation_id)

    async def face(self, connection: Transaction, presentation: Presentation) -> LicenceFace | None:
        licence = await self.parts.licences.version(connection, presentation.uscc, presentation.licence_version)
        return None if licence is None else licence.face

    async def file_case(
        self,
        connection: Transaction,
        presentation_id: str,
        *,
        client_id: str,
        case_number: str | None,
        reason: str | None,
        actor: Actor,
    ) -> Filing:
        parts = self.parts
        return await file_case(
            connection,
            presentation_id,
            case_number=case_number,
            reason=reason,
            client_id=client_id,
            actor=actor,
            store=parts.presentations,
            ledger=parts.ledger,
            clock=parts.clock,
        )

    async def match_holder(
        self, connection: Transaction, presentation_id: str, *, client_id: str, name: str, id_number: str, actor: Actor
    ) -> bool:
        parts = self.parts
        return await match_holder(
            connection,
            presentation_id,
            name=name,
            id_number=id_number,
            client_id=client_id,
            actor=actor,
            store=parts.presentations,
            wallets=parts.wallets,
            sealer=parts.sealer,
            ledger=parts.ledger,
            clock=parts.clock,
        )

    async def note_view(self, connection: Transaction, presentation_id: str, actor: Actor, form: str) -> None:
        act, facts = Act.DESK_PRESENTATION_VIEWED, {"as": form}
        entry = new_entry(self.parts.clock, act=act, actor=actor, object_id=presentation_id, facts=facts)
        await self.parts.ledger.append(connection, entry)

    async def keep_setting(self, connection: Transaction, account_id: str, setting: DeskSetting) -> DeskSetting:
        return await keep_setting(connection, account_id, setting=setting, store=self.book)

    async def note_scan(self, connection: Transaction, scan: Scan) -> None:
        await note_scan(connection, scan, store=self.book)

    async def latest(self, connection: Transaction, account: Account) -> Sequence[Scan]:
        return await self.book.latest(connection, account.account_id, unit=account.unit)

    async def today(self, connection: Transaction, account: Account) -> Today:
        midnight = datetime.combine(today(self.parts.clock.now()), time(), BEIJING)
        return await self.book.counts(connection, account.account_id, unit=account.unit, since=midnight)

    async def records(
        self, connection: Transaction, unit: str, *, before: UUID | None, search: str, limit: int
    ) -> list[Scan]:
        return await self.book.of_unit(connection, unit, before=before, search=search, limit=limit)


def wire(parts: Parts, archives: Archivist) -> DeskVerbs:
    """Return the bound verbs."""
    desk = _Desk(parts)
    return DeskVerbs(
        redeem=desk.redeem,
        client_of=parts.clients.of_unit,
        matters_of=desk.matters_of,
        presentation=desk.presentation,
        filing=desk.filing,
        face=desk.face,
        mandate=parts.mandates.get,
        file_case=desk.file_case,
        archive=archives.archive,
        match_holder=desk.match_holder,
        note_view=desk.note_view,
        setting=desk.book.setting,
        keep_setting=desk.keep_setting,
        note_scan=desk.note_scan,
        latest=desk.latest,
        today=desk.today,
        records=desk.records,
    )
