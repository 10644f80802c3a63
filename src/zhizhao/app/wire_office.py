"""Binds the verbs of the registration office."""

from zhizhao.app.parts import Parts
from zhizhao.app.uploads.intake import Intake
from zhizhao.kernel.actor import Actor
from zhizhao.kernel.page import Page
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.licence.freeze import freeze
from zhizhao.licence.issue import issue
from zhizhao.licence.licence import Licence, LicenceHead
from zhizhao.licence.life import Cause
from zhizhao.licence.unfreeze import unfreeze
from zhizhao.registry.entity import Entity
from zhizhao.storage.database import Transaction
from zhizhao.wallet.lose_at_window import lose_at_window
from zhizhao.wallet.person import Person
from zhizhao.wallet.proving.make_slip import Applicant, make_slip
from zhizhao.wallet.slip import Slip
from zhizhao.web.office.verbs import OfficeVerbs

ROWS = 30


class _Window:
    """The bound verbs, as methods on the parts."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.office = parts.office

    async def search(self, connection: Transaction, text: str, after: str | None) -> Page[Entity]:
        return await self.parts.registry.search(connection, text, limit=ROWS, after=after)

    async def look_up(self, connection: Transaction, uscc: str, actor: Actor) -> None:
        entry = new_entry(self.parts.clock, act=Act.OFFICE_ENTITY_LOOKED_UP, actor=actor, object_id=uscc)
        await self.parts.ledger.append(connection, entry)

    async def issue(self, connection: Transaction, uscc: str, actor: Actor) -> Licence:
        cause = Cause(actor=actor)
        return await issue(connection, uscc, cause=cause, office=self.office, registry=self.parts.registry)

    async def freeze(self, connection: Transaction, uscc: str, *, because: str, actor: Actor) -> LicenceHead:
        return await freeze(connection, uscc, cause=Cause(actor=actor, because=because), office=self.office)

    async def unfreeze(self, connection: Transaction, uscc: str, *, because: str, actor: Actor) -> LicenceHead:
        return await unfreeze(connection, uscc, cause=Cause(actor=actor, because=because), office=self.office)

    async def make_slip(self, connection: Transaction, applicant: Applicant, actor: Actor) -> Slip:
        parts = self.parts
        return await make_slip(
            connection,
            applicant,
            minutes=parts.settings.slip_minutes,
            act=Act.OFFICE_SLIP_MADE,
            actor=actor,
            store=parts.wallets,
            sealer=parts.sealer,
            keys=parts.keys,
            ledger=parts.ledger,
            clock=parts.clock,
        )

    async def lose_at_window(
        self, connection: Transaction, applicant: Applicant, actor: Actor
    ) -> tuple[Person, tuple[str, ...]]:
        parts = self.parts
        return await lose_at_window(
            connection,
            applicant,
            actor=actor,
            store=parts.wallets,
            sealer=parts.sealer,
            ledger=parts.ledger,
            outbox=parts.outbox,
            clock=parts.clock,
        )


def wire(parts: Parts) -> OfficeVerbs:
    """Return the bound verbs."""
    window = _Window(parts)
    return OfficeVerbs(
        search=window.search,
        entity=parts.registry.get,
        look_up=window.look_up,
        licence=parts.licences.current,
        versions=parts.licences.versions,
        acts=parts.licences.acts,
        issue=window.issue,
        freeze=window.freeze,
        unfreeze=window.unfreeze,
        make_slip=window.make_slip,
        intake=Intake(parts),
        lose_at_window=window.lose_at_window,
    )
