"""Bodies of the relying-party API: what comes in, strictly, and what goes out. A public contract: add, never rename."""

from typing import Annotated

import msgspec

Code = Annotated[str, msgspec.Meta(max_length=200, description="24 digits, as the scanner read them.")]
MatterCode = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
Purpose = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class RedeemBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/presentations`: redeem one presentation code."""

    code: Code
    matter: MatterCode
    purpose: Purpose
    case_number: Short | None = None
    operator: Short | None = None
    fields: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=64)], ...], msgspec.Meta(max_length=40)] | None = (
        None
    )
    """Absent: every field granted to the client for the matter."""


class HolderMatchBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/holder-match`: whether this person stands before you."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    id_number: Annotated[str, msgspec.Meta(min_length=4, max_length=32)]


class CheckBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One check, in order."""

    name: str
    result: str
    because: str | None = None
    """In Chinese, where something needs saying."""
    reason: str | None = None
    """Stable code of why it failed."""


class FaceItemBody(msgspec.Struct, frozen=True, kw_only=True):
    """One printed item of the face."""

    field: str
    label: str
    text: str


class LicenceBody(msgspec.Struct, frozen=True, kw_only=True):
    """The licence, as far as its fields were granted."""

    identifier: str
    version: int
    status: str
    uscc: str
    name: str | None
    kind: str
    legal_representative: str | None
    face: tuple[FaceItemBody, ...]


class MandateBody(msgspec.Struct, frozen=True, kw_only=True):
    """The mandate under which a manager or agent showed the code."""

    id: str
    matters: tuple[str, ...] | None
    """None: all matters (全业务授权)."""
    not_after: str | None


class PresenterBody(msgspec.Struct, frozen=True, kw_only=True):
    """Who showed the code; the name is masked."""

    role: str
    name: str
    mandate: MandateBody | None


class ArchiveBody(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses of the archive copy."""

    pdf: str


class PresentationBody(msgspec.Struct, frozen=True, kw_only=True):
    """One verification, as its client may see it now and later."""

    id: str
    verified_at: str
    registry_as_of: str
    verdict: str
    checks: tuple[CheckBody, ...]
    matter: str
    purpose: str
    case_number: str | None
    operator: str | None
    fields: tuple[str, ...]
    licence: LicenceBody | None
    presenter: PresenterBody | None
    documents_not_required: tuple[str, ...]
    archive: ArchiveBody | None
    receipt: str


class PresentationListBody(msgspec.Struct, frozen=True, kw_only=True):
    """A client's presentations of one case, newest first."""

    presentations: tuple[PresentationBody, ...]


class HeadBody(msgspec.Struct, frozen=True, kw_only=True):
    """A signed head of the ledger's tree."""

    size: int
    root: str
    at: str
    token: str


class ProofBody(msgspec.Struct, frozen=True, kw_only=True):
    """Where the entry of a presentation stands in the ledger (RFC 6962)."""

    entry: str
    leaf: int | None
    """Leaf number; None until the entry's batch is sealed."""
    path: tuple[str, ...] | None
    head: HeadBody | None


class MatchBody(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the person is the one who showed the code."""

    match: bool


class MatterBody(msgspec.Struct, frozen=True, kw_only=True):
    """A matter that the client was granted."""

    code: str
    name: str
    path: tuple[str, ...]
    purpose: str
    fields: tuple[str, ...]
    functions: tuple[str, ...]
    documents_not_required: tuple[str, ...]


class QuotaBody(msgspec.Struct, frozen=True, kw_only=True):
    """The year's verifications, whole checks."""

    year: int
    limit: int
    used: int


class ClientBody(msgspec.Struct, frozen=True, kw_only=True):
    """The client's own scope, quota and use."""

    client_id: str
    name: str
    unit: str | None
    matters: tuple[str, ...]
    functions: tuple[str, ...]
    fields: tuple[str, ...] | None
    profile: str
    peak_per_second: int
    quota: QuotaBody


class TokenBody(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /oauth/token` (RFC 6749 §5.1)."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
