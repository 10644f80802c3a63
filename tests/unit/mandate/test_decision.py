"""Who may act: every way to be refused, in order, and what can never be allowed."""

import itertools
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.changed import changed
from factories.grants import (
    AGENT,
    GRANT,
    GRANTED_AT,
    MATTER,
    OTHER,
    PERSON,
    PRINCIPAL,
    REPRESENTATIVE,
    TODAY,
    USCC,
    agents,
)
from zhizhao.catalogue.matter import Function
from zhizhao.mandate.decision import Decision, Facts, Step, decide
from zhizhao.mandate.grant import Grant, Role

DAY = timedelta(days=1)
OTHER_USCC = "92370811MAT000026X"


def granted(facts: Facts, **parts: object) -> Facts:
    """Return the facts with their grant changed."""
    assert facts.grant is not None
    return changed(facts, grant=changed(facts.grant, **parts))  # type: ignore[arg-type] # names are the caller's


# Each defect alone, with the step at which it is found; in the order of the steps.
DEFECTS: dict[str, tuple[Step, Callable[[Facts], Facts]]] = {
    "no-grant": (Step.ROLE, lambda f: changed(f, grant=None)),
    "another-entity": (Step.ROLE, lambda f: granted(f, uscc=OTHER_USCC)),
    "another-person": (Step.ROLE, lambda f: changed(f, person_lookup=OTHER)),
    "another-role": (Step.ROLE, lambda f: changed(f, role=Role.MANAGER)),
    "withdrawn": (Step.CHAIN, lambda f: granted(f, withdrawn_at=GRANTED_AT)),
    "not-accepted": (Step.CHAIN, lambda f: granted(f, accepted_at=None)),
    "grantor-replaced": (Step.CHAIN, lambda f: changed(f, entity_principal_lookup=OTHER)),
    "principal-unknown": (Step.CHAIN, lambda f: changed(f, entity_principal_lookup=None)),
    "other-matter": (Step.MATTER, lambda f: changed(f, matter="EG-SCJG-ZXDJ")),
    "other-function": (Step.FUNCTION, lambda f: changed(f, function=Function.SIGN)),
    "too-early": (Step.TIME, lambda f: changed(f, on=GRANT.from_on - DAY)),
    "too-late": (Step.TIME, lambda f: changed(f, on=GRANT.to_on + DAY)),
    "used-up": (Step.USES, lambda f: granted(f, used=3)),
}


def told(decision: Decision) -> bool:
    """Say whether the reason speaks both languages."""
    return bool(decision.because_zh) and bool(decision.because_en) and decision.because_zh != decision.because_en


class TestAgent:
    """Relies on a grant."""

    def test_with_everything_right(self) -> None:
        """The control of every refusal below; the reason names the last day."""
        decision = decide(AGENT)
        assert (decision.allowed, decision.failed) == (True, None)
        assert "2026年11月30日" in decision.because_zh
        assert "2026-11-30" in decision.because_en

    @pytest.mark.parametrize("defect", DEFECTS)
    def test_each_defect_alone(self, defect: str) -> None:
        """Named with its step, in both languages."""
        step, damage = DEFECTS[defect]
        decision = decide(damage(AGENT))
        assert (decision.allowed, decision.failed) == (False, step)
        assert told(decision)

    @pytest.mark.parametrize("pair", list(itertools.combinations(DEFECTS, 2)), ids="+".join)
    def test_the_earlier_step_is_named(self, pair: tuple[str, str]) -> None:
        """Two defects at once: the order of the checks is part of the answer."""
        facts = AGENT
        for defect in reversed(pair) if "no-grant" in pair else pair:  # without a grant nothing else can be damaged
            facts = DEFECTS[defect][1](facts)
        order = list(Step)
        expected = min((DEFECTS[defect][0] for defect in pair), key=order.index)
        assert decide(facts).failed is expected

    def test_reasons_differ(self) -> None:
        """Nobody is told the same for two different things."""
        reasons = {name: decide(damage(AGENT)).because_zh for name, (_, damage) in DEFECTS.items()}
        same = {"another-entity", "another-person", "another-role"}, {"grantor-replaced", "principal-unknown"}
        assert len(set(reasons.values())) == len(reasons) - sum(len(group) - 1 for group in same)

    @pytest.mark.parametrize("on", [GRANT.from_on, GRANT.to_on])
    def test_both_ends_are_included(self, on: date) -> None:
        """SECURITY.md §3.3: the end date counts."""
        assert decide(changed(AGENT, on=on)).allowed

    def test_all_matters(self) -> None:
        """全业务授权 covers whatever matter is asked for."""
        assert decide(changed(agents(matters=None), matter="EC-YHFW-KHKH")).allowed

    def test_without_a_limit_of_uses(self) -> None:
        """However often it was used."""
        assert decide(agents(uses=None, used=10_000)).allowed

    @pytest.mark.parametrize("function", Function)
    def test_each_function_is_its_own_right(self, function: Function) -> None:
        """The rights are separate switches (DOMAIN.md §4.2)."""
        only = granted(AGENT, functions=frozenset({function}))
        assert [f for f in Function if decide(changed(only, function=f)).allowed] == [function]

    def test_a_manager_likewise(self) -> None:
        """The same plan for both granted roles."""
        assert decide(changed(agents(role=Role.MANAGER, matters=None), role=Role.MANAGER)).allowed


class TestLegalRepresentative:
    """Is the entity's principal now; needs nothing else."""

    def test_now(self) -> None:
        """Whatever the matter, the function, the day."""
        for function, on in itertools.product(Function, (date.min, TODAY, date.max)):
            decision = decide(changed(REPRESENTATIVE, function=function, on=on, matter="EC-DSPT-LZGS"))
            assert decision.allowed
            assert told(decision)

    @pytest.mark.parametrize("principal", [OTHER, None, b""])
    def test_no_longer(self, principal: bytes | None) -> None:
        """Another principal, or one whose document is not known."""
        decision = decide(changed(REPRESENTATIVE, entity_principal_lookup=principal))
        assert (decision.allowed, decision.failed) == (False, Step.ROLE)
        assert told(decision)

    def test_whatever_was_granted_beside(self) -> None:
        """A grant of long ago that ended does not bind the principal; found by the property below."""
        ended = changed(GRANT, withdrawn_at=GRANTED_AT, grantee_lookup=PRINCIPAL)
        assert decide(changed(REPRESENTATIVE, grant=ended)).allowed

    def test_a_grant_does_not_make_one(self) -> None:
        """Who holds a grant is not therefore the principal."""
        decision = decide(changed(AGENT, role=Role.LEGAL_REPRESENTATIVE))
        assert (decision.allowed, decision.failed) == (False, Step.ROLE)


LOOKUPS = st.sampled_from([PRINCIPAL, PERSON, OTHER])
DAYS = st.dates(date(2026, 10, 25), date(2026, 12, 5))
MOMENTS = st.none() | st.just(GRANTED_AT)
MATTERS = st.sampled_from([MATTER, "EG-SCJG-ZXDJ"])
GRANTS = st.builds(
    Grant,
    mandate_id=st.just("mnd_x"),
    uscc=st.sampled_from([USCC, OTHER_USCC]),
    principal_lookup=LOOKUPS,
    grantee_lookup=LOOKUPS,
    role=st.sampled_from(Role),
    matters=st.none() | st.frozensets(MATTERS),
    functions=st.frozensets(st.sampled_from(Function)),
    from_on=DAYS,
    to_on=DAYS,
    uses=st.none() | st.integers(0, 3),
    used=st.integers(0, 3),
    granted_at=st.just(GRANTED_AT),
    accepted_at=MOMENTS,
    withdrawn_at=MOMENTS,
)
FACTS = st.builds(
    Facts,
    uscc=st.just(USCC),
    role=st.sampled_from(Role),
    person_lookup=LOOKUPS,
    entity_principal_lookup=st.none() | LOOKUPS,
    matter=MATTERS,
    function=st.sampled_from(Function),
    on=DAYS,
    grant=st.none() | GRANTS,
)


class TestInvariants:
    """Whatever the facts are."""

    @given(FACTS)
    def test_allowed_means_every_condition(self, facts: Facts) -> None:
        """Written a second time, as one condition, and compared."""
        grant = facts.grant
        if facts.role is Role.LEGAL_REPRESENTATIVE:
            expected = facts.entity_principal_lookup == facts.person_lookup
        else:
            expected = (
                grant is not None
                and grant.uscc == facts.uscc
                and grant.grantee_lookup == facts.person_lookup
                and grant.role is facts.role
                and grant.withdrawn_at is None
                and grant.accepted_at is not None
                and grant.principal_lookup == facts.entity_principal_lookup
                and (grant.matters is None or facts.matter in grant.matters)
                and facts.function in grant.functions
                and grant.from_on <= facts.on <= grant.to_on
                and (grant.uses is None or grant.used < grant.uses)
            )
        decision = decide(facts)
        assert decision.allowed == expected
        assert (decision.failed is None) == decision.allowed
        assert told(decision)

    @given(FACTS, st.integers(1, 40))
    def test_time_alone_never_revives(self, facts: Facts, days: int) -> None:
        """What has ended stays ended on every later day."""
        later = changed(facts, on=facts.on + timedelta(days=days))
        if facts.grant is not None and facts.grant.to_on < facts.on and facts.role is not Role.LEGAL_REPRESENTATIVE:
            assert not decide(later).allowed

    @given(FACTS, st.integers(1, 5))
    def test_more_use_never_allows_more(self, facts: Facts, more: int) -> None:
        """Counting up can only refuse."""
        if facts.grant is not None and not decide(facts).allowed:  # for either sort of role
            assert not decide(granted(facts, used=facts.grant.used + more)).allowed

    @given(FACTS)
    def test_a_wider_grant_never_allows_less(self, facts: Facts) -> None:
        """All matters and all functions include each."""
        if facts.grant is not None and decide(facts).allowed:
            assert decide(granted(facts, matters=None, functions=frozenset(Function))).allowed

    @given(FACTS)
    def test_a_withdrawn_or_foreign_principal_never_carries(self, facts: Facts) -> None:
        """Whoever was replaced carries nobody any more."""
        if facts.grant is not None and facts.role is not Role.LEGAL_REPRESENTATIVE:
            assert not decide(granted(facts, withdrawn_at=GRANTED_AT)).allowed
            assert not decide(changed(facts, entity_principal_lookup=b"new" + bytes(29))).allowed
