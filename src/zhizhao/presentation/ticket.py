"""A ticket: what stands behind a presentation code (出示码) until it is redeemed."""

from dataclasses import dataclass
from datetime import datetime

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket just given out; the only moment at which the code is known in clear."""

    code: str
    """24 digits; never stored, never logged."""
    code_mac: bytes
    uscc: str
    issued_at: datetime
    expires_at: datetime
    """UTC, by the store's clock."""


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that this transaction spent."""

    code_mac: bytes
    uscc: str
    person_id: str
    device_id: str
    role: str
    mandate_id: str | None
    presenter_name: str
    """Masked when the ticket was made: family name and an asterisk."""
    spent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketState:
    """What the phone may know about its own ticket."""

    expires_at: datetime
    presentation_id: str | None
    """Set as soon as the code was redeemed."""
