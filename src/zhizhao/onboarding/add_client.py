"""Add a client by an operator's command; the application form with its desks comes with its own work order."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from zhizhao.catalogue.matter import Function
from zhizhao.kernel.actor import Actor
from zhizhao.kernel.clock import Clock, today
from zhizhao.kernel.ids import public_id
from zhizhao.kernel.text import clean_name
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.onboarding.client import Authentication, Client, ClientState, Profile
from zhizhao.onboarding.errors import ClientMalformed
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.catalogue.store import CatalogueStore
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.onboarding.store import ClientStore

LONGEST_NAME = 100
SECRET_BYTES = 32
LARGEST_PEAK = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """A client and its secret, which is shown once and never kept."""

    client: Client
    secret: str | None


def hash_client_secret(secret: str) -> bytes:
    """Return SHA-256 of a random client secret."""
    return hashlib.sha256(secret.encode()).digest()


async def add_client(
    connection: Transaction,
    name: str,
    *,
    matters: Iterable[str],
    functions: Iterable[Function],
    unit: str | None = None,
    fields: Iterable[str] | None = None,
    redirect_uris: Iterable[str] = (),
    profile: Profile = Profile.STANDARD,
    jwks: Mapping[str, Any] | None = None,
    peak_per_second: int = 50,
    yearly_quota: int = 1_000_000,
    store: "ClientStore",
    catalogue: "CatalogueStore",
    ledger: "LedgerStore",
    clock: Clock,
    actor: Actor,
) -> NewClient:
    """Add an active client; without `jwks` it gets a random secret. Raises ClientMalformed, TextRefused."""
    codes, uses, uris = tuple(dict.fromkeys(matters)), frozenset(functions), tuple(dict.fromkeys(redirect_uris))
    _require(peak_per_second, yearly_quota, codes=codes, functions=uses, redirect_uris=uris)
    granted = None if fields is None else frozenset(fields)
    await _require_given(connection, codes, fields=granted or frozenset(), catalogue=catalogue)
    secret = None if jwks else secrets.token_urlsafe(SECRET_BYTES)
    client = Client(
        client_id=public_id("cli"),
        name=clean_name(name, longest=LONGEST_NAME),
        unit=unit,
        matters=codes,
        functions=uses,
        fields=granted,
        redirect_uris=uris,
        profile=profile,
        authentication=Authentication.CLIENT_SECRET_BASIC if secret else Authentication.PRIVATE_KEY_JWT,
        secret_hash=hash_client_secret(secret) if secret else None,
        jwks=jwks,
        peak_per_second=peak_per_second,
        yearly_quota=yearly_quota,
        state=ClientState.ACTIVE,
        revision=1,
    )
    now = clock.now()
    await store.add(connection, client, at=now, year=today(now).year)
    facts = {"matters": list(codes), "functions": sorted(client.functions), "peak": peak_per_second}
    entry = new_entry(clock, act=Act.OPERATOR_CLIENT_OPENED, actor=actor, object_id=client.client_id, facts=facts)
    await ledger.append(connection, entry)
    return NewClient(client=client, secret=secret)


async def _require_given(
    connection: Transaction, codes: tuple[str, ...], *, fields: frozenset[str], catalogue: "CatalogueStore"
) -> None:
    """Check that the matters are there and give the fields. Raises ClientMalformed."""
    known: set[str] = set()
    for code in codes:
        matter = await catalogue.matter(connection, code)
        if matter is None:
            raise ClientMalformed(field="matter", value=code)
        known.update(matter.fields)
    for field in sorted(fields - known):
        raise ClientMalformed(field="field", value=field, reason="none of the matters gives it")


def _require(
    peak: int, quota: int, *, codes: tuple[str, ...], functions: frozenset[Function], redirect_uris: tuple[str, ...]
) -> None:
    """Check what an operator typed. Raises ClientMalformed with the field."""
    wrong = {
        "peak": not 1 <= peak <= LARGEST_PEAK,
        "quota": quota < 1,
        "matter": not codes,
        "function": not functions,
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise ClientMalformed(field=field)
    for uri in redirect_uris:
        require_redirect_uri(uri)


def require_redirect_uri(uri: str) -> None:
    """Check a redirect address: absolute, https (http on loopback only), no fragment, no wildcard (RFC 9700 §4.1)."""
    parts = urlsplit(uri)
    loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    good = parts.scheme == "https" or (parts.scheme == "http" and loopback)
    if not good or not parts.hostname or parts.fragment or "*" in uri or parts.username:
        raise ClientMalformed(field="redirect_uri", value=uri)
