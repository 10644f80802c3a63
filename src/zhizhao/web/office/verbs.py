"""What the office pages need; `app/wire_office.py` binds it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from zhizhao.kernel.actor import Actor
from zhizhao.kernel.page import Page
from zhizhao.licence.licence import Licence, LicenceHead, LifeEntry
from zhizhao.registry.entity import Entity
from zhizhao.storage.database import Transaction
from zhizhao.wallet.person import Person
from zhizhao.wallet.proving.make_slip import Applicant
from zhizhao.wallet.slip import Slip


class ChangeHold(Protocol):
    """Freezes or unfreezes a licence."""

    async def __call__(self, connection: Transaction, uscc: str, *, because: str, actor: Actor) -> LicenceHead:
        """Return what stands after it. Raises LicenceUnknown, TransitionRefused."""


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
    lose_at_window: Callable[[Transaction, Applicant, Actor], Awaitable[tuple[Person, tuple[str, ...]]]]
    """Freezes a person's phones. Raises PersonUnknown and the same."""
