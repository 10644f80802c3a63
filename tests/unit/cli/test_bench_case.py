"""What a measured operation concludes: quiet rounds alone count, wrong work voids, budgets gate."""

from collections.abc import Awaitable, Callable

import pytest

from zhizhao.cli.bench.case import Outcome, Plan, Round, quiet_rounds

PLAN = Plan(rounds=3, requests=100)


def a_round(*, app: float = 200.0, foreign: float = 0.0, before: float = 100.0, after: float = 100.0) -> Round:
    """Return one round with U of 100 microseconds."""
    return Round(
        requests=100,
        seconds=1.0,
        app_micros=app,
        db_micros=100.0,
        generator_micros=0.0,
        foreign_cores=foreign,
        latencies=(1.0,),
        floor_before=before,
        floor_after=after,
    )


def an_outcome(
    *rounds: Round, budget: float | None = 4.0, wrong: list[str] | None = None, missed: str | None = None
) -> Outcome:
    """Return an operation of such rounds."""
    return Outcome(
        name="x", store="sqlite", suite="ES256", budget=budget, rounds=list(rounds), wrong=wrong or [], missed=missed
    )


def measuring(*rounds: Round) -> Callable[[int], Awaitable[Round]]:
    """Return a measurement that gives these rounds, then the last one for ever."""
    left = list(rounds)

    async def measure(count: int) -> Round:
        assert count == PLAN.requests
        return left.pop(0) if len(left) > 1 else left[0]

    return measure


class TestState:
    """Pass, fail, fact, noisy, incorrect."""

    @pytest.mark.parametrize(
        ("outcome", "state"),
        [
            (an_outcome(a_round()), "pass"),
            (an_outcome(a_round(app=301.0)), "fail"),
            (an_outcome(a_round(app=301.0), budget=None), "fact"),
            (an_outcome(a_round(), missed="another budget"), "fail"),
            (an_outcome(a_round(foreign=0.31)), "noisy"),
            (an_outcome(a_round(before=100, after=116)), "noisy"),
            (an_outcome(a_round(), wrong=["kept one more"]), "incorrect"),
            (an_outcome(a_round(foreign=1.0), wrong=["kept one more"]), "incorrect"),
        ],
    )
    def test_each(self, outcome: Outcome, state: str) -> None:
        """One cause at a time; wrong work outweighs noise, noise outweighs a budget."""
        assert outcome.state == state

    def test_each_round_has_its_own_floor(self) -> None:
        """A slow moment slows both sides of its ratio."""
        outcome = an_outcome(a_round(), a_round(app=500.0, before=200.0, after=200.0))
        assert outcome.ratios == [3.0, 3.0]


class TestQuietRounds:
    """Noisy rounds are repeated, within limits."""

    async def test_a_noisy_round_is_repeated_and_dropped(self) -> None:
        """One busy moment costs one more round and does not show."""
        rounds = await quiet_rounds(
            PLAN, measure=measuring(a_round(foreign=1.0, app=900.0), a_round()), floor=lambda: 100
        )
        assert [r.app_micros for r in rounds] == [200.0] * 3
        assert an_outcome(*rounds).state == "pass"

    async def test_a_machine_that_never_gets_quiet_says_noisy(self) -> None:
        """Nothing is hidden: every round is there, and the verdict is none."""
        rounds = await quiet_rounds(PLAN, measure=measuring(a_round(foreign=1.0)), floor=lambda: 100)
        assert len(rounds) == 9
        assert an_outcome(*rounds).state == "noisy"

    async def test_a_moving_floor_is_noise(self) -> None:
        """U is taken between rounds; when it jumps, the rounds beside the jump do not count."""
        floors = iter([100.0, 200.0, 100.0, 100.0, 100.0, 100.0])
        rounds = await quiet_rounds(PLAN, measure=measuring(a_round()), floor=lambda: next(floors))
        assert [(r.floor_before, r.floor_after) for r in rounds] == [(100.0, 100.0)] * 3
