"""One measured operation: rounds of the same work against a server in its own process, ratios to U."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MORE_THAN = 0.15
"""Difference of U before and after that makes a round noisy (PERFORMANCE.md §6.4)."""
FOREIGN_CORES = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One repetition."""

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


@dataclass(slots=True, kw_only=True)
class Outcome:
    """A measured operation with its verdict."""

    name: str
    store: str
    suite: str
    budget: float | None
    rounds: list[Round]
    floor_before: float
    floor_after: float
    wrong: list[str] = field(default_factory=list)
    """Counts that do not agree; one voids the run."""
    notes: dict[str, Any] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)

    @property
    def floor(self) -> float:
        """Return U of this operation."""
        return (self.floor_before + self.floor_after) / 2

    @property
    def ratios(self) -> list[float]:
        """Return (app + database CPU) ÷ U of each round."""
        return [(r.app_micros + r.db_micros) / self.floor for r in self.rounds]

    @property
    def noisy(self) -> bool:
        """Say whether the machine did other work, or U moved, so that the figures give no verdict."""
        moved = abs(self.floor_before - self.floor_after) / min(self.floor_before, self.floor_after)
        return moved > MORE_THAN or max(r.foreign_cores for r in self.rounds) > FOREIGN_CORES

    @property
    def state(self) -> str:
        """Return `incorrect`, `noisy`, `pass`, `fail`, or `fact` where there is no budget."""
        if self.wrong:
            return "incorrect"
        if self.noisy:
            return "noisy"
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
            "app_cpu_us": round(statistics.median(r.app_micros for r in self.rounds), 1),
            "db_cpu_us": round(statistics.median(r.db_micros for r in self.rounds), 1),
            "generator_cpu_us": round(statistics.median(r.generator_micros for r in self.rounds), 1),
            "floor_us": round(self.floor, 1),
            "floor_before_us": round(self.floor_before, 1),
            "floor_after_us": round(self.floor_after, 1),
            "requests": sum(r.requests for r in self.rounds),
            "rounds": len(self.rounds),
            "rate": round(statistics.median(r.requests / r.seconds for r in self.rounds)),
            "p50_ms": round(_at(latencies, 0.5), 2),
            "p95_ms": round(_at(latencies, 0.95), 2),
            "p99_ms": round(_at(latencies, 0.99), 2),
            "foreign_cores": round(max(r.foreign_cores for r in self.rounds), 2),
            "wrong": self.wrong,
            "state": self.state,
            **self.notes,
        }


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
