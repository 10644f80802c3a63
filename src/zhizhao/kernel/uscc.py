"""The unified social credit code (统一社会信用代码): GB 32100-2015 outside, GB 11714 inside.

Eighteen characters: 1 department, 1 class, 6 division, 9 body (the organisation code), 1 check. Two checks hold it
together, and where a code comes from decides what a failed one means (DOMAIN.md §10.1):

- a person typed it: both checks must hold (`parse_uscc`);
- the register sent it: a code whose outer check fails while the inner holds is kept with a warning, because registrars
  have issued such codes (`check_registry_uscc`).

What the checks promise. Outer, MOD 31: every single wrong character and every swap of two neighbours is caught. Inner,
MOD 11 over values up to 35: a wrong character or a swap of neighbours stays unseen when the two values are equal modulo
11 (`0` and `B`, `1` and `C` …); the outer check sees those.
"""

from enum import StrEnum
from operator import mul
from typing import NewType

from zhizhao.kernel.errors import RegistrationNumberMalformed, UsccMalformed
from zhizhao.kernel.idcard import looks_like_id_number
from zhizhao.kernel.region import UnitUnknown, unit_of
from zhizhao.kernel.text import squeeze

Uscc = NewType("Uscc", str)
"""A code that was checked; at run time a plain `str`, so that it travels through JSON and SQL as it is."""

LENGTH = 18
LONGEST_INPUT = 64
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015, 4.2: no I, O, S, V, Z
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # GB 11714
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))  # GB 32100-2015, 5: W(i) = 3^(i-1) mod 31
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_ORGANISATION_VALUES = {character: value for value, character in enumerate(ORGANISATION_ALPHABET)}

KNOWN_PREFIXES = {
    "11": "政府机关",
    "12": "事业单位",
    "13": "群众团体",
    "19": "其他机构编制",
    "51": "社会团体",
    "52": "民办非企业单位",
    "53": "基金会",
    "59": "其他民政",
    "91": "企业",
    "92": "个体工商户",
    "93": "农民专业合作社",
    "Y1": "其他",
}
"""First two characters; 91 to 93 are seen, the others belief and not complete: warn about others, never refuse."""
MARKET_PREFIXES = frozenset({"91", "92", "93"})
"""Who a market regulator registers."""

# Pairs that people and scanners take for each other; the right side is what a code can hold.
_MISREAD = {
    "O": "0Q",
    "I": "1",
    "S": "5",
    "Z": "2",
    "V": "UY",
    "0": "DQ",
    "1": "L7",
    "2": "7",
    "5": "6",
    "6": "G5",
    "8": "B3",
}
_MISREAD |= {
    "D": "0",
    "Q": "0",
    "L": "1",
    "7": "12",
    "B": "8",
    "G": "6",
    "3": "8",
    "U": "0",
    "C": "G",
    "E": "F",
    "F": "E",
}
_PROVINCES = frozenset(
    map(str, (10, *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)))
)


class Reason(StrEnum):
    """Why a text is no code; a stable value of the fact `reason`."""

    LENGTH = "length"
    """Not 18 characters."""
    ALPHABET = "alphabet"
    """A character that no code has (I, O, S, V, Z or a sign)."""
    ALL_ZEROS = "all-zeros"
    """Eighteen zeros pass both checks and are no code."""
    IDENTITY_NUMBER = "identity-number"
    """It is a citizen's identity number; it must not be logged."""
    OUTER_CHECK = "outer-check"
    """The 18th character does not fit, the organisation code inside does."""
    INNER_CHECK = "inner-check"
    """The 18th character fits, the organisation code inside does not; may be an identity number, never logged."""
    BOTH_CHECKS = "both-checks"
    """Neither check holds."""


class UsccWarning(StrEnum):
    """What is odd about a code that the register states and that is kept all the same."""

    OUTER_CHECK = "uscc-outer-check"
    """Fails GB 32100's check as codes issued by some registrars before 2016 do."""
    PREFIX_UNLISTED = "uscc-prefix-unlisted"
    """Its first two characters are not in our list, which is not complete."""
    LIKE_IDENTITY_NUMBER = "uscc-like-identity-number"
    """It would also pass as an identity number; the register says it is a code."""


def normalise_uscc(text: str) -> str:
    """Return the text in NFKC without blanks, hyphens and zero-width characters, in upper case."""
    return squeeze(text[: LONGEST_INPUT + 1], upper=True)


def check_character(body: str) -> str:
    """Return the 18th character for the first 17 (GB 32100-2015, 5). Raises KeyError outside the alphabet."""
    # The outer mod 31 matters: without it the remainder 0 would give index 31.
    return ALPHABET[-sum(map(mul, WEIGHTS, map(_VALUES.__getitem__, body[:17]))) % 31]


def organisation_check_character(body: str) -> str:
    """Return the ninth character for the first 8 of an organisation code (GB 11714): 10 is X, 11 is 0."""
    return "0123456789X"[-sum(map(mul, ORGANISATION_WEIGHTS, map(_ORGANISATION_VALUES.__getitem__, body[:8]))) % 11]


def outer_check_holds(code: str) -> bool:
    """Say whether the 18th character fits; the code must be 18 characters of the alphabet."""
    return check_character(code) == code[17]


def inner_check_holds(code: str) -> bool:
    """Say whether characters 9 to 17 are a right organisation code."""
    return organisation_check_character(code[8:16]) == code[16]


def parse_uscc(text: str) -> Uscc:
    """Return the code that a person typed, normalised.

    Checks, in order: (1) 18 characters; (2) of the alphabet; (3) not zeros; (4) no identity number; (5) both check
    characters. Raises UsccMalformed with the reason and, where one single character explains it, its position.
    """
    code = normalise_uscc(text)
    reason = _shape(code) or _checks(code)
    if reason is not None:
        raise _malformed(code, reason)
    return Uscc(code)


def check_registry_uscc(text: str) -> tuple[Uscc, tuple[UsccWarning, ...]]:
    """Return a code that the register states, with what is odd about it.

    As `parse_uscc`, but a failed outer check beside a good inner one is a warning, and so is an enterprise's code that
    could pass as an identity number. Raises UsccMalformed.
    """
    code = normalise_uscc(text)
    reason = _shape(code)
    if reason is None:
        reason = _checks(code)
        if reason is None and code[:2] in KNOWN_PREFIXES:
            return Uscc(code), ()
    warnings: list[UsccWarning] = []
    if reason is Reason.OUTER_CHECK:
        warnings.append(UsccWarning.OUTER_CHECK)
    elif reason is Reason.IDENTITY_NUMBER and _market_code(code):
        warnings.append(UsccWarning.LIKE_IDENTITY_NUMBER)
    elif reason is not None:
        raise _malformed(code, reason)
    if code[:2] not in KNOWN_PREFIXES:
        warnings.append(UsccWarning.PREFIX_UNLISTED)
    return Uscc(code), tuple(warnings)


def _shape(code: str) -> Reason | None:
    if len(code) != LENGTH:
        return Reason.LENGTH
    if not _VALUES.keys() >= set(code):
        return Reason.ALPHABET
    return Reason.ALL_ZEROS if code == "0" * LENGTH else None


def _checks(code: str) -> Reason | None:
    if code[:17].isdigit() and looks_like_id_number(code):
        return Reason.IDENTITY_NUMBER
    outer, inner = outer_check_holds(code), inner_check_holds(code)
    if outer and inner:
        return None
    if inner:
        return Reason.OUTER_CHECK
    return Reason.INNER_CHECK if outer else Reason.BOTH_CHECKS


def _market_code(code: str) -> bool:
    return code[:2] in MARKET_PREFIXES and outer_check_holds(code) and inner_check_holds(code)


def _malformed(code: str, reason: Reason) -> UsccMalformed:
    if reason not in {Reason.ALPHABET, Reason.OUTER_CHECK, Reason.BOTH_CHECKS}:
        return UsccMalformed(reason=reason.value)
    suspects = suspect_positions(code)
    if len(suspects) != 1:
        return UsccMalformed(reason=reason.value, suspects=suspects)
    return UsccMalformed(reason=reason.value, position=suspects[0], character=code[suspects[0] - 1], suspects=suspects)


def suspect_positions(code: str) -> tuple[int, ...]:
    """Return the places, 1 to 18, of characters each of which alone would explain the failed check; likeliest only.

    Characters outside the alphabet are the suspects at once. Otherwise each place is tried. A well-known misreading
    (8 for B, 0 for D …) that stands alone wins; then changes that give a division of our own city win over others.
    """
    strangers = tuple(place + 1 for place, character in enumerate(code) if character not in _VALUES)
    if strangers:
        return strangers
    found = [(place, right) for place in range(LENGTH) if (right := _replacement(code, place)) is not None]
    misread = [place for place, right in found if right in _MISREAD.get(code[place], "")]
    if len(misread) == 1:
        return (misread[0] + 1,)
    at_home = [place for place, right in found if _at_home(code[:place] + right + code[place + 1 :])]
    return tuple(place + 1 for place in at_home or [place for place, _ in found])


def _at_home(code: str) -> bool:
    try:
        unit_of(code[2:8])
    except UnitUnknown:
        return False
    return True


def _replacement(code: str, place: int) -> str | None:
    """Return the other character that would make the code good and likely at this place, if any."""
    before, after = code[:place], code[place + 1 :]
    for right in ALPHABET:
        candidate = before + right + after
        if right != code[place] and outer_check_holds(candidate) and _likely(candidate):
            return right
    return None


def _likely(code: str) -> bool:
    inner: bool = code[16] in "0123456789X" and inner_check_holds(code)
    return inner and code[:2] in KNOWN_PREFIXES and code[2:8].isdigit() and code[2:4] in _PROVINCES


def parse_registration_number(text: str) -> str:
    """Return a 15-digit registration number (注册号) with a good check: ISO 7064 MOD 11,10 over the first 14 digits.

    Catches every single wrong digit; a swap of two neighbours that differ by one (0 and 9 too) can stay unseen. Raises
    RegistrationNumberMalformed.
    """
    number = squeeze(text[: LONGEST_INPUT + 1])
    if len(number) != 15 or not (number.isascii() and number.isdigit()):  # noqa: PLR2004 the old form has 15 digits
        raise RegistrationNumberMalformed(reason="shape")
    state = 10
    for digit in number[:14]:
        state = 2 * ((state + int(digit)) % 10 or 10) % 11
    if int(number[14]) != (11 - state) % 10:
        raise RegistrationNumberMalformed(reason="check")
    return number


__all__ = [
    "Reason",
    "RegistrationNumberMalformed",
    "Uscc",
    "UsccMalformed",
    "UsccWarning",
    "check_character",
    "check_registry_uscc",
    "normalise_uscc",
    "organisation_check_character",
    "parse_registration_number",
    "parse_uscc",
    "suspect_positions",
]
