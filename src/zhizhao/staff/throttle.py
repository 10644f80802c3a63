"""How failures slow the next try down: from the tenth a growing delay, at the hundredth a lock (SECURITY.md §3.8)."""

FREE_FAILURES = 9
LOCK_AT = 100
LONGEST_DELAY_SECONDS = 900


def delay_seconds(failures: int) -> int:
    """Return how long the next try must wait after so many failures in a row: 0, then 1, 2, 4 … 900 seconds."""
    over = failures - FREE_FAILURES
    if over <= 0:
        return 0
    return min(LONGEST_DELAY_SECONDS, 1 << min(over - 1, 20))
