"""Authenticate a client: `private_key_jwt` (RFC 7523) or `client_secret_basic` (RFC 6749 §2.3.1)."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from zhizhao.onboarding.add_client import hash_client_secret
from zhizhao.onboarding.client import Authentication, Client, ClientState
from zhizhao.onboarding.errors import ClientUnknown
from zhizhao.storage.database import Transaction
from zhizhao.trust.errors import TokenRefused
from zhizhao.trust.foreign_jws import verify_client_assertion
from zhizhao.trust.jws import claims_of, take_apart

if TYPE_CHECKING:
    from zhizhao.onboarding.store import ClientStore

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_ID = 64
NOBODY = hash_client_secret("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What came with the request: one way only, RFC 6749 §2.3."""

    authorization: str | None = None
    """The `Authorization` header, for `client_secret_basic`."""
    client_id: str | None = None
    posted_secret: str | None = None
    """`client_secret_post`: approved for nobody, because bodies end up in logs."""
    assertion_type: str | None = None
    assertion: str | None = None


async def authenticate(
    connection: Transaction,
    credentials: Credentials,
    *,
    audiences: frozenset[str],
    now: datetime,
    store: "ClientStore",
) -> Client:
    """Return the active client whose credentials these are. Raises ClientUnknown, whatever was wrong.

    (1) one way only; (2) the client exists, is active and was approved for this way; (3) secret or assertion;
    (4) an assertion id is used once.
    """
    if credentials.posted_secret is not None:
        raise ClientUnknown(reason="secret in the body")  # (1)
    if credentials.assertion is not None:
        if credentials.authorization is not None or credentials.assertion_type != ASSERTION_TYPE:  # (1)
            raise ClientUnknown(reason="two ways or an unknown assertion type")
        return await _by_assertion(connection, credentials, audiences=audiences, now=now, store=store)
    if credentials.authorization is None:
        raise ClientUnknown(reason="no credentials")
    client_id, secret = read_basic(credentials.authorization)
    if credentials.client_id not in {None, client_id}:
        raise ClientUnknown(client_id=client_id, reason="another client in the body")  # (1)
    client = await store.get(connection, client_id) if len(client_id) <= LONGEST_ID else None
    known = client.secret_hash if client and client.secret_hash else NOBODY
    same = hmac.compare_digest(known, hash_client_secret(secret))  # (3) the same work for an unknown client
    if client is None or not same or not secret:
        raise ClientUnknown(client_id=client_id, reason="secret")
    return _usable(client, Authentication.CLIENT_SECRET_BASIC)


async def _by_assertion(
    connection: Transaction,
    credentials: Credentials,
    *,
    audiences: frozenset[str],
    now: datetime,
    store: "ClientStore",
) -> Client:
    client_id = credentials.client_id or _issuer_of(credentials.assertion or "")
    client = await store.get(connection, client_id) if len(client_id) <= LONGEST_ID else None
    if client is None or client.jwks is None:
        raise ClientUnknown(client_id=client_id, reason="absent or without keys")
    try:
        claims = verify_client_assertion(
            credentials.assertion or "", client.jwks, expected_client=client_id, expected_aud=audiences, now=now
        )
    except TokenRefused as cause:
        raise ClientUnknown(client_id=client_id, reason=str(cause)) from cause
    usable = _usable(client, Authentication.PRIVATE_KEY_JWT)
    expires_at = datetime.fromtimestamp(claims["exp"], UTC)
    fresh = await store.use_assertion(connection, client_id=client_id, jti=claims["jti"], expires_at=expires_at)
    if not fresh:  # (4)
        raise ClientUnknown(client_id=client_id, reason="assertion replayed")
    return usable


def _issuer_of(assertion: str) -> str:
    """Return whom an assertion says it is from, to look its keys up; believed only after its signature."""
    try:
        return str(claims_of(take_apart(assertion)).get("iss", ""))
    except TokenRefused as cause:
        raise ClientUnknown(reason=str(cause)) from cause


def _usable(client: Client, way: Authentication) -> Client:
    if client.state is not ClientState.ACTIVE or client.authentication is not way:  # (2)
        raise ClientUnknown(client_id=client.client_id, reason=f"{client.state}, approved for {client.authentication}")
    return client


def read_basic(header: str) -> tuple[str, str]:
    """Return client id and secret of a Basic header, form-decoded (RFC 6749 §2.3.1). Raises ClientUnknown."""
    scheme, _, encoded = header.partition(" ")
    try:
        user, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError) as cause:
        raise ClientUnknown(reason="basic header") from cause
    if scheme.lower() != "basic" or not colon:
        raise ClientUnknown(reason="basic header")
    return unquote_plus(user), unquote_plus(secret)
