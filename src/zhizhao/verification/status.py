"""Ask the issuer how a licence stands now: its Token Status List, or whether a key is still published.

IETF Token Status List §8.3: (1) the list is fetched; (2) its token is signed by a key held for status lists, says
`statuslist+jwt`, is the list that was named and within its time; (3) the entry is read. Any failure is *unknown* with
its reason, never *valid*.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from zhizhao.licence.status_list import BITS, TYP, read_entry
from zhizhao.trust.base64url import unb64url
from zhizhao.trust.errors import AddressRefused, FetchFailed, TokenRefused
from zhizhao.trust.foreign_jws import verify_with_key
from zhizhao.trust.jws import LONGEST_CREDENTIAL, take_apart
from zhizhao.trust.keys import Purpose
from zhizhao.trust.token_claims import check_times
from zhizhao.verification.anchors import TrustAnchors, read_anchors
from zhizhao.verification.errors import AnchorsRefused, Fault
from zhizhao.verification.find_anchors import JWKS, OK, Fetch
from zhizhao.verification.finding import Standing, Status, status_unknown

STANDINGS: Final = {0: Standing.VALID, 1: Standing.INVALID, 2: Standing.SUSPENDED, 3: Standing.CHANGED}
"""The 2-bit values of INTERFACES.md §3."""
LARGEST_LIST: Final = 16 * 1024 * 1024
LEEWAY: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a credential says that its status stands."""

    uri: str
    index: int


class StatusSource(Protocol):
    """Somebody who can say how things stand now."""

    async def of_place(self, place: Place) -> Status:
        """Return the standing of one entry; unknown when it cannot be had."""

    async def of_key(self, kid: str) -> Status:
        """Return whether a signing key is still published; unknown when that cannot be had."""


class NoStatus:
    """Nobody to ask; every answer is unknown."""

    def __init__(self, because: str) -> None:
        self._because = because

    async def of_place(self, place: Place) -> Status:
        """Return unknown."""
        return status_unknown(self._because, list=place.uri)

    async def of_key(self, kid: str) -> Status:
        """Return unknown."""
        return status_unknown(self._because, kid=kid)


class ServerStatus:
    """Asks one server, named by the person who checks; the file itself can send us nowhere."""

    def __init__(self, server: str, *, trust: TrustAnchors, fetch: Fetch, now: datetime) -> None:
        self._server = server.rstrip("/")
        self._trust = trust
        self._fetch = fetch
        self._now = now

    async def of_place(self, place: Place) -> Status:
        """Return the standing of one entry of the list, fetched from our server under the list's own path."""
        try:
            token = await self._get(self._server + urlsplit(place.uri).path)
            claims = read_list(token, uri=place.uri, trust=self._trust, now=self._now)
            code = _entry(claims, place.index)
        except Fault as fault:
            return status_unknown(fault.because, server=self._server, list=place.uri)
        return Status(
            standing=STANDINGS[code],
            because=f"list-{STANDINGS[code]}",
            as_of=datetime.fromtimestamp(claims["iat"], UTC),
            facts={"list": place.uri, "index": place.index},
        )

    async def of_key(self, kid: str) -> Status:
        """Return whether the server still publishes the key; a withdrawn key makes its receipts invalid."""
        try:
            published = read_anchors((await self._get(self._server + JWKS)).encode(), source=self._server)
        except (Fault, AnchorsRefused):
            return status_unknown("server-silent", server=self._server, kid=kid)
        standing = Standing.VALID if kid in published.keys else Standing.INVALID
        because = "key-published" if kid in published.keys else "key-withdrawn"
        return Status(standing=standing, because=because, as_of=self._now, facts={"kid": kid, "server": self._server})

    async def _get(self, url: str) -> str:
        try:
            answer = await self._fetch(url)
        except (FetchFailed, AddressRefused) as cause:
            raise Fault(because="server-silent", url=url) from cause
        if answer.status != OK:
            raise Fault(because="server-silent", url=url, status=answer.status)
        return answer.body.decode("ascii", errors="replace").strip()


def read_list(token: str, *, uri: str, trust: TrustAnchors, now: datetime) -> Mapping[str, Any]:
    """Return the claims of a signed status list. Raises Fault."""
    try:
        kid = take_apart(token, longest=LONGEST_CREDENTIAL).header.kid or ""
        key = trust.key_for(kid, Purpose.STATUS_LIST)
        if key is None:
            raise Fault(because="list-untrusted", kid=kid)
        claims = verify_with_key(token, key, expected_typ=TYP, longest=LONGEST_CREDENTIAL)
        check_times(claims, now=now, leeway=LEEWAY)
    except TokenRefused as cause:
        raise Fault(because="list-refused", reason=cause.code) from cause
    if claims.get("sub") != uri:
        raise Fault(because="list-refused", reason="another list")
    return claims


def _entry(claims: Mapping[str, Any], index: int) -> int:
    try:
        listed = claims["status_list"]
        if listed["bits"] != BITS:
            raise Fault(because="list-refused", reason="bits")
        inflater = zlib.decompressobj()
        packed = inflater.decompress(unb64url(listed["lst"].encode()), LARGEST_LIST)
        return read_entry(packed, index)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, zlib.error) as cause:
        raise Fault(because="list-refused", reason="entry") from cause
