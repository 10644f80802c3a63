"""PIN rules: what a stranger would try first is refused, with the rule's name."""

from datetime import date

import pytest

from zhizhao.wallet.errors import PinWeak
from zhizhao.wallet.pin import DELAYS, check_pin, pin_fault

NUMBER = "379900198807214118"
BORN = date(1988, 7, 21)


def fault(pin: str) -> str | None:
    """Return the rule's name for our made-up person."""
    found = pin_fault(pin, number=NUMBER, born_on=BORN)
    return found.value if found else None


@pytest.mark.parametrize(
    ("pin", "rule"),
    [
        ("", "not_six_digits"),
        ("12345", "not_six_digits"),
        ("1234567", "not_six_digits"),
        ("12345a", "not_six_digits"),
        ("\uff11\uff12\uff13\uff14\uff15\uff16", "not_six_digits"),
        ("12 456", "not_six_digits"),
        ("000000", "repeated"),
        ("111112", "repeated"),
        ("121212", "repeated"),
        ("383383", "repeated"),
        ("123456", "sequence"),
        ("234567", "sequence"),
        ("789012", "sequence"),
        ("654321", "sequence"),
        ("210987", "sequence"),
        ("112233", "common"),
        ("147258", "common"),
        ("520131", "common"),
        ("880721", "birthday"),
        ("210788", "birthday"),
        ("072188", "birthday"),
        ("198807", "birthday"),
        ("071988", "birthday"),
        ("379900", "document"),
        ("214118", "document"),
    ],
)
def test_weak(pin: str, rule: str) -> None:
    """Each rule refuses what it is for."""
    assert fault(pin) == rule
    with pytest.raises(PinWeak) as refused:
        check_pin(pin, number=NUMBER, born_on=BORN)
    assert refused.value.facts["reason"] == rule


@pytest.mark.parametrize("pin", ["280417", "935027", "604913"])
def test_fit(pin: str) -> None:
    """The control: ordinary PINs pass, so the rules are not refusing everything."""
    assert check_pin(pin, number=NUMBER, born_on=BORN) == pin


def test_birthday_is_the_owners() -> None:
    """Another person's birthday is no fault, and papers without a birthday have no such rule."""
    assert pin_fault("900315", number=NUMBER, born_on=BORN) is None
    assert pin_fault("880721", number="E12345678", born_on=None) is None


def test_most_pins_stay() -> None:
    """The rules leave more than 95 in 100 of all PINs, so that refusing them helps no guesser."""
    refused = sum(pin_fault(f"{n:06d}", number=NUMBER, born_on=BORN) is not None for n in range(0, 1_000_000, 7))
    assert refused / (1_000_000 / 7) < 0.05


def test_delays_grow() -> None:
    """No wait gets shorter with more wrong PINs, and every count up to the largest setting has one."""
    waits = [DELAYS[n] for n in range(1, 11)]
    assert waits == sorted(waits)
    assert waits[0] == 0
