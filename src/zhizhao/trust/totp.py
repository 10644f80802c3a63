"""Time-based one-time passwords for officials (RFC 6238 over RFC 4226): SHA-1, six digits, 30 seconds."""

import base64
import binascii
import hmac
import secrets
from datetime import datetime
from typing import Final
from urllib.parse import quote

from zhizhao.kernel.clock import to_micros
from zhizhao.trust.errors import TotpRefused

STEP_SECONDS: Final = 30
DIGITS: Final = 6
SECRET_BYTES: Final = 20  # RFC 4226 §4 R6: 160 bits recommended
DRIFT_STEPS: Final = 1
"""Steps before and after now that are accepted (RFC 6238 §5.2)."""


def new_totp_secret() -> str:
    """Return a fresh secret in base32, 32 characters."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def provisioning_uri(secret: str, *, issuer: str, account: str) -> str:
    """Return the `otpauth` URI that authenticator apps read from a QR."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer, safe='')}&algorithm=SHA1&digits=6&period=30"


def hotp(secret: str, step: int) -> str:
    """Return the six digits of one step (RFC 4226 §5.3). Raises TotpRefused for a secret that is no base32."""
    try:
        key = base64.b32decode(secret)
    except binascii.Error as cause:
        raise TotpRefused(reason="secret") from cause
    mac = hmac.digest(key, step.to_bytes(8, "big"), "sha1")  # the RFC's only algorithm that every app knows
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def verify_totp(secret: str, number: str, *, at: datetime, used_step: int = 0) -> int:
    """Return the accepted step; the caller stores it and accepts no lower or equal one again (RFC 6238 §5.2).

    A number of a step up to `used_step` is refused like a wrong one. Raises TotpRefused.
    """
    if len(number) != DIGITS or not (number.isascii() and number.isdigit()):
        raise TotpRefused(reason="form")
    now = to_micros(at) // 1_000_000 // STEP_SECONDS
    accepted = 0
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if hmac.compare_digest(hotp(secret, step), number):
            accepted = step
    if accepted == 0:
        raise TotpRefused(reason="number")
    if accepted <= used_step:
        raise TotpRefused(reason="replay", step=accepted)
    return accepted
