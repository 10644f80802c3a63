"""A person's document: the citizen's identity number (GB 11643) and the kinds that carry no check.

GB 11643: 6 area, 8 birth date, 3 sequence (odd: male), 1 check by ISO 7064 MOD 11-2. Caught: every single wrong digit
and every swap of two neighbours, the check character included. A number is personal data: errors never carry it.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import mul

from zhizhao.kernel.errors import DocumentMalformed, IdNumberMalformed
from zhizhao.kernel.text import squeeze

LONGEST_INPUT = 64
WEIGHTS = tuple(pow(2, 18 - i, 11) for i in range(1, 18))  # GB 11643: W(i) = 2^(18-i) mod 11
CHECKS = "10X98765432"
_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9X]")
_LONG_DIGITS = re.compile(r"[0-9]{14,}[0-9X]")
_DIGITS = {digit: value for value, digit in enumerate("0123456789")}
OLDEST_BIRTH_YEAR = 1880


class DocumentKind(StrEnum):
    """Kinds of documents that prove a person; stored values: add, never rename."""

    ID_CARD = "id_card"
    """居民身份证, checked by GB 11643."""
    RESIDENCE_PERMIT = "residence_permit"
    """港澳台居民居住证: the same number form and check, area 81, 82 or 83."""
    PASSPORT = "passport"
    HK_MACAO_PERMIT = "hk_macao_permit"
    """港澳居民来往内地通行证."""
    TAIWAN_PERMIT = "taiwan_permit"
    """台湾居民来往大陆通行证."""
    PERMANENT_RESIDENCE = "permanent_residence"
    """外国人永久居留身份证."""


LABELS = {
    DocumentKind.ID_CARD: "居民身份证",
    DocumentKind.RESIDENCE_PERMIT: "港澳台居民居住证",
    DocumentKind.PASSPORT: "护照",
    DocumentKind.HK_MACAO_PERMIT: "港澳居民来往内地通行证",
    DocumentKind.TAIWAN_PERMIT: "台湾居民来往大陆通行证",
    DocumentKind.PERMANENT_RESIDENCE: "外国人永久居留身份证",
}
"""What people call each kind."""

_SHAPES = {
    DocumentKind.PASSPORT: re.compile(r"[A-Z0-9]{5,20}"),
    DocumentKind.HK_MACAO_PERMIT: re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    DocumentKind.TAIWAN_PERMIT: re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?"),
    DocumentKind.PERMANENT_RESIDENCE: re.compile(r"[A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X]"),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A document by kind and number; the number stays out of `repr`, and so out of logs."""

    kind: DocumentKind
    number: str = field(repr=False)


def normalise_number(text: str) -> str:
    """Return the text in NFKC without blanks, hyphens and zero-width characters, in upper case."""
    return squeeze(text[: LONGEST_INPUT + 1], upper=True)


def id_check_character(body: str) -> str:
    """Return the 18th character for the first 17 digits (GB 11643; ISO 7064 MOD 11-2)."""
    return CHECKS[sum(map(mul, WEIGHTS, map(_DIGITS.__getitem__, body[:17]))) % 11]


def parse_id_number(text: str, *, on: date | None = None) -> str:
    """Return a citizen's identity number, normalised.

    Checks, in order: (1) 17 digits and a digit or X; the 15-digit form is no longer accepted; (2) the birth date is a
    calendar day, not after `on` when that day is given; (3) the check character. Raises IdNumberMalformed.
    """
    return _checked(normalise_number(text), on=on)


def _checked(number: str, *, on: date | None) -> str:
    if not _SHAPE.fullmatch(number):
        raise IdNumberMalformed(reason="shape")
    born = _birth_date(number)
    if born is None or (on is not None and born > on):
        raise IdNumberMalformed(reason="birth-date")
    if id_check_character(number) != number[17]:
        raise IdNumberMalformed(reason="check")
    return number


def looks_like_id_number(code: str) -> bool:
    """Say whether a normalised text would pass as an identity number; for refusing it elsewhere."""
    shaped = _SHAPE.fullmatch(code) is not None
    return shaped and _birth_date(code) is not None and id_check_character(code) == code[17]


def _birth_date(number: str) -> date | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if born.year >= OLDEST_BIRTH_YEAR else None


def birth_date(number: str) -> date:
    """Return the birth date inside a number that `parse_id_number` accepted. Raises IdNumberMalformed."""
    born = _birth_date(number)
    if born is None:
        raise IdNumberMalformed(reason="birth-date")
    return born


def is_male(number: str) -> bool:
    """Say whether the 17th digit is odd, which GB 11643 gives to men."""
    return int(number[16]) % 2 == 1


def parse_document(kind: DocumentKind, text: str, *, on: date | None = None) -> Document:
    """Return a document of a stated kind; the check is done only for the kinds that have one.

    Raises IdNumberMalformed for the two kinds of GB 11643, DocumentMalformed for the others.
    """
    if kind is DocumentKind.ID_CARD:
        return Document(kind, parse_id_number(text, on=on))
    if kind is DocumentKind.RESIDENCE_PERMIT:
        number = parse_id_number(text, on=on)
        if number[:2] not in {"81", "82", "83"}:
            raise DocumentMalformed(kind=kind.value, reason="area")
        return Document(kind, number)
    number = normalise_number(text)
    if not _SHAPES[kind].fullmatch(number):
        raise DocumentMalformed(kind=kind.value, reason="shape")
    return Document(kind, number)


def guess_document(text: str, *, on: date | None = None) -> Document:
    """Return the document that a number without a stated kind belongs to.

    The form decides, in this order: 17 digits and a digit or X, or any 15 or more digits: an identity card, checked;
    H or M and 8 or 10 digits: Hong Kong and Macao; 8 or 10 digits: Taiwan; 3 letters and 12 digits: permanent
    residence; 5 to 20 letters and digits with at least one digit: a passport. The same text always gives the same
    kind, so a keyed look-up made from (kind, number) is found again. Raises IdNumberMalformed, DocumentMalformed.
    """
    number = normalise_number(text)
    if _LONG_DIGITS.fullmatch(number):
        return Document(DocumentKind.ID_CARD, _checked(number, on=on))
    for kind in (DocumentKind.HK_MACAO_PERMIT, DocumentKind.TAIWAN_PERMIT, DocumentKind.PERMANENT_RESIDENCE):
        if _SHAPES[kind].fullmatch(number):
            return Document(kind, number)
    if _SHAPES[DocumentKind.PASSPORT].fullmatch(number) and not number.isalpha():
        return Document(DocumentKind.PASSPORT, number)
    raise DocumentMalformed(kind="unknown", reason="shape")


__all__ = [
    "LABELS",
    "Document",
    "DocumentKind",
    "DocumentMalformed",
    "IdNumberMalformed",
    "birth_date",
    "guess_document",
    "id_check_character",
    "is_male",
    "looks_like_id_number",
    "normalise_number",
    "parse_document",
    "parse_id_number",
]
