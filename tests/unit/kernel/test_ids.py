"""Identifiers: random ones tell nothing, time-ordered ones keep the order in which they were made."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

from zhizhao.kernel.clock import HeldClock, SystemClock
from zhizhao.kernel.ids import public_id, time_ordered_id

AT = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)


def test_public() -> None:
    """22 characters of base64url, never twice."""
    made = {public_id("prs") for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"prs_[A-Za-z0-9_-]{22}", one) for one in made)


class TestTimeOrdered:
    """UUIDv7."""

    def test_the_standard_s_fields(self) -> None:
        """Version 7, variant 10, and the moment in front."""
        made = time_ordered_id(HeldClock(AT))
        assert (made.version, made.variant) == (7, "specified in RFC 4122")
        assert made.int >> 80 == (AT - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)

    def test_one_microsecond_keeps_the_order(self) -> None:
        """A clock that stands still, then moves by the least there is, then back: order follows the clock."""
        clock = HeldClock(AT)
        first = [time_ordered_id(clock) for _ in range(2000)]
        clock.move(microseconds=1)
        later = [time_ordered_id(clock) for _ in range(10)]
        assert [*first, *later] == sorted([*first, *later])
        clock.move(milliseconds=-1)
        assert time_ordered_id(clock) < first[0]

    def test_threads(self) -> None:
        """Threads never get one id twice, and each sees its own rise."""

        def some(_: int) -> list[UUID]:
            return [time_ordered_id(SystemClock()) for _ in range(2000)]

        with ThreadPoolExecutor(4) as pool:
            runs = list(pool.map(some, range(4)))
        assert all(run == sorted(run) for run in runs)
        assert len({one for run in runs for one in run}) == 8000
