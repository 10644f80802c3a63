"""A registered passkey: the public half of a key that only the person's device can use (WebAuthn level 2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CHALLENGE_LIFE = timedelta(minutes=5)
CHALLENGE_BYTES = 32


class Ceremony(StrEnum):
    """What a challenge was given out for; one made for the one never serves the other."""

    REGISTER = "register"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One key of one account."""

    credential_id: bytes
    account_id: str
    public_key: bytes
    """COSE key as the authenticator gave it."""
    sign_count: int
    label: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class RelyingPartySite:
    """Where a passkey belongs: the installation's host name and exact origin."""

    rp_id: str
    origin: str
    name: str
