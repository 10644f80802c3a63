"""Access tokens of clients: minted at the token endpoint, read on every API call (RFC 9068 shape)."""

import secrets
from datetime import datetime, timedelta

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
        claims = verify_compact(token.strip(), keys=keys, expected_purpose=Purpose.ACCESS, expected_typ=TYPE)
        check_times(claims, now=now)
        check_parties(claims, expected_iss=base_url, expected_aud=api_audience(base_url))
    except TokenRefused as cause:
        raise AccessTokenRefused(reason=str(cause)) from cause
    return str(claims["client_id"])
