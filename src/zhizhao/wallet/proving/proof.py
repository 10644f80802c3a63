"""A proof of the person (实名核验结果): made by a slip or a real-name check, bound to one key, used once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zhizhao.kernel.idcard import Document


class ProofKind(StrEnum):
    """How a person was proved; a wire format of the store, the ledger and the API."""

    SLIP = "slip"
    """A clerk at a window checked the papers."""
    REAL_NAME = "real_name"
    """A real-name provider checked the person online."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipClaim:
    """What somebody offers as proof: a slip and the number of the document that the window checked."""

    code: str
    document_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RealNameClaim:
    """What somebody offers as proof: name and resident number, for the provider to check."""

    name: str
    document_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A person proved to the holder of one key."""

    proof_id: str
    kind: ProofKind
    thumbprint: str
    """RFC 7638 thumbprint of the key that asked; no other key can use the proof."""
    name: str
    document: Document
    id_lookup: bytes
    proved_at: datetime
    expires_at: datetime
    """Last moment of use, `real_name_seconds` after `proved_at`."""
