"""Make the next version of a licence because the registered facts changed; the one before is out of date at once."""

from dataclasses import replace

from zhizhao.licence.events import VersionSuperseded
from zhizhao.licence.face import LicenceFace
from zhizhao.licence.licence import Licence, LicenceHead
from zhizhao.licence.life import Cause, Done, record
from zhizhao.licence.office import Office
from zhizhao.licence.positions.take import take_places
from zhizhao.licence.press import Draft, press
from zhizhao.licence.status import LicenceStatus, LifeAct, after
from zhizhao.storage.database import Transaction


async def reissue(
    connection: Transaction,
    before: LicenceHead,
    face: LicenceFace,
    *,
    registry_version: int,
    cause: Cause,
    office: Office,
) -> tuple[LicenceHead, Licence]:
    """Make the next version from a face and what stood before it; `before` was read with its row kept.

    Brings a withdrawn licence back; holds stay. The version before becomes `changed`, unless it was withdrawn, which
    is for good. Raises LedgerUnwitnessed, with nothing written, and VersionConflict.
    """
    await office.require_witnessed(connection)
    store = office.store
    head = replace(
        before,
        version=before.version + 1,
        state=after(before.state, LifeAct.REISSUE),
        registry_version=registry_version,
        acts=before.acts + 1,
    )
    await store.move(connection, before, head)
    licence = await _pressed(connection, before, head, face, office=office)
    await store.add_versions(connection, [licence])
    await _mark(connection, before, head, licence, office=office)
    done = Done(head=head, act=LifeAct.REISSUE, at=licence.issued_at, row_hash=licence.row_hash)
    await record(connection, [done], cause=cause, office=office)
    superseded = VersionSuperseded(actor=cause.actor, uscc=head.uscc, version=head.version, superseded=before.version)
    await office.outbox.append(connection, superseded)
    return head, licence


async def _pressed(
    connection: Transaction, before: LicenceHead, head: LicenceHead, face: LicenceFace, *, office: Office
) -> Licence:
    want = (head.uscc, head.version)
    places = await take_places(connection, [want], positions=office.store.positions)
    draft = Draft(
        face=face,
        version=head.version,
        registry_version=head.registry_version,
        state=head.state,
        display_id=head.display_id,
        place=places[want],
        issued_at=await office.store.now(connection),
        previous_hash=await office.store.last_hash(connection, head.uscc, before.version),
    )
    return press(draft, keys=office.keys, names=office.names, with_sm2=office.with_sm2)


async def _mark(
    connection: Transaction, before: LicenceHead, head: LicenceHead, licence: Licence, *, office: Office
) -> None:
    positions = office.store.positions
    if not before.state.withdrawn:
        old = (await office.store.places(connection, head.uscc))[before.version]
        await positions.mark(connection, [old], LicenceStatus.CHANGED)
    if head.state.status is not LicenceStatus.VALID:
        await positions.mark(connection, [(licence.list_number, licence.list_index)], head.state.status)
