"""What the relying-party API needs from below, bound by `app`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from zhizhao.catalogue.matter import Matter
from zhizhao.ledger.head import Head
from zhizhao.licence.face import LicenceFace
from zhizhao.mandate.grant import Grant
from zhizhao.onboarding.authenticate import Credentials
from zhizhao.onboarding.client import Client
from zhizhao.presentation.ask import Ask
from zhizhao.presentation.presentation import Presentation
from zhizhao.presentation.redeem import Redeemed
from zhizhao.storage.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """Where an entry stands under a signed head."""

    number: int
    path: tuple[bytes, ...]
    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiVerbs:
    """Bound callables of the API door."""

    client_of: Callable[[str | None], str]
    """`Authorization` header → client id; raises AccessTokenRefused."""
    token: Callable[[Transaction, Credentials], Awaitable[tuple[Client, str]]]
    """Authenticate at the token endpoint; the client and its new access token."""
    redeem: Callable[[Ask], Awaitable[Redeemed]]
    charge: Callable[[str], Awaitable[None]]
    """Charge one call to the client's bucket and check that it is active; for everything but redeem."""
    client: Callable[[Transaction, str], Awaitable[Client]]
    presentation: Callable[[Transaction, str, str], Awaitable[Presentation]]
    """(client id, presentation id); raises PresentationUnknown."""
    of_case: Callable[[Transaction, str, str], Awaitable[Sequence[Presentation]]]
    face: Callable[[Transaction, Presentation], Awaitable[LicenceFace]]
    """The face of the version that was presented."""
    grant: Callable[[Transaction, str], Awaitable[Grant | None]]
    matter: Callable[[Transaction, str], Awaitable[Matter | None]]
    archive: Callable[[str, Presentation], Awaitable[bytes]]
    """(client id, presentation) → the signed archive copy, made once; raises ArchiveRefused."""
    proof: Callable[[Transaction, Presentation], Awaitable[Proved | None]]
    """Inclusion proof of the presentation's ledger entry, None before it is sealed."""
    match: Callable[..., Awaitable[bool]]
    usage: Callable[[Transaction, str], Awaitable[tuple[int, int, int]]]
    """Client id → (year, used, limit)."""
