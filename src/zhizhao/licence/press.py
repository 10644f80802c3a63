"""Press a version (制照): identifier, credential, SM2 signature and chain hash, from a face that is decided.

Pure computing of about half a millisecond, most of it inside libcrypto, which lets other threads run.
"""

from dataclasses import dataclass
from datetime import datetime

from zhizhao.kernel.identifier import licence_identifier
from zhizhao.licence.chain import RowFacts, row_hash
from zhizhao.licence.credential import make_credential, subject_of
from zhizhao.licence.face import LicenceFace
from zhizhao.licence.licence import Licence, serial_of, version_in_serial
from zhizhao.licence.names import IssuerNames
from zhizhao.licence.sm2_document import document_of, sign_document
from zhizhao.licence.status import LifeState
from zhizhao.trust.keys import KeyProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A version before it has its proofs."""

    face: LicenceFace
    version: int
    registry_version: int
    state: LifeState
    display_id: str
    place: tuple[int, int]
    """List number and index."""
    issued_at: datetime
    previous_hash: bytes


def press(draft: Draft, *, keys: KeyProvider, names: IssuerNames, with_sm2: bool = True) -> Licence:
    """Return the version with its proofs; both signatures are over the same claims. Safe between threads."""
    uscc = draft.face.uscc
    serial = serial_of(uscc, draft.version)
    identifier = licence_identifier(names.type_code, names.authority, serial, version_in_serial(draft.version))
    subject = subject_of(
        draft.face, identifier=identifier, version=draft.version, issued_at=draft.issued_at, place=draft.place
    )
    facts = RowFacts(
        uscc=uscc,
        version=draft.version,
        identifier=identifier,
        face=draft.face,
        registry_version=draft.registry_version,
        issued_at=draft.issued_at,
        list_number=draft.place[0],
        list_index=draft.place[1],
        credential=make_credential(keys, subject, names=names),
        sm2_signature=sign_document(keys, document_of(subject, names)) if with_sm2 else b"",
    )
    return Licence(
        uscc=uscc,
        serial=serial,
        version=draft.version,
        identifier=identifier,
        status=draft.state.status,
        holds=draft.state.holds,
        face=draft.face,
        registry_version=draft.registry_version,
        issued_at=draft.issued_at,
        credential=facts.credential,
        sm2_signature=facts.sm2_signature,
        list_number=facts.list_number,
        list_index=facts.list_index,
        display_id=draft.display_id,
        previous_hash=draft.previous_hash,
        row_hash=row_hash(draft.previous_hash, facts),
    )
