"""A one-time slip (实名凭条): a clerk checked somebody's papers, and this code proves that person once.

Wire format, printed on paper: 12 characters of ALPHABET in groups of four. The first eleven are random (54 bits), the
twelfth is a check character (weights 3^1 … 3^11 modulo 31, as in GB 32100-2015), so that every single wrong character
and every exchange of two is caught before a try is spent. Slips that were printed must stay readable: the alphabet and
the check never change.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.idcard import DocumentKind
from zhizhao.wallet.errors import SlipMalformed

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 characters, without 0 1 I L O, which people read for one another."""
LENGTH = 12
WEIGHTS = tuple(pow(3, i, 31) for i in range(1, LENGTH))
"""Twelve different weights, the check character's own being 1."""
SEPARATOR = re.compile(r"[\s\-\u2010-\u2015_.·]")
TRIES = 5
"""Wrong document numbers before a slip is void."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A slip just made; the only moment at which its code is known in clear."""

    slip_id: str
    code: str
    document_kind: DocumentKind
    made_by: Actor
    made_at: datetime
    expires_at: datetime


def _check_character(body: str) -> str:
    total = sum(ALPHABET.index(c) * w for c, w in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def new_slip_code() -> str:
    """Return 11 random characters and their check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check_character(body)


def parse_slip_code(text: str) -> str:
    """Return the twelve characters; blanks, hyphens, small and full-width letters are fine. Raises SlipMalformed."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).upper() if not SEPARATOR.fullmatch(c))
    if wrong := next((c for c in plain if c not in ALPHABET), None):
        raise SlipMalformed(reason="character", character=wrong)
    if len(plain) != LENGTH:
        raise SlipMalformed(reason="length", found=len(plain))
    if _check_character(plain[:-1]) != plain[-1]:
        raise SlipMalformed(reason="check")
    return plain


def in_groups(code: str) -> str:
    """Return the code as it is printed, `ABCD-EFGH-JKMN`."""
    return "-".join(code[i : i + 4] for i in range(0, LENGTH, 4))


def slip_uri(base_url: str, code: str) -> str:
    """Return what the slip's QR holds: the enrolment page, the code behind `#` so that it never reaches a log."""
    return f"{base_url}/wallet/enrol#{in_groups(code)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipTry:
    """What one try with a live slip did, as the statement left the row."""

    slip_id: str
    mac: bytes
    name: str
    """The name that the window checked."""
    document_kind: DocumentKind
    tries_left: int
    spent_at: datetime | None
    """Set when the document was the slip's own; then this try spent the slip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipView:
    """Where a slip stands, to say why it gave no try."""

    expired: bool
    tries_left: int
    redeemed_by: str | None
    """Thumbprint of the key that spent it."""
