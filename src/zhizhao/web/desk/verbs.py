"""What the counter desk needs; `app/wire_desk.py` binds it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from zhizhao.catalogue.matter import Matter
from zhizhao.kernel.actor import Actor
from zhizhao.licence.face import LicenceFace
from zhizhao.mandate.grant import Grant
from zhizhao.onboarding.client import Client
from zhizhao.presentation.ask import Ask
from zhizhao.presentation.filing import Filing
from zhizhao.presentation.presentation import Presentation
from zhizhao.presentation.redeem import Redeemed
from zhizhao.staff.account import Account
from zhizhao.staff.counter.scan import Scan, Today
from zhizhao.staff.counter.setting import DeskSetting
from zhizhao.storage.database import Transaction


class FileCase(Protocol):
    """Files a presentation under a case, re-files it, or takes it out; append-only."""

    async def __call__(
        self,
        connection: Transaction,
        presentation_id: str,
        *,
        client_id: str,
        case_number: str | None,
        reason: str | None,
        actor: Actor,
    ) -> Filing:
        """Return the filing that counts now. Raises PresentationUnknown, AskMalformed, TextRefused."""


class MatchHolder(Protocol):
    """Compares a person with the one who showed the code."""

    async def __call__(
        self,
        connection: Transaction,
        presentation_id: str,
        *,
        client_id: str,
        name: str,
        id_number: str,
        actor: Actor,
    ) -> bool:
        """Say whether it is. Raises PresentationUnknown, MatchLimited, and what is wrong with name or number."""


class RecordsOfUnit(Protocol):
    """Lists a unit's book, newest first."""

    async def __call__(
        self, connection: Transaction, unit: str, *, before: UUID | None, search: str, limit: int
    ) -> list[Scan]:
        """Return the lines older than `before`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskVerbs:
    """Bound verbs and readers of the desk."""

    redeem: Callable[[Ask], Awaitable[Redeemed]]
    """Waits for its batch's COMMIT. Raises the problems of INTERFACES.md §4."""
    client_of: Callable[[Transaction, str], Awaitable[Client | None]]
    """The active client of a unit."""
    matters_of: Callable[[Transaction, Client], Awaitable[list[Matter]]]
    """The matters granted to the client that are open to presentation, in the tree's order."""
    presentation: Callable[[Transaction, str, str], Awaitable[Presentation]]
    """By id and client. Raises PresentationUnknown."""
    filing: Callable[[Transaction, str], Awaitable[Filing | None]]
    """The filing that counts now."""
    face: Callable[[Transaction, Presentation], Awaitable[LicenceFace | None]]
    """The face of the version that was verified; the caller masks it."""
    mandate: Callable[[Transaction, str], Awaitable[Grant | None]]
    file_case: FileCase
    archive: Callable[[Presentation], Awaitable[bytes]]
    """The signed archive copy as PDF. Raises ArchiveRefused."""
    match_holder: MatchHolder
    note_view: Callable[[Transaction, str, Actor, str], Awaitable[None]]
    """Notes in the ledger that a clerk looked again: presentation, who, and as what (`page` or `pdf`)."""
    setting: Callable[[Transaction, str], Awaitable[DeskSetting]]
    keep_setting: Callable[[Transaction, str, DeskSetting], Awaitable[DeskSetting]]
    """Raises SettingMalformed."""
    note_scan: Callable[[Transaction, Scan], Awaitable[None]]
    latest: Callable[[Transaction, Account], Awaitable[Sequence[Scan]]]
    """The desk's last 20."""
    today: Callable[[Transaction, Account], Awaitable[Today]]
    records: RecordsOfUnit
