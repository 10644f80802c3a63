"""One measured operation: rounds of the same work against a server in its own process, ratios to U."""

import asyncio
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

MORE_THAN = 0.15
"""Difference of U before and after a round that makes the round noisy (PERFORMANCE.md §6.4)."""
FOREIGN_CORES = 0.3
TRIES = 3
"""Rounds that may be measured for each one that is wanted; noisy ones are repeated."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How often and how much."""

    rounds: int
    requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One repetition, with U as it was right before and right after."""

    requests: int
    seconds: float
    app_micros: float
    """Server CPU a request."""
    db_micros: float
    """Database CPU a request, every process of it."""
    generator_micros: float
    foreign_cores: float
    """Cores that processes of neither side used meanwhile."""
    latencies: Sequence[float]
    floor_before: float = 0.0
    floor_after: float = 0.0

    @property
    def floor(self) -> float:
        """Return U of this round."""
        return (self.floor_before + self.floor_after) / 2

    @property
    def ratio(self) -> float:
        """Return (app + database CPU) ÷ U."""
        return (self.app_micros + self.db_micros) / self.floor

    @property
    def noisy(self) -> bool:
        """Say whether the machine did other work, or U moved, so that the round gives no verdict."""
        moved = abs(self.floor_before - self.floor_after) / min(self.floor_before, self.floor_after)
        return moved > MORE_THAN or self.foreign_cores > FOREIGN_CORES


async def quiet_rounds(
    plan: Plan, *, measure: Callable[[int], Awaitable[Round]], floor: Callable[[], float]
) -> list[Round]:
    """Measure until as many quiet rounds as wanted are there; noisy ones are repeated, within limits, and dropped.

    If the machine never gets quiet, every round is returned, so that the outcome says noisy.
    """
    quiet: list[Round] = []
    every: list[Round] = []
    before = await asyncio.to_thread(floor)
    while len(quiet) < plan.rounds and len(every) < plan.rounds * TRIES:
        measured = await measure(plan.requests)
        after = await asyncio.to_thread(floor)
        one = replace(measured, floor_before=before, floor_after=after)
        every.append(one)
        quiet += [] if one.noisy else [one]
        before = after
    return quiet if len(quiet) == plan.rounds else every


@dataclass(slots=True, kw_only=True)
class Outcome:
    """A measured operation with its verdict."""

    name: str
    store: str
    suite: str
    budget: float | None
    rounds: list[Round]
    goal: float | None = None
    wrong: list[str] = field(default_factory=list)
    """Counts that do not agree; one voids the run."""
    missed: str | None = None
    """A budget other than the ratio's that is not met."""
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def floor(self) -> float:
        """Return U of this operation."""
        return statistics.median(r.floor for r in self.rounds)

    @property
    def ratios(self) -> list[float]:
        """Return (app + database CPU) ÷ U of each round."""
        return [r.ratio for r in self.rounds]

    @property
    def noisy(self) -> bool:
        """Say whether any round that counts was noisy."""
        return any(r.noisy for r in self.rounds)

    @property
    def state(self) -> str:
        """Return `incorrect`, `noisy`, `pass`, `fail`, or `fact` where there is no budget."""
        if self.wrong:
            return "incorrect"
        if self.noisy:
            return "noisy"
        if self.missed:
            return "fail"
        if self.budget is None:
            return "fact"
        return "pass" if statistics.median(self.ratios) <= self.budget else "fail"

    def facts(self) -> dict[str, Any]:
        """Return the members of INTERFACES.md §2, and more."""
        latencies = sorted(ms for r in self.rounds for ms in r.latencies)
        return {
            "name": self.name,
            "store": self.store,
            "suite": self.suite,
            "ratio": round(statistics.median(self.ratios), 2),
            "ratio_low": round(min(self.ratios), 2),
            "ratio_high": round(max(self.ratios), 2),
            "budget": self.budget,
            "goal": self.goal,
            "app_cpu_us": round(statistics.median(r.app_micros for r in self.rounds), 1),
            "db_cpu_us": round(statistics.median(r.db_micros for r in self.rounds), 1),
            "generator_cpu_us": round(statistics.median(r.generator_micros for r in self.rounds), 1),
            "floor_us": round(self.floor, 1),
            "floor_low_us": round(min(r.floor for r in self.rounds), 1),
            "floor_high_us": round(max(r.floor for r in self.rounds), 1),
            "requests": sum(r.requests for r in self.rounds),
            "rounds": len(self.rounds),
            "rate": round(statistics.median(r.requests / r.seconds for r in self.rounds)),
            "p50_ms": round(_at(latencies, 0.5), 2),
            "p95_ms": round(_at(latencies, 0.95), 2),
            "p99_ms": round(_at(latencies, 0.99), 2),
            "foreign_cores": round(max(r.foreign_cores for r in self.rounds), 2),
            "wrong": self.wrong,
            "missed": self.missed,
            "state": self.state,
            **self.notes,
        }


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
