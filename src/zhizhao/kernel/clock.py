"""The only source of the present moment, and the calendar of the law (Asia/Shanghai)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


@runtime_checkable
class Clock(Protocol):
    """Tells the time; everything that needs the present moment is handed one."""

    offset: timedelta
    """How far this clock runs ahead of the machine's; 0 in production, asserted at start."""

    def now(self) -> datetime:
        """Return the present moment, UTC, aware."""


@dataclass(slots=True)
class SystemClock:
    """The machine's clock, with an offset that only tests and demonstrations set."""

    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return the machine's time plus the offset, UTC."""
        return datetime.now(UTC) + self.offset


@dataclass(slots=True)
class HeldClock:
    """A clock for tests that stands still until it is moved."""

    at: datetime
    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Return the moment the test holds."""
        return self.at

    def move(self, **parts: float) -> None:
        """Move forward by the parts of a timedelta, for example `move(seconds=61)`."""
        self.at += timedelta(**parts)


def today(at: datetime) -> date:
    """Return the calendar day of a moment in Asia/Shanghai, the calendar that the law counts in."""
    return at.astimezone(BEIJING).date()


def to_micros(at: datetime) -> int:
    """Return microseconds since 1970-01-01 UTC, the form in which stores keep a moment."""
    return (at - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the moment, UTC, for microseconds since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=micros)


def rfc3339(at: datetime) -> str:
    """Return RFC 3339 UTC with seconds, `2026-11-23T08:00:00Z`, the form of every public time."""
    return _rfc3339_of((at - EPOCH) // SECOND)


@lru_cache(maxsize=1024)
def _rfc3339_of(seconds: int) -> str:
    """Format one second; a hot path writes the same second thousands of times."""
    return (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_rfc3339(text: str) -> datetime:
    """Return the moment written by `rfc3339`. Raises ValueError."""
    return datetime.fromisoformat(text)
