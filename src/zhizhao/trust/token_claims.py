"""The claims every verifier of a token asks again, cached signature or not (RFC 8725 §3.8-3.10). Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from zhizhao.trust.errors import TokenClaimRefused, TokenOutOfTime

LEEWAY: Final = timedelta(seconds=60)
LAST_SECOND: Final = 253_402_300_799  # 9999-12-31T23:59:59Z


def check_times(claims: Mapping[str, Any], *, now: datetime, leeway: timedelta = LEEWAY) -> None:
    """Return if the token is within its time.

    `exp` and `iat` are required, `nbf` is honoured; `iat` may be ahead of us by no more than the leeway. The leeway
    is for tokens of others; ours are checked with `leeway=timedelta(0)` against the same clock. Raises TokenOutOfTime.
    """
    moment = now.timestamp()
    slack = leeway.total_seconds()
    if moment - slack >= numeric_date(claims, "exp"):
        raise TokenOutOfTime(claim="exp")
    if numeric_date(claims, "iat") > moment + slack:
        raise TokenOutOfTime(claim="iat")
    if "nbf" in claims and numeric_date(claims, "nbf") > moment + slack:
        raise TokenOutOfTime(claim="nbf")


def numeric_date(claims: Mapping[str, Any], name: str) -> float:
    """Return a NumericDate claim in seconds (RFC 7519 §2). Raises TokenOutOfTime."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LAST_SECOND:
        raise TokenOutOfTime(claim=name, value=value)
    return value


def check_parties(claims: Mapping[str, Any], *, expected_iss: str, expected_aud: str | frozenset[str]) -> None:
    """Return if the token is from this issuer, for us, and about somebody. Raises TokenClaimRefused.

    `aud` may be a text or a list; one of the expected audiences must be in it.
    """
    if claims.get("iss") != expected_iss:
        raise TokenClaimRefused(claim="iss", value=claims.get("iss"))
    wanted = {expected_aud} if isinstance(expected_aud, str) else expected_aud
    given = claims.get("aud")
    audiences = given if isinstance(given, list) else [given]
    if not any(isinstance(one, str) and one in wanted for one in audiences):
        raise TokenClaimRefused(claim="aud", value=given)
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise TokenClaimRefused(claim="sub", value=claims.get("sub"))
