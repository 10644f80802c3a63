"""Bodies of the wallet's JSON: what comes in, strictly, and what goes out. A public contract: add, never rename."""

from typing import Annotated

import msgspec

Slip = Annotated[str, msgspec.Meta(max_length=64, description="Twelve characters of the slip; case and hyphens free.")]
Number = Annotated[str, msgspec.Meta(max_length=64, description="Document number as the papers show it.")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Pin = Annotated[str, msgspec.Meta(max_length=64, description="Six digits.")]
ProofId = Annotated[str, msgspec.Meta(max_length=40, description="`prf_…` of POST /wallet/api/proofs.")]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
MatterCode = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class _In(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes in."""


class _Out(msgspec.Struct, frozen=True, kw_only=True):
    """What goes out."""


class SlipProofBody(_In, frozen=True, kw_only=True, tag_field="kind", tag="slip"):
    """Prove a person by a slip from a registration window."""

    slip: Slip
    id_number: Number


class RealNameProofBody(_In, frozen=True, kw_only=True, tag_field="kind", tag="real_name"):
    """Prove a person by a real-name check; in a demonstration it is simulated."""

    name: Name
    id_number: Number


class ProofBody(_Out, frozen=True, kw_only=True):
    """A person proved to the key that signed the request."""

    proof: str
    kind: str
    name: str
    """Masked."""
    expires_at: str


class EnrolBody(_In, frozen=True, kw_only=True):
    """Register the key of the DPoP proof as a device."""

    proof: ProofId
    pin: Pin
    label: Label = "我的手机"


class TokenBody(_Out, frozen=True, kw_only=True):
    """An access token bound to the device's key (RFC 6749 §5.1, RFC 9449 §5)."""

    access_token: str
    expires_in: int
    scope: str
    """`device` or `unlocked`."""
    token_type: str = "DPoP"  # noqa: S105 a registered name, RFC 9449 §5


class DeviceBody(_Out, frozen=True, kw_only=True):
    """A device of the caller's person."""

    id: str
    label: str
    state: str
    """`active`, `frozen`, `retired` or `revoked`."""
    this: bool
    """Whether it is the one that asks."""
    enrolled_at: str
    ended_at: str | None


class EnrolledBody(_Out, frozen=True, kw_only=True):
    """A registered device, already unlocked by the PIN just set."""

    device: DeviceBody
    name: str
    """Masked."""
    retired: tuple[str, ...]
    """Devices that gave way to this one."""
    token: TokenBody


class DevicesBody(_Out, frozen=True, kw_only=True):
    """Every device of the person, the newest first."""

    devices: tuple[DeviceBody, ...]


class PinBody(_In, frozen=True, kw_only=True):
    """The PIN, asked for."""

    pin: Pin


class ChangePinBody(_In, frozen=True, kw_only=True):
    """A new PIN by the old one."""

    old: Pin
    pin: Pin


class ResetPinBody(_In, frozen=True, kw_only=True):
    """A new PIN by a new proof of the person."""

    proof: ProofId
    pin: Pin


class UseProofBody(_In, frozen=True, kw_only=True):
    """An act that a new proof of the person opens."""

    proof: ProofId


class UnfreezeBody(_In, frozen=True, kw_only=True):
    """Lift the freeze of a licence."""

    proof: ProofId | None = None
    """A new proof of the person; may be left out by whoever froze the licence from the same wallet and gave the PIN."""


class CopyBody(_Out, frozen=True, kw_only=True):
    """What this device downloaded."""

    version: int
    downloaded_at: str


class CardBody(_Out, frozen=True, kw_only=True):
    """One licence that the person may hold."""

    uscc: str
    name: str | None
    """None: an individual business without a trade name."""
    kind: str
    status: str
    marks: tuple[str, ...]
    state: str
    """The one word of the card: `valid`, `abnormal`, `dormant`, `not_downloaded`, `changed`, `frozen`, `disputed`,
    `not_issued`, `revoked`, `deregistered`, `rescinded` or `moved_out`."""
    role: str
    registrar: str
    legal_representative: str
    """Masked."""
    version: int | None
    copy: CopyBody | None
    can_show: bool
    can_download: bool


class CardsBody(_Out, frozen=True, kw_only=True):
    """Every licence that the person may hold now."""

    licences: tuple[CardBody, ...]
    as_of: str | None
    """As of when the register's data are; null before its first feed."""


class DownloadBody(_In, frozen=True, kw_only=True):
    """Download, or download again after a change."""

    declaration: Annotated[str, msgspec.Meta(max_length=20)]
    """Version of the declaration that was accepted; GET /wallet/api/info names the one in force."""


class FaceItemBody(_Out, frozen=True, kw_only=True):
    """One printed item."""

    field: str
    label: str
    text: str


class LicenceBody(_Out, frozen=True, kw_only=True):
    """The downloaded version with its face."""

    uscc: str
    identifier: str
    version: int
    status: str
    """Of this version: `valid`, `changed`, `suspended` or `withdrawn`."""
    role: str
    name: str
    kind: str
    registrar: str
    made_on: str
    face: tuple[FaceItemBody, ...]
    issued_at: str
    downloaded_at: str


class DownloadedBody(_Out, frozen=True, kw_only=True):
    """A licence bound to this device."""

    licence: LicenceBody
    credential: str
    """SD-JWT VC (`dc+sd-jwt`), its `cnf` the device's key."""


class ShowBody(_In, frozen=True, kw_only=True):
    """Show a licence."""

    matter: MatterCode | None = None
    """What it is shown for, where the holder knows: then refused at once if it cannot work."""
    role: Annotated[str, msgspec.Meta(max_length=32)] | None = None
    """`legal_representative`, `manager` or `agent`; absent: the role of the copy."""


class FieldBody(_Out, frozen=True, kw_only=True):
    """One face field by name."""

    field: str
    label: str


class PresenterBody(_Out, frozen=True, kw_only=True):
    """Who shows."""

    role: str
    name: str
    """Masked."""


class ShownBody(_Out, frozen=True, kw_only=True):
    """A presentation code, good for one redemption."""

    code: str
    """24 digits: show them as Code 128-C and as a QR."""
    ticket: str
    """Handle for following it; not the code."""
    expires_at: str
    expires_in: int
    presenter: PresenterBody
    fields: tuple[FieldBody, ...]
    """What a reader may get at most."""


class RecordBody(_Out, frozen=True, kw_only=True):
    """One use of a licence."""

    id: str
    uscc: str
    name: str
    function: str
    """`present`."""
    verified_at: str
    verdict: str
    """`accepted` or `refused`."""
    because: str | None
    """Why it was refused, in the language asked for."""
    verifier: str
    operator: str | None
    matter: str
    matter_name: str | None
    purpose: str
    case_number: str | None
    fields: tuple[FieldBody, ...]
    """What went out."""
    presenter: PresenterBody
    documents_not_required: tuple[str, ...]
    receipt: str


class RecordsBody(_Out, frozen=True, kw_only=True):
    """Use records, the newest first."""

    records: tuple[RecordBody, ...]
    next: str | None
    """Give it as `before` to read on."""


class TicketBody(_Out, frozen=True, kw_only=True):
    """Where a ticket stands."""

    state: str
    """`waiting`, `redeemed` or `expired`."""
    expires_at: str
    record: RecordBody | None


class InfoBody(_Out, frozen=True, kw_only=True):
    """What a client must know before it begins; no proof needed."""

    declaration: str
    """Version of the download declaration in force; its text stands at /wallet/declaration."""
    real_name: str
    """`none`, `simulated` or `live`."""
    code_seconds: int
    pin_digits: int
    time: str
    """Our time, for clients whose clock is off: DPoP proofs must be within a minute of it."""
