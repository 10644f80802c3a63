"""What the office pages need; `app/wire_office.py` binds it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.page import Page
from zhizhao.licence.licence import Licence, LicenceHead, LifeEntry
from zhizhao.registry.entity import Entity
from zhizhao.registry.intake.values import StatusList
from zhizhao.registry.upload import Upload
from zhizhao.staff.account import Account
from zhizhao.storage.database import Transaction
from zhizhao.wallet.person import Person
from zhizhao.wallet.proving.make_slip import Applicant
from zhizhao.wallet.slip import Slip


class ChangeHold(Protocol):
    """Freezes or unfreezes a licence."""

    async def __call__(self, connection: Transaction, uscc: str, *, because: str, actor: Actor) -> LicenceHead:
        """Return what stands after it. Raises LicenceUnknown, TransitionRefused."""


class Intake(Protocol):
    """What the import page does; each verb commits its own entry before it acts."""

    async def all(self) -> list[Upload]:
        """Return every upload, the newest first."""

    async def get(self, upload_id: str) -> Upload:
        """Return one. Raises UploadUnknown."""

    async def hand_in(self, content: bytes, *, name: str, status_list: StatusList, account: Account) -> str:
        """Keep a file and begin to try it; return its id. Raises UploadBusy."""

    async def release(self, upload_id: str, *, account: Account) -> None:
        """Begin to take a tried file. Raises UploadUnknown, UploadNotReady, SecondPersonNeeded, UploadBusy."""

    async def drop(self, upload_id: str, *, account: Account) -> None:
        """Delete a file that nobody works on. Raises UploadUnknown, UploadBusy."""

    async def error_file(self, upload_id: str) -> tuple[Path, str]:
        """Return the file with the bad rows and what to call it. Raises UploadUnknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeVerbs:
    """Bound verbs and readers of the office."""

    search: Callable[[Transaction, str, str | None], Awaitable[Page[Entity]]]
    """By the beginning of a code or a name, and a cursor."""
    entity: Callable[[Transaction, str], Awaitable[Entity | None]]
    look_up: Callable[[Transaction, str, Actor], Awaitable[None]]
    """Notes in the ledger that somebody looked."""
    licence: Callable[[Transaction, str], Awaitable[Licence | None]]
    versions: Callable[[Transaction, str], Awaitable[list[Licence]]]
    acts: Callable[[Transaction, str], Awaitable[list[LifeEntry]]]
    issue: Callable[[Transaction, str, Actor], Awaitable[Licence]]
    """The first version. Raises NotIssuable, VersionConflict."""
    freeze: ChangeHold
    unfreeze: ChangeHold
    make_slip: Callable[[Transaction, Applicant, Actor], Awaitable[Slip]]
    """Raises TextRefused, IdNumberMalformed, DocumentMalformed."""
    intake: Intake
    lose_at_window: Callable[[Transaction, Applicant, Actor], Awaitable[tuple[Person, tuple[str, ...]]]]
    """Freezes a person's phones. Raises PersonUnknown and the same."""
