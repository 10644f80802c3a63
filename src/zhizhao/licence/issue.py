"""Issue the first version of an entity's licence (电子营业执照管理办法（试行） art. 6: at once on registration)."""

from typing import TYPE_CHECKING

from zhizhao.kernel.ids import public_id
from zhizhao.licence.chain import FIRST
from zhizhao.licence.errors import NotIssuable, VersionConflict
from zhizhao.licence.events import LicenceIssued
from zhizhao.licence.licence import Licence, LicenceHead
from zhizhao.licence.life import Cause, Done, record
from zhizhao.licence.make_face import make_face
from zhizhao.licence.names import IssuerNames
from zhizhao.licence.office import Office
from zhizhao.licence.positions.take import take_places
from zhizhao.licence.press import Draft, press
from zhizhao.licence.status import LifeAct, LifeState
from zhizhao.registry.entity import Entity
from zhizhao.registry.errors import EntityUnknown
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.registry.store import RegistryStore


async def issue(
    connection: Transaction, uscc: str, *, cause: Cause, office: Office, registry: "RegistryStore"
) -> Licence:
    """Issue version 1.

    Raises EntityUnknown, NotIssuable, LedgerUnwitnessed, VersionConflict when the entity has a licence.
    """
    entity = await registry.get(connection, uscc)
    if entity is None:
        raise EntityUnknown(uscc=uscc)
    return await issue_for(connection, entity, cause=cause, office=office)


async def issue_for(connection: Transaction, entity: Entity, *, cause: Cause, office: Office) -> Licence:
    """Issue version 1 for an entity that was just read. Raises NotIssuable, LedgerUnwitnessed, VersionConflict."""
    require_issuable(entity, names=office.names)
    await office.require_witnessed(connection)
    head = first_head(entity)
    if head.uscc not in await office.store.found(connection, [head]):
        raise VersionConflict(usccs=[head.uscc])
    places = await take_places(connection, [(head.uscc, head.version)], positions=office.store.positions)
    draft = Draft(
        face=make_face(entity),
        version=head.version,
        registry_version=entity.version,
        state=head.state,
        display_id=head.display_id,
        place=places[head.uscc, head.version],
        issued_at=await office.store.now(connection),
        previous_hash=FIRST,
    )
    licence = press(draft, keys=office.keys, names=office.names, with_sm2=office.with_sm2)
    await keep(connection, [(head, licence)], cause=cause, office=office)
    return licence


def require_issuable(entity: Entity, *, names: IssuerNames) -> None:
    """Check that the entity has a sheet that this installation issues. Raises NotIssuable."""
    if entity.template not in names.templates:
        raise NotIssuable(uscc=entity.uscc, kind=entity.kind, template=entity.template)


def first_head(entity: Entity) -> LicenceHead:
    """Return what stands of a licence when it is founded."""
    return LicenceHead(
        uscc=entity.uscc,
        version=1,
        state=LifeState(),
        registry_version=entity.version,
        acts=1,
        display_id=public_id("dsp"),
    )


async def keep(
    connection: Transaction, pressed: list[tuple[LicenceHead, Licence]], *, cause: Cause, office: Office
) -> None:
    """Keep first versions of licences that this transaction founded: rows, history, ledger, events."""
    await office.store.add_versions(connection, [licence for _, licence in pressed])
    done = [
        Done(head=head, act=LifeAct.ISSUE, at=licence.issued_at, row_hash=licence.row_hash) for head, licence in pressed
    ]
    await record(connection, done, cause=cause, office=office)
    events = [LicenceIssued(actor=cause.actor, uscc=head.uscc, version=head.version) for head, _ in pressed]
    await office.outbox.append(connection, *events)
