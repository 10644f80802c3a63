"""Rules of the PIN (执照口令): six digits of the person's own choice, none that a stranger would try first.

The system ships no default PIN (DOMAIN.md §4.3). The browser repeats these rules to say early what is wrong; this
room decides.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zhizhao.wallet.errors import PinWeak

DIGITS = 6
FEWEST_DIFFERENT = 3
COMMON = frozenset(
    [
        "112233",
        "121314",
        "123123",
        "131313",
        "131420",
        "142536",
        "147258",
        "147369",
        "159357",
        "168168",
        "198888",
        "258369",
        "314159",
        "321654",
        "456123",
        "520131",
        "520520",
        "521521",
        "654123",
        "666888",
        "741852",
        "789456",
        "888666",
        "963852",
    ]
)
"""Lists of leaked PINs begin with these; the sequences and repeats they also name have their own rules."""
DELAYS: Mapping[int, int] = {1: 0, 2: 0, 3: 30, 4: 60, 5: 120, 6: 240, 7: 480, 8: 900, 9: 900, 10: 900}
"""Seconds to wait after the n-th wrong PIN in a row; at `settings.pin_attempts` the person is proved anew."""


class PinFault(StrEnum):
    """Why a PIN is refused; part of the API: add, never rename."""

    NOT_SIX_DIGITS = "not_six_digits"
    REPEATED = "repeated"
    SEQUENCE = "sequence"
    COMMON = "common"
    BIRTHDAY = "birthday"
    DOCUMENT = "document"


def _is_sequence(pin: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    return steps in ({1}, {9})


def _is_repeated(pin: str) -> bool:
    return len(set(pin)) < FEWEST_DIFFERENT or pin[:2] * 3 == pin or pin[:3] * 2 == pin


def _birthdays(born_on: date) -> set[str]:
    return {born_on.strftime(form) for form in ("%y%m%d", "%d%m%y", "%m%d%y", "%Y%m", "%m%Y")}


def pin_fault(pin: str, *, number: str, born_on: date | None) -> PinFault | None:
    """Return the first rule that a PIN breaks, None if it is fit; `number` is the owner's document number."""
    if len(pin) != DIGITS or not (pin.isascii() and pin.isdigit()):
        return PinFault.NOT_SIX_DIGITS
    rules = (
        (PinFault.REPEATED, _is_repeated(pin)),
        (PinFault.SEQUENCE, _is_sequence(pin)),
        (PinFault.COMMON, pin in COMMON),
        (PinFault.BIRTHDAY, born_on is not None and pin in _birthdays(born_on)),
        (PinFault.DOCUMENT, pin in number),
    )
    return next((fault for fault, broken in rules if broken), None)


def check_pin(pin: str, *, number: str, born_on: date | None) -> str:
    """Return the PIN if it is fit. Raises PinWeak."""
    if fault := pin_fault(pin, number=number, born_on=born_on):
        raise PinWeak(reason=fault.value)
    return pin


@dataclass(frozen=True, slots=True, kw_only=True)
class PinTry:
    """One counted try for a PIN."""

    pin_hash: str
    failures: int
    """Tries since the last right one, this one included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinView:
    """Why no try was given."""

    failures: int
    wait_seconds: int
