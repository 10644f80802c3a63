"""What the wallet's door needs from below, bound by `app/wire_wallet.py`.

Each verb opens the transactions it needs: some hash a PIN in between, which is too long to hold one, and counted tries
must stay counted when the request is refused.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zhizhao.catalogue.matter import Matter
from zhizhao.kernel.page import Page
from zhizhao.licence.face import LicenceFace
from zhizhao.licence.licence import Licence
from zhizhao.presentation.presentation import Presentation
from zhizhao.presentation.ticket import Ticket
from zhizhao.wallet.access import AccessToken, Caller
from zhizhao.wallet.admit import Admitted, Ask
from zhizhao.wallet.card import Card
from zhizhao.wallet.device import Device
from zhizhao.wallet.enrol import Application, Enrolled
from zhizhao.wallet.holding import Copy
from zhizhao.wallet.proving.proof import Proof, RealNameClaim, SlipClaim


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a holder wants to show."""

    uscc: str
    matter: str | None = None
    role: str | None = None
    """In which role; None: the one of the copy on this device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A ticket with what its holder should know before anybody reads it."""

    ticket: Ticket
    face: LicenceFace
    status: str
    """Of the licence: `valid`, `changed`, `suspended` or `withdrawn`."""
    presenter: str
    """Masked name."""
    role: str
    fields: tuple[tuple[str, str], ...]
    """(field, label) of what a reader may get at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A licence version that was bound to the device."""

    copy: Copy
    licence: Licence
    credential: str
    """SD-JWT VC bound to the device's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A copy on this device with the version it is of."""

    copy: Copy
    licence: Licence
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One use of a licence (用照记录) as its holder sees it."""

    presentation: Presentation
    name: str
    """Of the entity, as the shown version had it."""
    matter: Matter | None
    labels: Mapping[str, str]
    """Label of each field that went out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuery:
    """Which records; the newest first."""

    uscc: str | None = None
    before: datetime | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketNews:
    """Where a ticket stands."""

    expires_at: datetime
    expired: bool
    record: Record | None
    """Set as soon as the code was redeemed, accepted or refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What a report of loss did."""

    devices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletVerbs:
    """Bound callables of the wallet's door."""

    admit: Callable[[Ask], Awaitable[Admitted]]
    """Spend a DPoP proof. Raises DpopRefused, DpopOutOfTime, DpopReplayed."""
    call: Callable[[Ask], Awaitable[Caller]]
    """The same, with a token and an active device. Raises WalletTokenRefused and the refusals of the device's state."""
    prove: Callable[[SlipClaim | RealNameClaim, str], Awaitable[Proof]]
    """(claim, thumbprint)."""
    enrol: Callable[[Application], Awaitable[tuple[Enrolled, AccessToken]]]
    token: Callable[[Admitted], Awaitable[tuple[Device, AccessToken]]]
    """A token for lists."""
    unlock: Callable[[Admitted, str], Awaitable[tuple[Device, AccessToken]]]
    """(…, PIN)."""
    require_pin: Callable[[Caller, str], Awaitable[None]]
    """Ask for the PIN again before an act; a wrong one counts."""
    change_pin: Callable[[Caller, str, str], Awaitable[None]]
    """(…, old, new)."""
    reset_pin: Callable[[Admitted, str, str], Awaitable[Device]]
    """(…, proof id, new PIN)."""
    revive: Callable[[Admitted, str], Awaitable[Device]]
    """(…, proof id): a frozen device is active again."""
    devices: Callable[[Caller], Awaitable[Sequence[Device]]]
    revoke_device: Callable[[Caller, str], Awaitable[None]]
    cards: Callable[[Caller], Awaitable[Sequence[Card]]]
    as_of: Callable[[], Awaitable[datetime | None]]
    """As of when the register's data are; None before the first feed."""
    held: Callable[[Caller, str], Awaitable[Held]]
    """Raises NotDownloaded."""
    download: Callable[[Caller, str, str], Awaitable[Downloaded]]
    """(…, USCC, version of the declaration accepted)."""
    show: Callable[[Caller, Wanted], Awaitable[Shown]]
    ticket_state: Callable[[Caller, str], Awaitable[TicketNews]]
    """(…, ticket handle). Raises TicketUnknown."""
    ticket_news: Callable[[Caller, str], AsyncIterator[TicketNews]]
    """The same, at once and again whenever it changes, until the ticket's end."""
    records: Callable[[Caller, RecordQuery], Awaitable[Page[Record]]]
    record: Callable[[Caller, str], Awaitable[Record]]
    """Raises PresentationUnknown."""
    disown: Callable[[Caller, str], Awaitable[Record]]
    """不是我操作: freeze the licence of a record and write it down."""
    freeze_licence: Callable[[Caller, str], Awaitable[None]]
    unfreeze_licence: Callable[[Caller, str, str | None], Awaitable[None]]
    """(…, USCC, proof id). Without a proof only the caller's own freeze is lifted; raises ProofNeeded else."""
    report_loss: Callable[[SlipClaim | RealNameClaim], Awaitable[Loss]]
    """From any browser: freeze the devices of a proved person."""
    real_name: str
    """`none`, `simulated` or `live`: whether a real-name check is offered, and what pages must call it."""
    code_seconds: int
