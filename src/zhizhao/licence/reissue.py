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
    is for good. Raises VersionConflict.
    """
    store = office.store
    head = replace(
        before,
        version=before.version + 1,
        state=after(before.state, LifeAct.REISSUE),
        registry_version=registry_version,
        acts=before.acts + 1,
    )
    await store.move(connection, before, head)
    old = (await store.places(connection, head.uscc))[before.version]
    new = (await take_places(connection, [(head.uscc, head.version)], positions=store.positions))[
        head.uscc, head.version
    ]
    draft = Draft(
        face=face,
        version=head.version,
        registry_version=registry_version,
        state=head.state,
        display_id=head.display_id,
        place=new,
        issued_at=await store.now(connection),
        previous_hash=await store.last_hash(connection, head.uscc, before.version),
    )
    licence = press(draft, keys=office.keys, names=office.names, with_sm2=office.with_sm2)
    await store.add_versions(connection, [licence])
    if not before.state.withdrawn:
        await store.positions.mark(connection, [old], LicenceStatus.CHANGED)
    if head.state.status is not LicenceStatus.VALID:
        await store.positions.mark(connection, [new], head.state.status)
    await record(
        connection,
        [Done(head=head, act=LifeAct.REISSUE, at=licence.issued_at, row_hash=licence.row_hash)],
        cause=cause,
        office=office,
    )
    await office.outbox.append(
        connection,
        VersionSuperseded(actor=cause.actor, uscc=head.uscc, version=head.version, superseded=before.version),
    )
    return head, licence
