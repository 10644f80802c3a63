"""Keyed MACs by which a document number and a slip code are found again without being kept in clear."""

from zhizhao.kernel.idcard import Document
from zhizhao.trust.keys import KeyProvider, Purpose
from zhizhao.trust.sealing import Sealer, macs_alive

SLIP_PREFIX = b"slip:"
"""Separates slips from the other one-time codes under the same key."""


def document_lookup(sealer: Sealer, document: Document) -> bytes:
    """Return the look-up MAC of a document; the register makes its principals' with the same words."""
    return sealer.lookup_document(document.kind.value, document.number)


def slip_macs(keys: KeyProvider, code: str) -> tuple[bytes, ...]:
    """Return the MACs a slip may be kept by, the current key's first: a key may have rotated since it was printed."""
    return macs_alive(keys, Purpose.CODE, SLIP_PREFIX + code.encode())
