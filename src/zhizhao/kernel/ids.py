"""Identifiers: random public ones and time-ordered internal ones."""

import base64
import random
import secrets
import threading
import uuid
from datetime import datetime

from zhizhao.kernel.clock import Clock, from_micros, to_micros

PUBLIC_BYTES = 16  # 22 characters of base64url, INTERFACES.md §3


def public_id(prefix: str) -> str:
    """Return `prefix_` and 22 random base64url characters, for example `prs_…`; carries no order and no time."""
    return public_ids(prefix, 1)[0]


def public_ids(prefix: str, count: int) -> list[str]:
    """Return as many public ids, for one visit to the source of randomness."""
    noise = secrets.token_bytes(PUBLIC_BYTES * count)
    parts = (noise[at : at + PUBLIC_BYTES] for at in range(0, len(noise), PUBLIC_BYTES))
    return [f"{prefix}_{base64.urlsafe_b64encode(part)[:-2].decode()}" for part in parts]


class _Sequence:
    """Numbers the ids that one process makes in one microsecond."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._micros = -1
        self._count = 0

    def next(self, micros: int) -> int:
        """Return how many ids this microsecond had before."""
        with self._lock:
            self._count = self._count + 1 if micros == self._micros else 0
            self._micros = micros
            return self._count


_sequence = _Sequence()
_random = random.Random()  # noqa: S311 seeded by the system; these ids keep apart, they hide nothing
_COUNTER_BITS = 20
_RANDOM_BITS = 42


def time_of(made: uuid.UUID) -> datetime:
    """Return when a time-ordered id was made, to the millisecond, by the clock of who made it."""
    return from_micros((made.int >> 80) * 1000)


def time_ordered_id(clock: Clock) -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562 §5.7, §6.2 methods 1 and 3); for keys of growing tables.

    48 bits of milliseconds, 12 bits of the microseconds in it, a counter of 20 bits, 42 random bits: the ids of one
    process rise in the order in which they were made, unless its clock is put back; those of several processes rise
    with their clocks.
    """
    micros = to_micros(clock.now())
    millis, rest = divmod(micros, 1000)
    low = (_sequence.next(micros) & (1 << _COUNTER_BITS) - 1) << _RANDOM_BITS | _random.getrandbits(_RANDOM_BITS)
    return uuid.UUID(int=millis << 80 | 7 << 76 | rest << 64 | 2 << 62 | low)
