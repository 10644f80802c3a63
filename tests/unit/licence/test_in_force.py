"""Whether a licence carries an act: every combination of what is read."""

import itertools

import pytest

from zhizhao.licence.in_force import REASONS, NotInForce, not_in_force
from zhizhao.licence.status import LicenceStatus
from zhizhao.registry.entity import EntityStatus, Mark

ACTIVE_ONLY = frozenset({"active"})
DEREGISTRATION = frozenset({"active", "revoked"})


def decide(
    status: EntityStatus = EntityStatus.ACTIVE,
    *marks: Mark,
    licence: LicenceStatus = LicenceStatus.VALID,
    accepted: frozenset[str] = ACTIVE_ONLY,
    held: bool = False,
) -> NotInForce | None:
    """Ask with everything good but what the test names."""
    return not_in_force(status, frozenset(marks), licence_status=licence, accepted_statuses=accepted, held=held)


class TestNotInForce:
    """The ordered decision."""

    def test_a_good_licence_carries(self) -> None:
        """Active, unmarked, valid."""
        assert decide() is None

    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            (EntityStatus.REVOKED, NotInForce.ENTITY_REVOKED),
            (EntityStatus.DEREGISTERED, NotInForce.ENTITY_DEREGISTERED),
            (EntityStatus.RESCINDED, NotInForce.ENTITY_RESCINDED),
            (EntityStatus.MOVED_OUT, NotInForce.ENTITY_MOVED_OUT),
        ],
    )
    def test_five_states_five_reasons(self, status: EntityStatus, reason: NotInForce) -> None:
        """The states are never merged, and they are named before the licence's own status."""
        assert decide(status, licence=LicenceStatus.WITHDRAWN) is reason

    @pytest.mark.parametrize("mark", [Mark.ABNORMAL, Mark.DORMANT])
    def test_marks_are_no_bar(self, mark: Mark) -> None:
        """Such an entity stays 存续 (DOMAIN.md §8.3)."""
        assert decide(EntityStatus.ACTIVE, mark) is None

    def test_a_dispute_bars(self) -> None:
        """Order 88: a disputed registration blocks use."""
        assert decide(EntityStatus.ACTIVE, Mark.DISPUTED, Mark.ABNORMAL) is NotInForce.ENTITY_DISPUTED

    @pytest.mark.parametrize(
        ("licence", "reason"),
        [
            (LicenceStatus.SUSPENDED, NotInForce.LICENCE_SUSPENDED),
            (LicenceStatus.CHANGED, NotInForce.LICENCE_CHANGED),
            (LicenceStatus.WITHDRAWN, NotInForce.LICENCE_WITHDRAWN),
        ],
    )
    def test_the_licences_own_status(self, licence: LicenceStatus, reason: NotInForce) -> None:
        """An active entity with a licence that is not valid."""
        assert decide(licence=licence) is reason

    def test_a_revoked_entity_reaches_its_deregistration(self) -> None:
        """The matter accepts `revoked`, so the withdrawal that followed from it is no bar."""
        assert decide(EntityStatus.REVOKED, licence=LicenceStatus.WITHDRAWN, accepted=DEREGISTRATION) is None

    def test_but_not_with_a_frozen_licence(self) -> None:
        """The hold lives beneath the withdrawal."""
        found = decide(EntityStatus.REVOKED, licence=LicenceStatus.WITHDRAWN, accepted=DEREGISTRATION, held=True)
        assert found is NotInForce.LICENCE_SUSPENDED

    def test_and_not_with_an_old_copy(self) -> None:
        """A superseded version never carries."""
        found = decide(EntityStatus.REVOKED, licence=LicenceStatus.CHANGED, accepted=DEREGISTRATION)
        assert found is NotInForce.LICENCE_CHANGED

    def test_a_matter_only_for_the_ended(self) -> None:
        """An active entity at a matter that does not accept `active`."""
        assert decide(accepted=frozenset({"revoked"})) is NotInForce.ENTITY_STATUS_NOT_ACCEPTED

    def test_what_carries_is_exactly_this(self) -> None:
        """Of all combinations only two sorts carry; nothing else ever does."""
        for status, licence, held, disputed, accepted in itertools.product(
            EntityStatus, LicenceStatus, (False, True), (False, True), (ACTIVE_ONLY, DEREGISTRATION)
        ):
            marks = (Mark.DISPUTED,) if disputed else ()
            carries = decide(status, *marks, licence=licence, accepted=accepted, held=held) is None
            good = status is EntityStatus.ACTIVE and licence is LicenceStatus.VALID
            ending = status in accepted - {"active"} and licence in {LicenceStatus.VALID, LicenceStatus.WITHDRAWN}
            assert carries == ((good or ending) and not held and not disputed)


def test_every_reason_speaks_both_languages() -> None:
    """A refusal can always be told to people."""
    assert REASONS.keys() == set(NotInForce)
    assert all(reason.zh and reason.en and reason.zh != reason.en for reason in REASONS.values())
