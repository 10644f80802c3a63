"""A client: one system of a relying party, with what it may ask (annex 1, fields 9 to 16)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from zhizhao.catalogue.matter import Function, Matter
from zhizhao.onboarding.errors import FieldNotGranted, FunctionNotGranted, MatterNotGranted


class Profile(StrEnum):
    """How a client logs people in, INTERFACES.md §5; a wire format: add, never rename."""

    STANDARD = "standard"
    BASIC = "basic"


class ClientState(StrEnum):
    """Whether a client may act at all."""

    ACTIVE = "active"
    STOPPED = "stopped"


class Authentication(StrEnum):
    """How the client proves itself at the token endpoint; the registered names of RFC 7591."""

    PRIVATE_KEY_JWT = "private_key_jwt"
    CLIENT_SECRET_BASIC = "client_secret_basic"  # noqa: S105 the registered name of a method, no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One approved system."""

    client_id: str
    name: str
    unit: str | None
    """The department whose counters redeem under this client; None for a system of its own."""
    matters: tuple[str, ...]
    functions: frozenset[Function]
    fields: frozenset[str] | None
    """Face fields granted; None: all that the matter allows."""
    redirect_uris: tuple[str, ...]
    profile: Profile
    authentication: Authentication
    secret_hash: bytes | None
    """SHA-256 of a random 256-bit secret; a slow hash guards guessable secrets, and this is none."""
    jwks: Mapping[str, Any] | None
    peak_per_second: int
    """Calls a second, annex 1 field 15; also the bucket's capacity."""
    yearly_quota: int
    """Verifications a calendar year (Asia/Shanghai), annex 1 field 14; whole checks, not 万次."""
    state: ClientState
    revision: int
    """Grows with each change; caches of parsed clients are keyed by it."""


def require_function(client: Client, function: Function) -> None:
    """Check that the client was approved for this use. Raises FunctionNotGranted."""
    if function not in client.functions:
        raise FunctionNotGranted(client_id=client.client_id, function=function)


def require_granted(client: Client, matter: Matter | None, *, code: str, function: Function) -> Matter:
    """Check that the matter is live, granted to the client and open to this use. Raises MatterNotGranted."""
    if matter is None or code not in client.matters or function not in matter.functions:
        raise MatterNotGranted(client_id=client.client_id, matter=code)
    return matter


def field_mask(client: Client, matter: Matter, asked: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the face fields that go out, in the matter's order (SECURITY.md §3.6). Raises FieldNotGranted.

    Absent `asked` means everything granted; an unknown or ungranted name is refused, never dropped in silence.
    """
    granted = [f for f in matter.fields if client.fields is None or f in client.fields]
    if asked is None:
        return tuple(granted)
    for field in asked:
        if field not in granted:
            raise FieldNotGranted(client_id=client.client_id, matter=matter.code, field=field)
    return tuple(f for f in granted if f in asked)
