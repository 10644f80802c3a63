"""Let a licence follow the register: it is brought to whatever the entity has become, in one transaction."""

from dataclasses import replace
from typing import TYPE_CHECKING

from zhizhao.licence.errors import VersionConflict
from zhizhao.licence.follow_plan import face_differs, plan
from zhizhao.licence.issue import issue_for, require_issuable
from zhizhao.licence.licence import LicenceHead
from zhizhao.licence.life import Cause, live
from zhizhao.licence.make_face import make_face
from zhizhao.licence.office import Office
from zhizhao.licence.reissue import reissue
from zhizhao.licence.status import LifeAct
from zhizhao.registry.entity import Entity, EntityStatus, Mark
from zhizhao.registry.errors import EntityUnknown
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.registry.store import RegistryStore


async def follow(
    connection: Transaction,
    uscc: str,
    *,
    cause: Cause,
    office: Office,
    registry: "RegistryStore",
    principal_changed: bool = False,
) -> tuple[LifeAct, ...]:
    """Do what the register asks for; return the acts done, none when the licence was as it should be.

    Safe to run again and beside others: the licence's row is kept first, then the entity is read.
    Raises EntityUnknown, NotIssuable; LedgerUnwitnessed, with nothing written, when a version would have to be made and
    none may be now: `follow_or_wait` then does the rest.
    """
    head = (await office.store.heads(connection, [uscc], lock=True)).get(uscc)
    entity = await registry.get(connection, uscc)
    if entity is None:
        raise EntityUnknown(uscc=uscc)
    require_issuable(entity, names=office.names)
    if head is None:
        return await _first(connection, entity, cause=cause, office=office)
    return await _next(connection, head, entity, cause=cause, office=office, principal_changed=principal_changed)


async def _first(connection: Transaction, entity: Entity, *, cause: Cause, office: Office) -> tuple[LifeAct, ...]:
    try:
        await issue_for(connection, entity, cause=cause, office=office)
        issued: tuple[LifeAct, ...] = (LifeAct.ISSUE,)
    except VersionConflict:  # another transaction founded it first and has committed: go on from there
        issued = ()
    head = (await office.store.heads(connection, [entity.uscc], lock=True))[entity.uscc]
    return issued + await _next(connection, head, entity, cause=cause, office=office, principal_changed=False)


async def _next(
    connection: Transaction,
    head: LicenceHead,
    entity: Entity,
    *,
    cause: Cause,
    office: Office,
    principal_changed: bool,
) -> tuple[LifeAct, ...]:
    current = await office.store.current(connection, entity.uscc)
    assert current is not None  # noqa: S101 a head stands on its current version
    face = make_face(entity)
    acts = plan(
        head.state,
        entity.status,
        disputed=Mark.DISPUTED in entity.marks,
        face_changed=face_differs(current.face, face, status=entity.status, principal_changed=principal_changed),
    )
    for act in acts:
        if act is LifeAct.REISSUE:
            head, _ = await reissue(connection, head, face, registry_version=entity.version, cause=cause, office=office)
        else:
            head = await live(connection, head, act, cause=_caused(cause, act, entity.status), office=office)
    if head.registry_version < entity.version:
        await office.store.move(connection, head, replace(head, registry_version=entity.version))
    return acts


async def end_or_hold(
    connection: Transaction, uscc: str, *, cause: Cause, office: Office, registry: "RegistryStore"
) -> tuple[LifeAct, ...]:
    """Do of what the register asks for only what ends, holds or frees a licence that is there; return these acts.

    The licence stays behind the register, so that `follow` makes the new version later. Raises EntityUnknown.
    """
    head = (await office.store.heads(connection, [uscc], lock=True)).get(uscc)
    entity = await registry.get(connection, uscc)
    if entity is None:
        raise EntityUnknown(uscc=uscc)
    if head is None:
        return ()
    planned = plan(head.state, entity.status, disputed=Mark.DISPUTED in entity.marks, face_changed=False)
    acts = tuple(act for act in planned if act is not LifeAct.REISSUE)
    for act in acts:
        head = await live(connection, head, act, cause=_caused(cause, act, entity.status), office=office)
    return acts


def _caused(cause: Cause, act: LifeAct, status: EntityStatus) -> Cause:
    return replace(cause, because=f"entity-{status.value.replace('_', '-')}") if act is LifeAct.WITHDRAW else cause
