"""The life of a key as times, without keys."""

from datetime import UTC, datetime, timedelta

import pytest

from zhizhao.trust.keys import KeyState, Purpose
from zhizhao.trust.ring.rotation import POLICIES, SIGNING_GRACE, Life, Standing, standing

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEEP = timedelta(days=1)
FIRST = Life(kid="first", current_at=START)
SECOND = Life(kid="second", current_at=START + 10 * HOUR)


def at(life: Life, hours: float, *siblings: Life, keep: timedelta | None = KEEP) -> Standing:
    """Return where a key stands some hours after the start."""
    return standing(life, siblings, keep=keep, now=START + hours * HOUR)


def test_every_purpose_has_a_policy() -> None:
    """No purpose is forgotten, and what is published is announced for an hour."""
    assert set(POLICIES) == set(Purpose)
    assert POLICIES[Purpose.ISSUER].announce >= HOUR


def test_one_key_is_current_for_ever() -> None:
    """Without a successor nothing ever changes."""
    where = at(FIRST, 1e5, FIRST)
    assert (where.state, where.superseded_at, where.retires_at, where.changes_at) == (KeyState.CURRENT, *[None] * 3)
    assert where.may_sign


@pytest.mark.parametrize(
    ("hours", "old", "new"),
    [
        (9.99, KeyState.CURRENT, KeyState.ANNOUNCED),
        (10, KeyState.VERIFYING, KeyState.CURRENT),
        (33.99, KeyState.VERIFYING, KeyState.CURRENT),
        (34, KeyState.RETIRED, KeyState.CURRENT),
    ],
)
def test_the_change_over(hours: float, old: KeyState, new: KeyState) -> None:
    """Announced, current, verifying, retired, each to the second."""
    assert at(FIRST, hours, FIRST, SECOND).state is old
    assert at(SECOND, hours, FIRST, SECOND).state is new


def test_next_change_is_foretold() -> None:
    """Every answer says when it may be another."""
    both = (FIRST, SECOND)
    assert at(FIRST, 1, *both).changes_at == SECOND.current_at
    assert at(FIRST, 10, *both).changes_at == SECOND.current_at + SIGNING_GRACE
    assert at(FIRST, 11, *both).changes_at == SECOND.current_at + KEEP
    assert at(FIRST, 35, *both).changes_at is None
    assert at(SECOND, 1, *both).changes_at == SECOND.current_at


def test_a_begun_signature_may_be_finished() -> None:
    """The old key signs for one minute more; an announced key may ask for its certificate; a retired one is done."""
    both = (FIRST, SECOND)
    assert at(FIRST, 10, *both).may_sign
    assert not at(FIRST, 10.02, *both).may_sign
    assert not at(FIRST, 34, *both).may_sign
    assert at(SECOND, 1, *both).may_sign


def test_kept_for_ever_is_never_retired() -> None:
    """Keys of artefacts without an end verify until they are withdrawn."""
    assert at(FIRST, 1e6, FIRST, SECOND, keep=None).state is KeyState.VERIFYING


def test_withdrawn_is_retired_whatever_the_clock_says() -> None:
    """A clock that was put back does not revive a compromised key."""
    gone = Life(kid="first", current_at=START, withdrawn_at=START + 5 * HOUR)
    for hours in (-100, 0, 4.9, 5, 100):
        where = at(gone, hours, gone, SECOND)
        assert where.state is KeyState.RETIRED
        assert not where.may_sign


def test_the_oldest_key_left_is_current_before_its_beginning() -> None:
    """A clock that was put back does not leave us without a key."""
    gone = Life(kid="first", current_at=START, withdrawn_at=START + 5 * HOUR)
    assert at(FIRST, -100, FIRST).state is KeyState.CURRENT
    assert at(SECOND, 1, gone, SECOND).state is KeyState.CURRENT


def test_a_withdrawn_successor_does_not_supersede() -> None:
    """A key that was withdrawn before it took over never ends another's turn."""
    gone = Life(kid="second", current_at=START + 10 * HOUR, withdrawn_at=START + HOUR)
    assert at(FIRST, 20, FIRST, gone).state is KeyState.CURRENT
