"""Which addresses an outgoing request may reach (SECURITY.md §3.9). Pure."""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from zhizhao.trust.errors import AddressRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NEVER: Final = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network, RFC 791
        "10.0.0.0/8",
        "100.64.0.0/10",  # CGNAT, RFC 6598; a cloud's metadata at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's host agent on a public number
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.0.2.0/24",
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relay
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved and broadcast
        "::/96",  # unspecified, loopback, IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated, RFC 2765
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",  # discard
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # unique local; metadata of one cloud
        "fe80::/10",
        "fec0::/10",  # old site-local
        "ff00::/8",  # multicast
    )
)
_LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_PRIVATE: Final = tuple(
    ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
"""The only refused ranges that an approval may name."""
_METADATA: Final = (ip_network("100.100.100.200/32"), ip_network("fd00:ec2::254/128"), ip_network("fd20:ce::254/128"))
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PRINTABLE: Final = re.compile(r"[!-~]+")
_LONGEST_URL: Final = 2048
_LONGEST_NAME: Final = 253
_SCHEME_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedNetwork:
    """A private network and port that a client's approval names, because government networks often are private."""

    network: Network
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """Where requests may go beside the public internet's port list."""

    ports: frozenset[int] = frozenset({443})
    named: tuple[NamedNetwork, ...] = ()
    loopback: bool = False
    """This machine, any port, and http too: for demonstrations and tests only (`demo_outbound`)."""
    roots_file: str = field(default="")
    """PEM file of further TLS roots; empty: the system's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL whose form was checked; its addresses are not yet known."""

    scheme: str
    host: str
    """Lower-case name, or an address without brackets."""
    port: int
    path: str
    """Path and query as they go on the wire."""


def parse_target(url: str) -> Target:
    """Return the parts of an absolute URL.

    Checks, in order: (1) printable ASCII, ≤ 2,048; (2) https or http; (3) no user part, no fragment, no backslash;
    (4) the host is a name by RFC 1123, or an address in its one usual form, never a number in another base; (5) a port.
    Raises AddressRefused.
    """
    if len(url) > _LONGEST_URL or not _PRINTABLE.fullmatch(url) or "\\" in url:  # (1) (3)
        raise AddressRefused(reason="characters or length")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as cause:
        raise AddressRefused(reason="not a URL") from cause
    if parts.scheme not in _SCHEME_PORTS:  # (2)
        raise AddressRefused(reason="scheme", scheme=parts.scheme)
    if "@" in parts.netloc or "#" in url:  # (3)
        raise AddressRefused(reason="user part or fragment")
    host = _host((parts.hostname or "").lower(), bracketed=parts.netloc.startswith("["))  # (4)
    if port == 0 or parts.netloc.endswith(":"):  # (5)
        raise AddressRefused(reason="port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=parts.scheme, host=host, port=port or _SCHEME_PORTS[parts.scheme], path=path)


def _host(host: str, *, bracketed: bool) -> str:
    """Return a host that means the same to every resolver."""
    if bracketed or _NUMBER.fullmatch(host.rpartition(".")[2]):  # what ends in a number must be an address
        try:
            address = ip_address(host)
        except ValueError as cause:
            raise AddressRefused(reason="address form", host=host) from cause
        if bracketed != (address.version == 6) or "%" in host:  # noqa: PLR2004 the version's own name
            raise AddressRefused(reason="address form", host=host)
        return str(address)
    if len(host) > _LONGEST_NAME or not _NAME.fullmatch(host):
        raise AddressRefused(reason="host name", host=host)
    return host


def require_allowed(target: Target, addresses: list[str], *, outbound: Outbound) -> list[str]:
    """Return the addresses in one form if **every** one may be reached over this scheme and port.

    Raises AddressRefused.
    """
    if not addresses:
        raise AddressRefused(reason="no address", host=target.host)
    found = [_address(text) for text in addresses]
    for address in found:
        if outbound.loopback and _within(address, _LOOPBACK):
            continue
        if target.scheme != "https":
            raise AddressRefused(reason="scheme", scheme=target.scheme)
        if not _is_public(address) and not _is_named(address, target.port, outbound):
            raise AddressRefused(reason="address", host=target.host, address=str(address))
        if target.port not in outbound.ports and not _is_named(address, target.port, outbound):
            raise AddressRefused(reason="port", port=target.port)
    return [str(address) for address in found]


def _address(text: str) -> Address:
    try:
        address = ip_address(text)
    except ValueError as cause:
        raise AddressRefused(reason="address form", address=text) from cause
    if "%" in text:
        raise AddressRefused(reason="scoped address", address=text)
    return address


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not _within(address, _NEVER)


def _is_named(address: Address, port: int, outbound: Outbound) -> bool:
    """Return whether an approval names this address and port; loopback, link-local and metadata cannot be named."""
    if _within(address, _METADATA) or not (_is_public(address) or _within(address, _PRIVATE)):
        return False
    return any(port == named.port and _within(address, (named.network,)) for named in outbound.named)


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
