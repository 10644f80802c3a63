"""The life of a key as times: who signs now, who still verifies, who is retired. Pure.

A rotation is one write: the new key is given the moment at which it takes over. Every process that has read the
file then changes over at that moment by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from zhizhao.kernel.clock import EPOCH
from zhizhao.trust.keys import KeyState, Purpose

SIGNING_GRACE = timedelta(seconds=60)
"""A signature that was begun with the old key may still be finished with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How long a key of one purpose is announced, and how long it verifies after its successor took over."""

    announce: timedelta
    """At least the longest time others keep our key set, or another process of ours keeps the file."""
    keep: timedelta | None
    """At least the longest life of what the key made; None: until it is withdrawn."""
    rotation_refused: str = ""
    """Why this purpose cannot simply be rotated; empty: it can."""
    opens_stored_data: bool = False
    """Old keys of this purpose are needed to read what is stored, so even a compromise does not withdraw them."""


_PUBLISHED = timedelta(hours=1)
_INSIDE = timedelta(seconds=10)
_DAY = timedelta(days=1)

POLICIES = MappingProxyType(
    {
        Purpose.ISSUER: Policy(announce=_PUBLISHED, keep=None),
        Purpose.ISSUER_SM2: Policy(announce=_PUBLISHED, keep=None),
        Purpose.STATUS_LIST: Policy(announce=_PUBLISHED, keep=_DAY),
        Purpose.OIDC: Policy(announce=_PUBLISHED, keep=_DAY),
        Purpose.ACCESS: Policy(announce=_INSIDE, keep=_DAY),
        Purpose.RECEIPT: Policy(announce=_PUBLISHED, keep=None),
        Purpose.LEDGER: Policy(announce=_PUBLISHED, keep=None),
        Purpose.DOCUMENT_SEAL: Policy(announce=_PUBLISHED, keep=None),
        Purpose.DATA: Policy(announce=_INSIDE, keep=None, opens_stored_data=True),
        Purpose.LOOKUP: Policy(
            announce=_INSIDE, keep=None, rotation_refused="every stored look-up must be computed anew with it"
        ),
        # slips live up to 72 hours (DOMAIN.md, settings.slip_minutes)
        Purpose.CODE: Policy(announce=_INSIDE, keep=timedelta(days=4)),
        Purpose.PAIRWISE: Policy(
            announce=_INSIDE, keep=None, rotation_refused="every relying party would see new subjects"
        ),
        Purpose.COOKIE: Policy(announce=_INSIDE, keep=_DAY),
    }
)
"""The policy of each purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """The fixed moments of one key."""

    kid: str
    current_at: datetime
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a key stands at one moment."""

    state: KeyState
    superseded_at: datetime | None
    retires_at: datetime | None
    may_sign: bool
    changes_at: datetime | None
    """The next moment at which this answer may differ; None: never by itself."""


def standing(life: Life, siblings: Sequence[Life], *, keep: timedelta | None, now: datetime) -> Standing:
    """Return where a key stands among all keys of its purpose.

    A withdrawn key is retired whatever the clock says, and the oldest key left is current even if the clock has been
    put back before its beginning: a wrong clock must neither revive a withdrawn key nor leave us without one.
    """
    if life.withdrawn_at:
        return Standing(
            state=KeyState.RETIRED, superseded_at=None, retires_at=life.withdrawn_at, may_sign=False, changes_at=None
        )
    alive = sorted(other.current_at for other in siblings if not other.withdrawn_at)
    begins = life.current_at if life.current_at > alive[0] else EPOCH
    superseded = min((at for at in alive if at > life.current_at), default=None)
    retires = superseded + keep if superseded and keep is not None else None
    moments = (begins, superseded, superseded and superseded + SIGNING_GRACE, retires)
    state = _state(begins, superseded=superseded, retires=retires, now=now)
    return Standing(
        state=state,
        superseded_at=superseded,
        retires_at=retires,
        may_sign=_may_sign(state, superseded=superseded, now=now),
        changes_at=min((moment for moment in moments if moment and moment > now), default=None),
    )


def _may_sign(state: KeyState, *, superseded: datetime | None, now: datetime) -> bool:
    """Return whether the key may sign: an announced one too, so that it can ask for its certificate."""
    if state is KeyState.VERIFYING:
        return superseded is not None and now < superseded + SIGNING_GRACE
    return state is not KeyState.RETIRED


def _state(begins: datetime, *, superseded: datetime | None, retires: datetime | None, now: datetime) -> KeyState:
    if begins > now:
        return KeyState.ANNOUNCED
    if superseded is None or superseded > now:
        return KeyState.CURRENT
    return KeyState.RETIRED if retires and retires <= now else KeyState.VERIFYING
