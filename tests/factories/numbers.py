"""Made-up codes and numbers with right checks; areas of identity numbers are assigned to no place."""

from zhizhao.kernel.idcard import id_check_character
from zhizhao.kernel.uscc import check_character, organisation_check_character

NOWHERE = "379900"
"""An area code that no place has, so that no number made here can belong to a person."""


def whole_uscc(body: str) -> str:
    """Return a right code for 16 characters: 2 prefix, 6 division, 8 organisation body."""
    inner = body + organisation_check_character(body[8:16])
    return inner + check_character(inner)


def made_up_uscc(number: int, *, prefix: str = "91", division: str = "370811") -> str:
    """Return the made-up code of a running number, 0 to 99999; bodies start with MAT as in the shared data."""
    return whole_uscc(f"{prefix}{division}MAT{number:05d}")


def made_up_id_number(number: int, *, born: str = "19800101") -> str:
    """Return a made-up identity number of a running number, 0 to 999, and a birth date `YYYYMMDD`."""
    body = f"{NOWHERE}{born}{number:03d}"
    return body + id_check_character(body)
