"""Access tokens of clients: minted at the token endpoint, read on every API call (RFC 9068 shape)."""

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from zhizhao.onboarding.client import Client
from zhizhao.onboarding.errors import AccessTokenRefused
from zhizhao.trust.errors import TokenRefused
from zhizhao.trust.jws import sign_compact, verify_compact
from zhizhao.trust.keys import KeyProvider, Purpose
from zhizhao.trust.token_claims import check_parties, check_times

TYPE = "at+jwt"
LIFE = timedelta(minutes=10)


def api_audience(base_url: str) -> str:
    """Return the audience of API tokens."""
    return f"{base_url}/api/v1"


def mint_access_token(client: Client, *, base_url: str, keys: KeyProvider, now: datetime) -> str:
    """Return an access token of ten minutes for the relying-party API."""
    claims = {
        "iss": base_url,
        "sub": client.client_id,
        "client_id": client.client_id,
        "aud": api_audience(base_url),
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "jti": secrets.token_urlsafe(12),
        "scope": " ".join(sorted(client.functions)),
    }
    return sign_compact(keys, Purpose.ACCESS, claims, typ=TYPE)


def read_access_token(authorization: str | None, *, base_url: str, keys: KeyProvider, now: datetime) -> str:
    """Return the client id of a Bearer header; whether it still is active is asked later. Raises AccessTokenRefused."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise AccessTokenRefused(reason="no bearer token")
    try:
        claims = _genuine(keys, token.strip(), base_url=base_url)
        check_times(claims, now=now)
    except TokenRefused as cause:
        raise AccessTokenRefused(reason=str(cause)) from cause
    return str(claims["client_id"])


_SEEN: "OrderedDict[tuple[str, int, str], Mapping[str, Any]]" = OrderedDict()
MOST_SEEN = 4096
"""Tokens remembered; each is at most 8 KiB and lives ten minutes."""


def _genuine(keys: KeyProvider, token: str, *, base_url: str) -> Mapping[str, Any]:
    """Return the claims of a token that we signed for our API; its bytes are looked at once per key epoch.

    What is remembered is that these bytes are ours, never that they are still good: times and the client's state are
    asked every time (PERFORMANCE.md §3.4). Raises TokenRefused.
    """
    key = (token, keys.epoch, base_url)
    claims = _SEEN.get(key)
    if claims is None:
        claims = verify_compact(token, keys=keys, expected_purpose=Purpose.ACCESS, expected_typ=TYPE)
        check_parties(claims, expected_iss=base_url, expected_aud=api_audience(base_url))
        _SEEN[key] = claims
        if len(_SEEN) > MOST_SEEN:
            _SEEN.popitem(last=False)
    return claims
