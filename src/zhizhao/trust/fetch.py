"""The one way out to the network (SECURITY.md §3.9): no other code of ours makes an HTTP request.

Plan of one request: (1) the URL's form; (2) its name is resolved once; (3) every address is checked; (4) the
connection goes to a checked address with the original name in SNI, certificate check and Host; (5) no redirect, no
cookie, no proxy of the environment; (6) two seconds and 64 KiB in all. The body is never echoed to a user.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import httpcore

from zhizhao.trust.address import Outbound, Target, parse_target, require_allowed
from zhizhao.trust.errors import AddressRefused, DemoOnly, FetchFailed

LONGEST_SECONDS: Final = 2.0
LARGEST_BODY: Final = 64 * 1024
MOST_ADDRESSES: Final = 8
_AGENT: Final = "zhizhao"
_REDIRECTS: Final = range(300, 400)

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""Returns every address of a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer, whole."""

    status: int
    content_type: str
    body: bytes


class _Pinned(httpcore.AsyncNetworkBackend):
    """Connects to the checked addresses, whatever name it is asked for."""

    def __init__(self, addresses: list[str]) -> None:
        self._addresses = addresses
        self._backend = httpcore.AnyIOBackend()
        self._opened: list[httpcore.AsyncNetworkStream] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 the library's own signature; our deadline is around the call
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first checked address that answers."""
        del host, local_address
        for address in self._addresses[:-1]:
            try:
                return await self._connect(address, port, timeout, socket_options)
            except httpcore.NetworkError:
                continue
        return await self._connect(self._addresses[-1], port, timeout, socket_options)

    async def _connect(
        self, address: str, port: int, seconds: float | None, options: Iterable[Any] | None
    ) -> httpcore.AsyncNetworkStream:
        return self._noted(await self._backend.connect_tcp(address, port, seconds, None, options))

    def _noted(self, stream: httpcore.AsyncNetworkStream) -> httpcore.AsyncNetworkStream:
        self._opened.append(stream)
        return stream

    async def close(self) -> None:
        """Close what was opened: the library forgets a connection that is cancelled during the TLS handshake."""
        for stream in self._opened:
            await stream.aclose()


def demo_outbound(*, demo: bool, ports: frozenset[int] = frozenset({443}), roots_file: str = "") -> Outbound:
    """Return rules that let requests reach this machine, for demonstrations and tests. Raises DemoOnly."""
    if not demo:
        raise DemoOnly(stand_in="loopback requests")
    return Outbound(ports=ports, loopback=True, roots_file=roots_file)


async def resolve(host: str, port: int) -> list[str]:
    """Return every address of a name, by the system's resolver. Raises FetchFailed."""
    try:
        infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as cause:
        raise FetchFailed(reason="name", host=host) from cause
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


async def fetch(
    url: str,
    *,
    outbound: Outbound,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    resolver: Resolver = resolve,
) -> Fetched:
    """Make one request and return the whole answer, whatever its status except a redirect.

    Raises AddressRefused before anything is connected, FetchFailed afterwards.
    """
    target = parse_target(url)  # (1)
    try:
        async with asyncio.timeout(LONGEST_SECONDS):  # (6)
            found = await resolver(target.host, target.port)  # (2)
            if len(found) > MOST_ADDRESSES:
                raise AddressRefused(reason="too many addresses", host=target.host)
            addresses = require_allowed(target, found, outbound=outbound)  # (3)
            return await _request(target, addresses, outbound=outbound, method=method, headers=headers or {}, body=body)
    except TimeoutError as cause:
        raise FetchFailed(reason="too slow", host=target.host) from cause
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as cause:
        raise FetchFailed(reason="connection", host=target.host, cause=type(cause).__name__) from cause


async def _request(
    target: Target,
    addresses: list[str],
    *,
    outbound: Outbound,
    method: str,
    headers: Mapping[str, str],
    body: bytes,
) -> Fetched:
    """Send the request to a checked address and read the answer, bounded."""
    sent = {"Host": _authority(target), "User-Agent": _AGENT, "Accept-Encoding": "identity", **headers}
    if body:
        sent["Content-Length"] = str(len(body))
    where = httpcore.URL(
        scheme=target.scheme.encode(),
        host=target.host.encode(),
        port=target.port,
        target=target.path.encode(),
    )
    pinned = _Pinned(addresses)
    try:
        async with (
            httpcore.AsyncConnectionPool(ssl_context=_tls(outbound.roots_file), network_backend=pinned) as pool,
            pool.stream(method, where, headers=_ascii(sent), content=body or None) as answer,  # (4) (5)
        ):
            return await _read(answer, target)
    finally:
        await pinned.close()


def _ascii(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    try:
        return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
    except UnicodeEncodeError as cause:
        raise FetchFailed(reason="header") from cause


async def _read(answer: httpcore.Response, target: Target) -> Fetched:
    """Return the answer if it is no redirect, is not packed and is small enough."""
    named = {name.lower(): value for name, value in answer.headers}
    if answer.status in _REDIRECTS:
        raise FetchFailed(reason="redirect", host=target.host, status=answer.status)
    if named.get(b"content-encoding", b"identity") != b"identity":
        raise FetchFailed(reason="packed body", host=target.host)
    read = bytearray()
    async for part in answer.aiter_stream():
        read += part
        if len(read) > LARGEST_BODY:
            raise FetchFailed(reason="too long", host=target.host)
    return Fetched(
        status=answer.status, content_type=named.get(b"content-type", b"").decode("latin-1"), body=bytes(read)
    )


def _authority(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == {"https": 443, "http": 80}[target.scheme] else f"{host}:{target.port}"


@lru_cache(maxsize=8)
def _tls(roots_file: str) -> ssl.SSLContext:
    """Return a context that checks certificate and name; built once, because reading the roots costs 10 ms."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if roots_file:
        context.load_verify_locations(roots_file)
    return context
