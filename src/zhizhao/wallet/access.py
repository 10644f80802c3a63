"""Access tokens of the wallet: JWTs bound to the device's key (RFC 9068, RFC 9449 §6), in two levels.

Wire format: `typ` `at+jwt`, claims `iss`, `aud` `{base}/wallet/api`, `sub` device id, `scope` a level of AccessLevel,
`cnf.jkt`, `iat`, `exp`, `jti`. Clients treat it as opaque. A token says who unlocked and until when, never that the
device still stands: that is read from the store at each use.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zhizhao.trust.errors import TokenRefused
from zhizhao.trust.jws import sign_compact, verify_compact
from zhizhao.trust.keys import KeyProvider, Purpose
from zhizhao.trust.token_claims import check_parties, check_times
from zhizhao.wallet.device import Device, Standing, require_active
from zhizhao.wallet.errors import DeviceUnknown, UnlockNeeded, WalletTokenRefused
from zhizhao.wallet.person import Person

TYP = "at+jwt"
DEVICE_SECONDS = 3600
"""Life of a token that only lists."""
NO_LEEWAY = timedelta(0)


class AccessLevel(StrEnum):
    """What a token opens; a wire format (`scope`)."""

    DEVICE = "device"
    """Lists, records, devices, freezing: what the phone may do while it is locked."""
    UNLOCKED = "unlocked"
    """Download and show: got with the PIN, for `settings.unlock_seconds`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A token just issued."""

    token: str
    level: AccessLevel
    expires_in: int
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a good token says."""

    device_id: str
    thumbprint: str
    level: AccessLevel


def audience(issuer: str) -> str:
    """Return the audience of wallet tokens of an installation."""
    return f"{issuer}/wallet/api"


def issue_token(
    keys: KeyProvider, device: Device, *, level: AccessLevel, seconds: int, issuer: str, now: datetime
) -> AccessToken:
    """Return a token for the device, bound to its key."""
    at = int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": audience(issuer),
        "sub": device.device_id,
        "scope": level.value,
        "cnf": {"jkt": device.thumbprint},
        "iat": at,
        "exp": at + seconds,
        "jti": secrets.token_urlsafe(12),
    }
    return AccessToken(token=sign_compact(keys, Purpose.ACCESS, claims, typ=TYP), level=level, expires_in=seconds)


def read_token(token: str, *, keys: KeyProvider, issuer: str, now: datetime, expected_thumbprint: str) -> Access:
    """Return what a token says.

    Checks, in order: (1) our signature and kind; (2) its time, without leeway; (3) issuer and audience; (4) it is bound
    to the key that signed the request's DPoP proof. Raises WalletTokenRefused.
    """
    try:
        claims = verify_compact(token, keys=keys, expected_purpose=Purpose.ACCESS, expected_typ=TYP)  # (1)
        check_times(claims, now=now, leeway=NO_LEEWAY)  # (2)
        check_parties(claims, expected_iss=issuer, expected_aud=audience(issuer))  # (3)
    except TokenRefused as cause:
        raise WalletTokenRefused(refused=cause.code, **cause.facts) from cause
    bound = claims.get("cnf")
    if not isinstance(bound, dict) or bound.get("jkt") != expected_thumbprint:  # (4)
        raise WalletTokenRefused(reason="bound to another key")
    return Access(device_id=claims["sub"], thumbprint=expected_thumbprint, level=AccessLevel(claims["scope"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An active device that sent this request, its owner, and what its token opens."""

    device: Device
    person: Person
    level: AccessLevel


def make_caller(standing: Standing | None, access: Access) -> Caller:
    """Return the caller of a request whose proof and token were good.

    Raises DeviceUnknown, and the refusals of `require_active` for a device that is frozen or whose life is over.
    """
    if standing is None or standing.device.device_id != access.device_id:
        raise DeviceUnknown(device=access.device_id)
    return Caller(device=require_active(standing.device), person=standing.person, level=access.level)


def require_unlocked(caller: Caller) -> Caller:
    """Return the caller if the PIN was given for this token. Raises UnlockNeeded."""
    if caller.level is not AccessLevel.UNLOCKED:
        raise UnlockNeeded(device=caller.device.device_id)
    return caller
