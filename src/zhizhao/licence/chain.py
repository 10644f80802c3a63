"""The hash chain over the version rows of one licence (SECURITY.md T10): a changed, lost or moved row shows.

Wire format, version 1: SHA-256 of the previous hash and the canonical JSON of the row's facts. New facts are a new
version of the form, never a change of this one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from zhizhao.kernel.canonical import canonical
from zhizhao.kernel.clock import to_micros
from zhizhao.licence.errors import ChainBroken
from zhizhao.licence.face import LicenceFace
from zhizhao.licence.licence import Licence

FORM: Final = 1
FIRST: Final = bytes(32)
"""What the first version is chained to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFacts:
    """What the hash of a version row covers."""

    uscc: str
    version: int
    identifier: str
    face: LicenceFace
    registry_version: int
    issued_at: datetime
    list_number: int
    list_index: int
    credential: str
    sm2_signature: bytes


def row_hash(previous: bytes, facts: RowFacts) -> bytes:
    """Return the hash of a version row."""
    body = {
        "form": FORM,
        "uscc": facts.uscc,
        "version": facts.version,
        "identifier": facts.identifier,
        "face": _face(facts.face),
        "registry_version": facts.registry_version,
        "issued_at": to_micros(facts.issued_at),
        "list": [facts.list_number, facts.list_index],
        "credential": hashlib.sha256(facts.credential.encode()).hexdigest(),
        "sm2": hashlib.sha256(facts.sm2_signature).hexdigest(),
    }
    return hashlib.sha256(previous + canonical(body)).digest()


def _face(face: LicenceFace) -> dict[str, Any]:
    return {
        "template": face.template,
        "version": face.version,
        "made_on": face.made_on.isoformat(),
        "uscc": face.uscc,
        "name": face.name,
        "kind": face.kind,
        "registrar": face.registrar,
        "legal_representative": face.legal_representative,
        "principal_label": face.principal_label,
        "items": [[item.field, item.label, item.text, item.side.value] for item in face.items],
    }


def facts_of(licence: Licence) -> RowFacts:
    """Return what the hash of a stored version covers."""
    return RowFacts(
        uscc=licence.uscc,
        version=licence.version,
        identifier=licence.identifier,
        face=licence.face,
        registry_version=licence.registry_version,
        issued_at=licence.issued_at,
        list_number=licence.list_number,
        list_index=licence.list_index,
        credential=licence.credential,
        sm2_signature=licence.sm2_signature,
    )


def check_chain(versions: Sequence[Licence]) -> bytes:
    """Return the last hash of a licence's versions, oldest first. Raises ChainBroken with the first bad version.

    In order for each: (1) its number follows; (2) it names the hash before it; (3) its own hash is that of its facts.
    A licence cut short at its end shows only against the ledger, which names each version's hash.
    """
    previous = FIRST
    for number, licence in enumerate(versions, start=1):
        if licence.version != number:
            raise ChainBroken(uscc=licence.uscc, version=number, reason="missing")
        if licence.previous_hash != previous:
            raise ChainBroken(uscc=licence.uscc, version=number, reason="previous")
        if row_hash(previous, facts_of(licence)) != licence.row_hash:
            raise ChainBroken(uscc=licence.uscc, version=number, reason="changed")
        previous = licence.row_hash
    return previous
