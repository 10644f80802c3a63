"""What the public door needs from below, bound by `app`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhizhao.licence.face import FaceItem, LicenceFace
from zhizhao.licence.status import LicenceStatus
from zhizhao.registry.entity import EntityStatus, Mark
from zhizhao.verification.finding import Finding

WIDE_FIELDS = frozenset({"scope", "business_scope"})
"""Items that take the whole width of the displayed face."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """One line of the start page's table of demonstration accounts."""

    role: str
    """In the source language; marked for the catalogue."""
    name: str
    """User name, or the person's name."""
    secret: str
    """Password or slip."""
    more: str = ""
    """ID number of a person."""
    number: str = ""
    """One-time number of this moment, for an account with a second factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """What a display page shows: what the registrar publishes, as of a moment."""

    face: LicenceFace
    entity_status: EntityStatus
    marks: frozenset[Mark]
    licence_status: LicenceStatus
    as_of: datetime
    """When the register's data are from."""
    checked_at: datetime
    """When the status was asked."""

    @property
    def columns(self) -> tuple[list[FaceItem], list[FaceItem]]:
        """Return the items of the left and of the right column, without code, name and what is wide."""
        shown = [item for item in self.face.items if item.field not in WIDE_FIELDS | {"uscc"} and item.text]
        return [i for i in shown if i.side == "left"], [i for i in shown if i.side == "right"]

    @property
    def wide(self) -> list[FaceItem]:
        """Return the items that take the whole width."""
        return [item for item in self.face.items if item.field in WIDE_FIELDS and item.text]

    @property
    def in_force(self) -> bool:
        """Say whether the licence may be relied on now: in the register and not held."""
        return self.entity_status == EntityStatus.ACTIVE and self.licence_status == LicenceStatus.VALID


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What programs outside check our signatures with."""

    jwks: Callable[[], dict[str, Any]]
    """The JWK Set of every key that outsiders verify with."""
    anchors: Callable[[], bytes]
    """Roots and keys in one document, for `zhizhao verify`."""
    status_list: Callable[[int], Awaitable[str]]
    """The signed status list of a number; raises LicenceUnknown."""
    issuer: Callable[[], dict[str, Any]]
    """Who issues our credentials, with the keys of credentials and status lists and no others (SD-JWT VC §5)."""
    credential_type: Mapping[str, Any]
    """The type of our credentials: its `vct`, names and claims (SD-JWT VC §6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveView:
    """What the code on an archive copy leads to: no more than the sheet itself says, and the status now."""

    presentation_id: str
    name: str
    uscc: str
    relying_party: str
    purpose: str
    place: str
    case_number: str
    verified_at: datetime
    version: int
    licence_status: LicenceStatus
    """Of the version on the sheet, now."""
    entity_status: EntityStatus
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicVerbs:
    """Bound callables of the public door."""

    display: Callable[[str], Awaitable[Display]]
    """Finds what a display id shows; raises LicenceUnknown."""
    archive: Callable[[str], Awaitable[ArchiveView]]
    """Finds what an archive copy was made for; raises PresentationUnknown."""
    check_file: Callable[[bytes], Awaitable[Finding]]
    """Checks a file that somebody holds; nothing of it is kept. Raises FileTooLarge."""
    demo_accounts: Callable[[], Awaitable[Sequence[DemoAccount]]]
    """Accounts of a demonstration; empty otherwise."""
    published: Published
