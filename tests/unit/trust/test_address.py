"""Which addresses may be reached, without any network."""

from ipaddress import ip_network
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizhao.trust.address import NamedNetwork, Outbound, Target, parse_target, require_allowed
from zhizhao.trust.errors import AddressRefused

PUBLIC = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946")
TARGET = Target(scheme="https", host="rp.example", port=443, path="/")
NAMED = Outbound(named=(NamedNetwork(network=ip_network("10.7.0.0/16"), port=8443),))


def at(port: int = 443, scheme: str = "https") -> Target:
    """Return a target with another port or scheme."""
    return Target(scheme=scheme, host="rp.example", port=port, path="/")


class TestTarget:
    """The form of a URL."""

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("https://rp.example", ("https", "rp.example", 443, "/")),
            ("HTTPS://RP.Example:443/a/b?c=d&e", ("https", "rp.example", 443, "/a/b?c=d&e")),
            ("https://xn--fiqs8s.example:8443/", ("https", "xn--fiqs8s.example", 8443, "/")),
            ("https://93.184.216.34/x", ("https", "93.184.216.34", 443, "/x")),
            ("https://[2606:2800:220:1::1]/", ("https", "2606:2800:220:1::1", 443, "/")),
            ("http://localhost:9/cb", ("http", "localhost", 9, "/cb")),
            ("https://a_b.example/", ("https", "a_b.example", 443, "/")),
        ],
    )
    def test_read(self, url: str, expected: tuple[str, str, int, str]) -> None:
        """Scheme, host, port, path."""
        target = parse_target(url)
        assert (target.scheme, target.host, target.port, target.path) == expected

    @settings(max_examples=1000)
    @given(st.text(max_size=60).map(lambda text: f"https://{text}") | st.text(max_size=60))
    def test_anything(self, url: str) -> None:
        """Read or refused by name, never another error."""
        try:
            target = parse_target(url)
        except AddressRefused:
            return
        assert target.host

    def test_long(self) -> None:
        """2,048 characters, 253 of a name, 63 of a label."""
        for url in (f"https://a/{'x' * 2038}", f"https://{'a' * 63}.example/", f"https://{'a.' * 123}example/"):
            assert parse_target(url)
        for url in (f"https://a/{'x' * 2048}", f"https://{'a' * 64}.example/", f"https://{'a.' * 130}example/"):
            with pytest.raises(AddressRefused):
                parse_target(url)


class TestAllowed:
    """Every address is checked."""

    @pytest.mark.parametrize("address", PUBLIC)
    def test_public(self, address: str) -> None:
        """The public internet on the usual port."""
        assert require_allowed(TARGET, [address], outbound=Outbound()) == [address]

    @pytest.mark.parametrize(("port", "scheme"), [(80, "https"), (8443, "https"), (443, "http"), (80, "http")])
    def test_port_and_scheme(self, port: int, scheme: str) -> None:
        """Another port or plain http is refused; a listed port is fine."""
        with pytest.raises(AddressRefused):
            require_allowed(at(port, scheme), list(PUBLIC), outbound=Outbound())
        listed = Outbound(ports=frozenset({port}))
        if scheme == "https":
            require_allowed(at(port, scheme), list(PUBLIC), outbound=listed)

    @pytest.mark.parametrize("bad", ["10.0.0.1", "127.0.0.1", "::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
    def test_one_bad_address_spoils_all(self, bad: str) -> None:
        """A name that also points inside is refused, whatever stands first."""
        for addresses in ([*PUBLIC, bad], [bad, *PUBLIC]):
            with pytest.raises(AddressRefused):
                require_allowed(TARGET, addresses, outbound=Outbound())

    @pytest.mark.parametrize("addresses", [[], ["x"], ["127.1"], ["fe80::1%eth0"], ["2606:2800::1%1"], ["0x7f000001"]])
    def test_no_address(self, addresses: list[str]) -> None:
        """None, not in the one usual form, or with a scope."""
        with pytest.raises(AddressRefused):
            require_allowed(TARGET, addresses, outbound=Outbound())


class TestNamed:
    """A private network that an approval names."""

    def test_named(self) -> None:
        """Its network and its port, both."""
        assert require_allowed(at(8443), ["10.7.1.2"], outbound=NAMED) == ["10.7.1.2"]
        for target, address in ((at(443), "10.7.1.2"), (at(8443), "10.8.1.2"), (at(8443, "http"), "10.7.1.2")):
            with pytest.raises(AddressRefused):
                require_allowed(target, [address], outbound=NAMED)

    @pytest.mark.parametrize(
        "address",
        ["127.0.0.1", "169.254.169.254", "100.100.100.200", "::1", "fe80::1", "fd00:ec2::254", "224.0.0.1", "0.0.0.0"],  # noqa: S104 an address to refuse
    )
    def test_never_named(self, address: str) -> None:
        """Loopback, link-local, metadata and multicast stay closed even if everything is named."""
        everything = tuple(NamedNetwork(network=ip_network(text), port=443) for text in ("0.0.0.0/0", "::/0"))
        with pytest.raises(AddressRefused):
            require_allowed(TARGET, [address], outbound=Outbound(named=everything))

    def test_a_public_address_on_a_named_port(self) -> None:
        """An approval may also name a public address with another port."""
        outbound = Outbound(named=(NamedNetwork(network=ip_network("93.184.216.0/24"), port=9443),))
        require_allowed(at(9443), [PUBLIC[0]], outbound=outbound)


class TestLoopback:
    """This machine, in demonstrations."""

    @pytest.mark.parametrize(("address", "scheme"), [*product(["127.0.0.1", "127.9.9.9", "::1"], ["http", "https"])])
    def test_loopback(self, address: str, scheme: str) -> None:
        """Any port, http too; closed otherwise."""
        target = at(9, scheme)
        assert require_allowed(target, [address], outbound=Outbound(loopback=True)) == [address]
        with pytest.raises(AddressRefused):
            require_allowed(target, [address], outbound=Outbound())

    @pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "0.0.0.0", "192.168.1.1"])  # noqa: S104 an address to refuse
    def test_nothing_else(self, address: str) -> None:
        """The demonstration opens loopback only, in its own form only."""
        with pytest.raises(AddressRefused):
            require_allowed(TARGET, [address], outbound=Outbound(loopback=True))

    def test_http_to_the_outside_stays_closed(self) -> None:
        """A name with a loopback and a public address does not carry http outside."""
        with pytest.raises(AddressRefused):
            require_allowed(at(80, "http"), ["127.0.0.1", PUBLIC[0]], outbound=Outbound(loopback=True))
