"""The growing pause after failures."""

from zhizhao.staff.throttle import LOCK_AT, LONGEST_DELAY_SECONDS, delay_seconds


class TestDelaySeconds:
    """SECURITY.md §3.8: from 10 failures a growing delay, at 100 a lock."""

    def test_the_first_nine_are_free(self) -> None:
        """A mistyped password costs nothing."""
        assert [delay_seconds(n) for n in range(10)] == [0] * 10

    def test_then_it_doubles(self) -> None:
        """1, 2, 4 … and never more than a quarter of an hour."""
        assert [delay_seconds(n) for n in (10, 11, 12, 13)] == [1, 2, 4, 8]
        delays = [delay_seconds(n) for n in range(10, LOCK_AT)]
        assert delays == sorted(delays)
        assert max(delays) == delays[-1] == LONGEST_DELAY_SECONDS

    def test_a_hundred_guesses_take_most_of_a_day(self) -> None:
        """The delays add up to more than twenty hours before the lock."""
        assert sum(delay_seconds(n) for n in range(LOCK_AT)) > 20 * 3600
