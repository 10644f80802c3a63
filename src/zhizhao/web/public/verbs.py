"""What the public door needs from below, bound by `app`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


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
    """Second line: one-time number secret, ID number, company."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayItem:
    """One fact of a displayed face."""

    label: str
    text: str
    wide: bool = False
    """Takes the whole width: address, scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """What a display page shows: what the registrar publishes, as of a moment."""

    name: str
    uscc: str
    items: tuple[DisplayItem, ...]
    registrar: str
    approved_on: str
    entity_status: str
    """`active` …, INTERFACES.md §3."""
    marks: tuple[str, ...]
    licence_status: str
    """`valid`, `changed`, `suspended`, `withdrawn`."""
    as_of: datetime
    """When the register's data are from."""
    checked_at: datetime
    """When the status was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicVerbs:
    """Bound callables of the public door."""

    display: Callable[[str], Awaitable[Display]]
    """Finds what a display id shows; raises LicenceUnknown."""
    check_file: Callable[[bytes], Awaitable[Any]]
    """Checks a file that somebody holds; a `verification` finding. Nothing is kept."""
    demo_accounts: Callable[[], Awaitable[Sequence[DemoAccount]]]
    """Accounts of a demonstration; empty otherwise."""
