"""A presentation: what one redemption of one code found, kept for both sides."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Check(StrEnum):
    """The checks of a redemption, in order; a wire format: add at the end, never rename."""

    CODE = "code"
    """出示码: shape and check digits, known, alive (ISO/IEC 7064 MOD 97-10)."""
    SINGLE_USE = "single_use"
    """一次有效: spent here and nowhere else."""
    MATTER = "matter"
    """事项已获授权: matter and fields granted to the client."""
    LICENCE_STATUS = "licence_status"
    """执照状态: entity status, marks and licence status, read after the spend."""
    MANDATE = "mandate"
    """出示人授权: who showed the code may act for the entity, for this matter, now."""


class Result(StrEnum):
    """How a check ended; a wire format."""

    PASS = "pass"  # noqa: S105 a result, no secret
    FAIL = "fail"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """The whole; a wire format."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class Via(StrEnum):
    """By which door the code came; a wire format."""

    API = "api"
    DESK = "desk"


class CheckResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the list of checks."""

    check: Check
    result: Result
    reason: str | None = None
    """Stable code of why it failed; None when it passed."""
    zh: str | None = None
    """Why it failed, or why the mandate holds, in Chinese; None where nothing needs saying."""
    en: str | None = None


class Presenter(msgspec.Struct, frozen=True, kw_only=True):
    """Who showed the code."""

    person_id: str
    role: str
    """`legal_representative`, `manager` or `agent`."""
    name: str
    """Masked: family name and an asterisk."""
    mandate_id: str | None


class Presentation(msgspec.Struct, frozen=True, kw_only=True):
    """One redemption, accepted or refused; face data are not here, they are the licence version's."""

    presentation_id: str
    client_id: str
    client_name: str
    uscc: str
    licence_identifier: str
    licence_version: int
    licence_status: str
    matter: str
    purpose: str
    case_number: str | None
    operator: str | None
    via: Via
    actor_id: str
    """The client itself, or the clerk's account at a desk."""
    fields: tuple[str, ...]
    """Face fields that went out; empty when refused."""
    verdict: Verdict
    checks: tuple[CheckResult, ...]
    presenter: Presenter
    verified_at: datetime
    registry_as_of: datetime
    entry_id: UUID
    entry_hash: bytes
    receipt: str
    """Compact JWS, `typ: receipt+jwt`."""
    salt: bytes
    """Opens the commitment to the entity in the ledger entry; erasing it is the erasure (SECURITY.md §3.6)."""

    @property
    def failed(self) -> CheckResult | None:
        """Return the check that failed, None when accepted."""
        return next((c for c in self.checks if c.result is Result.FAIL), None)
