"""What a licence still has to do to be as the register says. Pure."""

from msgspec import structs

from zhizhao.licence.face import LicenceFace
from zhizhao.licence.status import Hold, LifeAct, LifeState
from zhizhao.registry.entity import EntityStatus


def plan(state: LifeState, status: EntityStatus, *, disputed: bool, face_changed: bool) -> tuple[LifeAct, ...]:
    """Return the acts in order; none when the licence is as it should be.

    (1) A changed face, or an active entity behind a withdrawn licence, makes a new version. (2) A dispute holds and
    its end lifts. (3) A licence whose entity is not active is withdrawn; what a new version brought back goes at once.
    """
    is_active = status is EntityStatus.ACTIVE
    is_renewed = face_changed or (is_active and state.withdrawn)
    acts = [LifeAct.REISSUE] if is_renewed else []  # (1)
    if disputed != (Hold.DISPUTED in state.holds):  # (2)
        acts.append(LifeAct.DISPUTE if disputed else LifeAct.SETTLE)
    if not is_active and (is_renewed or not state.withdrawn):  # (3)
        acts.append(LifeAct.WITHDRAW)
    return tuple(acts)


def face_differs(old: LicenceFace, new: LicenceFace, *, status: EntityStatus, principal_changed: bool) -> bool:
    """Say whether the register's facts ask for a new version.

    Active: anything printed, or another principal of the same name. Revoked: the same but the day alone, which moves
    with the revocation itself. Deregistered, rescinded, moved out: never; their licence is at its end.
    """
    if status is EntityStatus.ACTIVE:
        return principal_changed or new != old
    if status is EntityStatus.REVOKED:
        same_day = structs.replace(new, made_on=old.made_on)
        return principal_changed or (new.version == old.version and same_day != old)
    return False
