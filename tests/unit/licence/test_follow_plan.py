"""What a licence must still do, for every state and status."""

import itertools
from datetime import date

import pytest

from factories.changed import changed
from factories.licences import an_entity
from zhizhao.licence.follow_plan import face_differs, plan
from zhizhao.licence.make_face import make_face
from zhizhao.licence.status import Hold, LicenceStatus, LifeAct, LifeState, after
from zhizhao.registry.entity import EntityStatus

STATES = [
    LifeState(withdrawn=w, holds=frozenset(h))
    for w in (False, True)
    for n in range(3)
    for h in itertools.combinations(Hold, n)
]


class TestPlan:
    """The acts in order."""

    @pytest.mark.parametrize("state", STATES, ids=lambda s: f"{s.withdrawn}-{'+'.join(sorted(s.holds))}")
    @pytest.mark.parametrize("status", EntityStatus)
    def test_it_always_arrives(self, state: LifeState, status: EntityStatus) -> None:
        """Whatever stood before: afterwards the licence is as the register says, holds of the holder untouched."""
        for disputed, differs in itertools.product((False, True), repeat=2):
            then = state
            for act in plan(state, status, disputed=disputed, face_changed=differs):
                then = after(then, act)
            assert then.withdrawn == (status is not EntityStatus.ACTIVE)
            assert (Hold.DISPUTED in then.holds) == disputed
            assert (Hold.FROZEN in then.holds) == (Hold.FROZEN in state.holds)
            assert plan(then, status, disputed=disputed, face_changed=False) == ()

    def test_only_an_active_undisputed_unfrozen_one_is_valid(self) -> None:
        """Not in force never becomes valid."""
        for state, status, disputed in itertools.product(STATES, EntityStatus, (False, True)):
            then = state
            for act in plan(state, status, disputed=disputed, face_changed=False):
                then = after(then, act)
            valid = status is EntityStatus.ACTIVE and not disputed and Hold.FROZEN not in state.holds
            assert (then.status is LicenceStatus.VALID) == valid

    def test_a_restored_entity_gets_a_new_version(self) -> None:
        """What was withdrawn never comes back; the next version does."""
        assert plan(LifeState(withdrawn=True), EntityStatus.ACTIVE, disputed=False, face_changed=False) == (
            LifeAct.REISSUE,
        )

    def test_a_changed_revoked_entity(self) -> None:
        """Its new version is withdrawn at once."""
        assert plan(LifeState(withdrawn=True), EntityStatus.REVOKED, disputed=False, face_changed=True) == (
            LifeAct.REISSUE,
            LifeAct.WITHDRAW,
        )


class TestFaceDiffers:
    """When the register's facts ask for a new version."""

    OLD = make_face(an_entity())
    MOVED = make_face(an_entity(facts={"domicile": "新址"}))
    LATER = make_face(an_entity(approved_on=date(2024, 6, 1)))
    VERSION = make_face(an_entity(approved_on=date(2021, 6, 1)))

    @pytest.mark.parametrize("status", EntityStatus)
    def test_the_same_face(self, status: EntityStatus) -> None:
        """Nothing changed, nothing to print."""
        assert not face_differs(self.OLD, changed(self.OLD), status=status, principal_changed=False)

    @pytest.mark.parametrize(
        ("status", "moved", "later", "principal"),
        [
            (EntityStatus.ACTIVE, True, True, True),
            (EntityStatus.REVOKED, True, False, True),
            (EntityStatus.DEREGISTERED, False, False, False),
            (EntityStatus.RESCINDED, False, False, False),
            (EntityStatus.MOVED_OUT, False, False, False),
        ],
    )
    def test_by_status(self, status: EntityStatus, *, moved: bool, later: bool, principal: bool) -> None:
        """A revoked entity needs a right face for its end, but its revocation's own day is none."""
        assert face_differs(self.OLD, self.MOVED, status=status, principal_changed=False) == moved
        assert face_differs(self.OLD, self.LATER, status=status, principal_changed=False) == later
        assert face_differs(self.OLD, self.OLD, status=status, principal_changed=True) == principal

    def test_a_revocation_does_not_change_the_templates_version(self) -> None:
        """The day alone, even across the border of versions, makes no new version of a revoked licence."""
        newer = make_face(an_entity(approved_on=date(2024, 5, 6), facts={"business_term": ""}))
        assert not face_differs(changed(self.VERSION), newer, status=EntityStatus.REVOKED, principal_changed=False)
