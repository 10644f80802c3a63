"""A licence version with its proofs, and what a redemption needs to know about the current one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from zhizhao.kernel.actor import Actor
from zhizhao.licence.face import LicenceFace, parse_face
from zhizhao.licence.status import Hold, LicenceStatus, LifeAct, LifeState, after

VERSIONS_PER_SERIAL = 999
"""The version segment of the identifier has three digits (GB/T 36904); then a new serial begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """One version of an entity's licence; the row behind it is never changed."""

    uscc: str
    serial: str
    """USCC and four digits, so it is unique without a counter that all entities share."""
    version: int
    """1, 2, 3 … over the whole life of the licence."""
    identifier: str
    """证照标识 by GB/T 36904."""
    status: LicenceStatus
    """Of this version, when it was read (for `as_of`: at that moment)."""
    holds: frozenset[Hold]
    """What holds the licence as a whole, beneath its status."""
    face: LicenceFace
    registry_version: int
    """Version of the registry's row that this face was made from."""
    issued_at: datetime
    """UTC, by the store's clock."""
    credential: str
    """SD-JWT VC without a holder key, kept for the archive; `bind` makes the one for a device."""
    sm2_signature: bytes
    """Strict DER, SM2 with SM3 over the canonical JSON of the same claims (`sm2_document`)."""
    list_number: int
    list_index: int
    """Place in the Token Status List."""
    display_id: str
    """`dsp_…`: leads from the face's QR to the public page; one for the life of the licence."""
    previous_hash: bytes
    row_hash: bytes
    """SHA-256 chain over the version rows of this licence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceHead:
    """What stands of a licence as a whole, without its face: enough to decide the next act."""

    uscc: str
    version: int
    state: LifeState
    registry_version: int
    """The registry version that was last followed; also moves when the face did not."""
    acts: int
    """Acts so far; the next one is numbered one higher, which no two transactions can both do."""
    display_id: str


@dataclass(slots=True, kw_only=True)
class CurrentLicence:
    """What redeem needs of the current version, read inside its batch; the face is parsed when asked for."""

    uscc: str
    identifier: str
    version: int
    status: LicenceStatus
    held: bool
    """Frozen or disputed, also beneath a withdrawn status; goes to `not_in_force`."""
    face_json: str
    registry_version: int
    list_number: int
    list_index: int
    """Place in the Token Status List; a receipt names it, so that what became of the licence can be asked later."""

    @property
    def face(self) -> LicenceFace:
        """Return the face, parsed from its stored form."""
        return parse_face(self.face_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeEntry:
    """One act in the history of a licence."""

    number: int
    act: LifeAct
    version: int
    """The current version after the act."""
    status: LicenceStatus
    """Of the current version after the act."""
    because: str | None
    """Reason code, such as the entity's new status."""
    actor: Actor
    happened_at: datetime


def as_it_was(licence: Licence, history: Sequence[LifeEntry], moment: datetime) -> Licence:
    """Return a version with the state that it had at a moment when it was the current one."""
    state = LifeState()
    for entry in history:
        if entry.happened_at <= moment and entry.act is not LifeAct.ISSUE:
            state = after(state, entry.act)
    return replace(licence, status=state.status, holds=state.holds)


@dataclass(frozen=True, slots=True)
class Due:
    """A licence that must still follow the register."""

    uscc: str
    noted_at: datetime
    principal_changed: bool


def serial_of(uscc: str, version: int) -> str:
    """Return the serial that a version belongs to: the USCC and `0001` for versions 1 to 999, `0002` after that."""
    return f"{uscc}{(version - 1) // VERSIONS_PER_SERIAL + 1:04d}"


def version_in_serial(version: int) -> int:
    """Return the version inside its serial, 1 to 999."""
    return (version - 1) % VERSIONS_PER_SERIAL + 1
