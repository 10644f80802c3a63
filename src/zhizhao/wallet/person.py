"""A real-name person (实名人员): one row per document, the number sealed and found again by keyed MAC only."""

from dataclasses import dataclass
from datetime import date

from zhizhao.kernel.idcard import Document, DocumentKind, birth_date

WITH_BIRTH_DATE = frozenset({DocumentKind.ID_CARD, DocumentKind.RESIDENCE_PERMIT})
"""Kinds whose number holds the day of birth, GB 11643."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who was proved at least once."""

    person_id: str
    """Internal; never given to a relying party (SECURITY.md §3.6)."""
    name: str
    document_kind: DocumentKind
    id_lookup: bytes
    """HMAC of kind and number under the look-up key; the register keeps its principals' the same way."""


def born_on(document: Document) -> date | None:
    """Return the day of birth inside a document's number, None for papers that hold none."""
    return birth_date(document.number) if document.kind in WITH_BIRTH_DATE else None
