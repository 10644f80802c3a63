"""The life of a licence: four states of a version, what an act makes of them, and what it can never undo.

INTERFACES.md §3. A licence as a whole is valid, suspended or withdrawn; one of its versions may besides be
`changed`: a newer one stands in its place and the holder downloads again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from zhizhao.licence.errors import TransitionRefused


class LicenceStatus(StrEnum):
    """State of one version; a wire format of the API, the stores and the events: add, never rename."""

    VALID = "valid"
    CHANGED = "changed"
    """A newer version stands in its place: download again."""
    SUSPENDED = "suspended"
    """Frozen by its holder, or disputed at the registry; may come back."""
    WITHDRAWN = "withdrawn"
    """The entity is revoked, deregistered, rescinded or moved out; this version never comes back."""


STATUS_CODES: Final[Mapping[LicenceStatus, int]] = MappingProxyType(
    {LicenceStatus.VALID: 0, LicenceStatus.WITHDRAWN: 1, LicenceStatus.SUSPENDED: 2, LicenceStatus.CHANGED: 3}
)
"""Values of the 2-bit status list (INTERFACES.md §3); a wire format that never moves."""
STATUS_OF_CODE: Final[Mapping[int, LicenceStatus]] = MappingProxyType({v: k for k, v in STATUS_CODES.items()})


class Hold(StrEnum):
    """Why a licence is suspended; both may be there at once, and each is lifted by its own act."""

    FROZEN = "frozen"
    """By its holder, from any channel (冻结, 挂失)."""
    DISPUTED = "disputed"
    """By the registry: false registration is claimed (order 88)."""


class LifeAct(StrEnum):
    """What can happen to a licence; kept with its history: add, never rename."""

    ISSUE = "issue"
    REISSUE = "reissue"
    """A new version; it also brings a withdrawn licence back."""
    WITHDRAW = "withdraw"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    DISPUTE = "dispute"
    SETTLE = "settle"
    """The dispute is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeState:
    """State of a licence as a whole: in being or withdrawn, and what holds it."""

    withdrawn: bool = False
    holds: frozenset[Hold] = frozenset()

    @property
    def status(self) -> LicenceStatus:
        """Return the state of the current version; withdrawn outweighs every hold."""
        if self.withdrawn:
            return LicenceStatus.WITHDRAWN
        return LicenceStatus.SUSPENDED if self.holds else LicenceStatus.VALID


def after(state: LifeState, act: LifeAct) -> LifeState:
    """Return the state after an act. Raises TransitionRefused when the act does not fit the state.

    Holds outlive withdrawal and new versions: a frozen licence that the registry changes stays frozen.
    """
    if act is LifeAct.ISSUE:
        raise TransitionRefused(act=act, state=state)  # a licence is issued once; later versions are reissues
    if act is LifeAct.REISSUE:
        return replace(state, withdrawn=False)
    if act is LifeAct.WITHDRAW:
        return _withdrawn(state)
    return replace(state, holds=_holds(state, act))


def _withdrawn(state: LifeState) -> LifeState:
    if state.withdrawn:
        raise TransitionRefused(act=LifeAct.WITHDRAW, state=state)
    return replace(state, withdrawn=True)


_PUTS = {LifeAct.FREEZE: Hold.FROZEN, LifeAct.DISPUTE: Hold.DISPUTED}
_LIFTS = {LifeAct.UNFREEZE: Hold.FROZEN, LifeAct.SETTLE: Hold.DISPUTED}


def _holds(state: LifeState, act: LifeAct) -> frozenset[Hold]:
    hold = _PUTS.get(act) or _LIFTS[act]
    if (act in _PUTS) == (hold in state.holds):
        raise TransitionRefused(act=act, state=state)
    return state.holds | {hold} if act in _PUTS else state.holds - {hold}


def status_of_copy(current: LicenceStatus, *, copy_version: int, current_version: int) -> LicenceStatus:
    """Return the state of a copy that somebody holds; every version but the current one is `changed`."""
    return current if copy_version == current_version else LicenceStatus.CHANGED
