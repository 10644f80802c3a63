"""The life of a licence: every act on every state."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizhao.licence.errors import TransitionRefused
from zhizhao.licence.status import (
    STATUS_CODES,
    STATUS_OF_CODE,
    Hold,
    LicenceStatus,
    LifeAct,
    LifeState,
    after,
    status_of_copy,
)

FREE, FROZEN, DISPUTED = frozenset[Hold](), frozenset({Hold.FROZEN}), frozenset({Hold.DISPUTED})
BOTH = FROZEN | DISPUTED
REFUSED = None
# (withdrawn, holds) -> act -> what stands after it; the whole table, so that a new act or state must be thought of.
TABLE: dict[tuple[bool, frozenset[Hold]], dict[LifeAct, tuple[bool, frozenset[Hold]] | None]] = {
    (False, FREE): {
        LifeAct.ISSUE: REFUSED,
        LifeAct.REISSUE: (False, FREE),
        LifeAct.WITHDRAW: (True, FREE),
        LifeAct.FREEZE: (False, FROZEN),
        LifeAct.UNFREEZE: REFUSED,
        LifeAct.DISPUTE: (False, DISPUTED),
        LifeAct.SETTLE: REFUSED,
    },
    (False, FROZEN): {
        LifeAct.ISSUE: REFUSED,
        LifeAct.REISSUE: (False, FROZEN),
        LifeAct.WITHDRAW: (True, FROZEN),
        LifeAct.FREEZE: REFUSED,
        LifeAct.UNFREEZE: (False, FREE),
        LifeAct.DISPUTE: (False, BOTH),
        LifeAct.SETTLE: REFUSED,
    },
    (False, DISPUTED): {
        LifeAct.ISSUE: REFUSED,
        LifeAct.REISSUE: (False, DISPUTED),
        LifeAct.WITHDRAW: (True, DISPUTED),
        LifeAct.FREEZE: (False, BOTH),
        LifeAct.UNFREEZE: REFUSED,
        LifeAct.DISPUTE: REFUSED,
        LifeAct.SETTLE: (False, FREE),
    },
    (False, BOTH): {
        LifeAct.ISSUE: REFUSED,
        LifeAct.REISSUE: (False, BOTH),
        LifeAct.WITHDRAW: (True, BOTH),
        LifeAct.FREEZE: REFUSED,
        LifeAct.UNFREEZE: (False, DISPUTED),
        LifeAct.DISPUTE: REFUSED,
        LifeAct.SETTLE: (False, FROZEN),
    },
}
TABLE |= {
    (True, holds): {
        act: REFUSED if act is LifeAct.WITHDRAW or then is REFUSED else (act is not LifeAct.REISSUE, then[1])
        for act, then in row.items()
    }
    for (_, holds), row in list(TABLE.items())
}


class TestAfter:
    """The transition table."""

    @pytest.mark.parametrize("key", TABLE, ids=[f"{within}-{'+'.join(sorted(held))}" for within, held in TABLE])
    @pytest.mark.parametrize("act", LifeAct)
    def test_each_act_on_each_state(self, key: tuple[bool, frozenset[Hold]], act: LifeAct) -> None:
        """The table above is the whole truth."""
        state = LifeState(withdrawn=key[0], holds=key[1])
        then = TABLE[key][act]
        if then is REFUSED:
            with pytest.raises(TransitionRefused):
                after(state, act)
        else:
            assert after(state, act) == LifeState(withdrawn=then[0], holds=then[1])

    def test_the_table_is_whole(self) -> None:
        """Every state and every act is in it."""
        states = {(w, frozenset(h)) for w in (False, True) for n in range(3) for h in itertools.combinations(Hold, n)}
        assert TABLE.keys() == states
        assert all(row.keys() == set(LifeAct) for row in TABLE.values())

    @given(st.lists(st.sampled_from([act for act in LifeAct if act is not LifeAct.ISSUE]), max_size=40))
    def test_status_and_holds_agree_on_every_path(self, acts: list[LifeAct]) -> None:
        """A held licence is never valid, a withdrawn one never anything else."""
        state = LifeState()
        for act in acts:
            try:
                state = after(state, act)
            except TransitionRefused:
                continue
            assert (state.status is LicenceStatus.WITHDRAWN) == state.withdrawn
            assert state.withdrawn or (state.status is LicenceStatus.SUSPENDED) == bool(state.holds)


class TestCodes:
    """The 2-bit codes of INTERFACES.md §3."""

    def test_they_never_move(self) -> None:
        """A list that was published must read the same for ever."""
        assert {status.value: code for status, code in STATUS_CODES.items()} == {
            "valid": 0,
            "withdrawn": 1,
            "suspended": 2,
            "changed": 3,
        }
        assert all(STATUS_OF_CODE[code] is status for status, code in STATUS_CODES.items())


@pytest.mark.parametrize("current", [LicenceStatus.VALID, LicenceStatus.SUSPENDED, LicenceStatus.WITHDRAWN])
def test_an_old_copy_is_changed(current: LicenceStatus) -> None:
    """Whatever the licence is, a copy of another version must be downloaded again."""
    assert status_of_copy(current, copy_version=2, current_version=2) is current
    assert status_of_copy(current, copy_version=1, current_version=2) is LicenceStatus.CHANGED
    assert status_of_copy(current, copy_version=3, current_version=2) is LicenceStatus.CHANGED
