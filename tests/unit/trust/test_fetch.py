"""F5: the way out reaches what it may, and nothing at our sink otherwise."""

import ast
import asyncio
import ipaddress
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore
import pytest

from zhizhao.trust import fetch as room
from zhizhao.trust.address import Outbound, Target
from zhizhao.trust.errors import AddressRefused, DemoOnly, FetchFailed
from zhizhao.trust.fetch import Fetched, demo_outbound, fetch, resolve

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@dataclass
class Sink:
    """A server of ours that no hostile URL may reach."""

    port: int = 0
    heads: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    connected: int = 0


Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(reply: bytes | Reply = ANSWER, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Sink]:
    """Run a sink on loopback."""
    sink = Sink()
    tasks = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sink.connected += 1
        tasks.add(asyncio.current_task())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if b"Content-Length: " in head:
                head += await reader.readexactly(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]))
            sink.heads.append(head)
            if isinstance(reply, bytes):
                writer.write(reply)
                await writer.drain()
            else:
                await reply(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    if tls:
        tls.sni_callback = lambda _socket, name, _context: sink.names.append(name)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def to_loopback(*addresses: str) -> room.Resolver:
    """Return a resolver that knows one answer."""

    async def answer(host: str, port: int) -> list[str]:
        del host, port
        return list(addresses or ("127.0.0.1",))

    return answer


DEMO = demo_outbound(demo=True)


class TestAnswers:
    """Over http to loopback, as a demonstration does."""

    async def test_get(self) -> None:
        """Status, type and body; the name stands in Host."""
        async with listening() as sink:
            found = await fetch(f"http://rp.example:{sink.port}/a?b=c", outbound=DEMO, resolver=to_loopback())
        assert found == Fetched(status=200, content_type="application/json", body=b"{}")
        assert sink.heads[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")
        assert f"Host: rp.example:{sink.port}\r\n".encode() in sink.heads[0]
        assert b"Cookie" not in sink.heads[0]

    async def test_post(self) -> None:
        """A body and its type."""
        async with listening() as sink:
            await fetch(
                f"http://localhost:{sink.port}/cb",
                outbound=DEMO,
                method="POST",
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                body=b"logout_token=x",
            )
        assert sink.heads[0].endswith(b"\r\n\r\nlogout_token=x")
        assert b"Content-Type: application/x-www-form-urlencoded" in sink.heads[0]

    async def test_another_status_is_an_answer(self) -> None:
        """404 is for the caller to judge."""
        async with listening(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as sink:
            found = await fetch(f"http://localhost:{sink.port}/", outbound=DEMO)
        assert (found.status, found.content_type, found.body) == (404, "", b"")

    async def test_the_second_address(self) -> None:
        """An address that does not answer is followed by the next."""
        async with listening() as sink:
            url = f"http://rp.example:{sink.port}/"
            found = await fetch(url, outbound=DEMO, resolver=to_loopback("127.0.0.2", "127.0.0.1"))
        assert found.status == 200

    async def test_proxies_of_the_environment_are_ignored(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No proxy, whatever the environment says."""
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        async with listening() as sink:
            await fetch(f"http://localhost:{sink.port}/", outbound=DEMO)
        assert sink.connected == 1

    @pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
    async def test_redirects_are_not_followed(self, status: int) -> None:
        """Not even to a good place."""
        async with listening() as goal:
            there = f"HTTP/1.1 {status} x\r\nLocation: http://localhost:{goal.port}/\r\nContent-Length: 0\r\n\r\n"
            async with listening(there.encode()) as sink:
                with pytest.raises(FetchFailed) as caught:
                    await fetch(f"http://localhost:{sink.port}/", outbound=DEMO)
        assert caught.value.facts["reason"] == "redirect"
        assert goal.connected == 0

    @pytest.mark.parametrize(
        ("reply", "reason"),
        [
            (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 65_537, "too long"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 70_000, "too long"),
            (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", "packed body"),
            (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n", "connection"),
            (b"SSH-2.0-OpenSSH\r\n\r\n", "connection"),
            (b"", "connection"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", "connection"),
        ],
    )
    async def test_bad_answers(self, reply: bytes, reason: str) -> None:
        """Too long, packed, no HTTP, cut short."""
        async with listening(reply) as sink:
            with pytest.raises(FetchFailed) as caught:
                await fetch(f"http://localhost:{sink.port}/", outbound=DEMO)
        assert caught.value.facts["reason"] == reason

    async def test_sixty_four_kibibytes_pass(self) -> None:
        """The bound itself."""
        async with listening(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 65_536) as sink:
            assert len((await fetch(f"http://localhost:{sink.port}/", outbound=DEMO)).body) == 65_536

    async def test_a_dripping_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Two seconds in all, even if something comes all the time."""
        monkeypatch.setattr(room, "LONGEST_SECONDS", 0.2)

        async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)

        async with listening(drip) as sink:
            with pytest.raises(FetchFailed) as caught:
                await fetch(f"http://localhost:{sink.port}/", outbound=DEMO)
        assert caught.value.facts["reason"] == "too slow"
        assert room.LONGEST_SECONDS == 0.2

    @pytest.mark.parametrize("headers", [{"X": "执照"}, {"é": "x"}, {"X": "a\r\nHost: b"}, {"X Y": "x"}])
    async def test_headers_cannot_break_out(self, headers: dict[str, str]) -> None:
        """A header that is none never leaves."""
        async with listening() as sink:
            with pytest.raises(FetchFailed):
                await fetch(f"http://localhost:{sink.port}/", outbound=DEMO, headers=headers)
        assert sink.heads == []

    async def test_nobody_there(self) -> None:
        """A closed port."""
        async with listening() as sink:
            port = sink.port
        with pytest.raises(FetchFailed):
            await fetch(f"http://localhost:{port}/", outbound=DEMO)


class TestTls:
    """Certificate and name are those of the URL, the address is the checked one."""

    @pytest.fixture
    def roots(self, tmp_path: Path) -> tuple[ssl.SSLContext, str]:
        """Give a server context for rp.example and the file of its root."""
        return certified(tmp_path, "rp.example")

    async def test_the_name_goes_into_sni_and_host(self, roots: tuple[ssl.SSLContext, str]) -> None:
        """We connect to an address and ask for a name."""
        outbound = demo_outbound(demo=True, roots_file=roots[1])
        async with listening(tls=roots[0]) as sink:
            found = await fetch(f"https://rp.example:{sink.port}/", outbound=outbound, resolver=to_loopback())
        assert found.status == 200
        assert sink.names == ["rp.example"]

    async def test_another_name_is_refused(self, roots: tuple[ssl.SSLContext, str]) -> None:
        """The certificate must be the name's."""
        outbound = demo_outbound(demo=True, roots_file=roots[1])
        async with listening(tls=roots[0]) as sink:
            with pytest.raises(FetchFailed):
                await fetch(f"https://other.example:{sink.port}/", outbound=outbound, resolver=to_loopback())
        assert sink.heads == []

    async def test_an_unknown_root_is_refused(self, roots: tuple[ssl.SSLContext, str]) -> None:
        """The system's roots do not know it."""
        async with listening(tls=roots[0]) as sink:
            with pytest.raises(FetchFailed):
                await fetch(f"https://rp.example:{sink.port}/", outbound=DEMO, resolver=to_loopback())
        assert sink.heads == []


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, str]:
    """Make a root and a server's certificate with the OpenSSL command line, and a context of them."""

    def run(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=folder)

    for key in ("root.key", "leaf.key"):
        run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
    run("req", "-x509", "-key", "root.key", "-subj", "/CN=root", "-days", "2", "-out", "root.pem")
    run("req", "-new", "-key", "leaf.key", "-subj", f"/CN={name}", "-out", "csr")
    (folder / "ext").write_text(f"subjectAltName=DNS:{name}\n")
    sign = ("x509", "-req", "-in", "csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "1")
    run(*sign, "-extfile", "ext", "-out", "leaf.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
    return context, str(folder / "root.pem")


def hostile(port: int) -> list[str]:
    """Return URLs that lead inside, or try to; `port` is the sink's."""
    hosts = [
        *("127.0.0.1", "127.1", "127.0.1", "127.9.9.9", "127.0.0.1.", "127.0.0.01", "0127.0.0.1", "0177.0.0.1"),
        *(
            "0177.0.0.01",
            "017700000001",
            "0x7f000001",
            "0x7f.0.0.1",
            "0x7f.1",
            "0X7F.0.0.1",
            "2130706433",
            "3232235777",
        ),
        *("0", "0.0.0.0", "00.0.0.0", "1", "127.0x0.0.1", "127.0.0.0x1", "127.0.0.256", "127.0.0.1.1", "0x", "1e1"),  # noqa: S104 an address to refuse
        *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1"),
        *("100.127.255.255", "169.254.0.1", "169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192"),
        *("168.63.129.16", "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
        *(
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "192.88.99.1",
            "192.31.196.1",
            "192.52.193.1",
            "192.175.48.1",
        ),
        *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]"),
        *("[::127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]"),
        *("[64:ff9b::10.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a00:1::]", "[2001:0:7f00:1::]"),
        *("[2001:db8::1]", "[3fff::1]", "[5f00::1]", "[100::1]", "[fe80::1]", "[fe80::1%25eth0]", "[fe80::1%lo]"),
        *(
            "[fc00::1]",
            "[fd00::1]",
            "[fd00:ec2::254]",
            "[fd20:ce::254]",
            "[fec0::1]",
            "[ff02::1]",
            "[ff0e::1]",
            "[::ffff:0:0]",
        ),
        *("[127.0.0.1]", "[::1", "::1]", "[]", "[v1.127]", "[::1]x", "[1]", "127.0.0.1%00.rp.example"),
        *("localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "sub.localhost", "ip6-localhost"),
        *("127.0.0.1.nip.io", "localtest.me", "metadata.google.internal", "instance-data", "kubernetes.default.svc"),
        *("rebinding.example", "mixed.example", "mapped.example", "nat64.example", "many.example", "scoped.example"),
        *("-a.example", "a-.example", "a..example", ".example", "a.example.", "", " ", "*", "a b", "a,b", "a;b", "a|b"),
    ]
    urls = [f"https://{host}:{port}/" for host in hosts]
    tail = f"127.0.0.1:{port}/"
    urls += [
        f"{scheme}{tail}" for scheme in ("http://", "ftp://", "file://", "gopher://", "dict://", "ldap://", "ws://")
    ]
    urls += [
        f"{scheme}{tail}" for scheme in ("wss://", "jar:https://", "//", "", "https:/", "https:///", "https:", "://")
    ]
    urls += [f"{scheme}{tail}" for scheme in ("javascript://", "data:", "view-source:https://", "httpsx://", "hTTp://")]
    urls += [
        *(f"https://rp.example@{tail}", f"https://rp.example:443@{tail}", f"https://rp.example%40{tail}"),
        *(
            f"https://a:b@{tail}",
            f"https://@{tail}",
            f"https://127.0.0.1:{port}@rp.example/",
            f"https://rp.example#@{tail}",
        ),
        *(f"https://rp.example\\@{tail}", f"https://rp.example\\{tail}", f"https:\\\\{tail}", f"https://{tail}#x"),
        *(
            f" https://{tail}",
            f"https://{tail} ",
            f"https://{tail}\n",
            f"https://127.0.0.1\t:{port}/",
            f"\thttps://{tail}",
        ),
        *(f"https://127.0.0.1\r\nHost: rp.example:{port}/", f"https://127.0.0.1\0:{port}/", f"https://{tail}\u2028"),
        *(f"https://127\u30020\u30020\u30021:{port}/", f"https://\u2460\u2461\u2466.0.0.1:{port}/"),
        *(
            f"https://\uff11\uff12\uff17.0.0.1:{port}/",
            f"https://local\u00adhost:{port}/",
            f"https://l\u043ecalhost:{port}/",
        ),
        *(f"https://127.0.0.1\u200b:{port}/", f"https://%31%32%37.0.0.1:{port}/", f"https://127%2e0%2e0%2e1:{port}/"),
        *("https://rp.example:0/", "https://rp.example:65536/", "https://rp.example:-1/", "https://rp.example:/"),
        *("https://rp.example:22/", "https://rp.example:25/", "https://rp.example:6379/", "https://rp.example:80/"),
        *(
            "https://rp.example:4 43/",
            "https://rp.example:443:443/",
            "https://rp.example:0x1bb/",
            "https://rp.example:\u0664/",
        ),
        *(
            "http://rp.example/",
            "http://rp.example:443/",
            "https://",
            "https:",
            "",
            "/",
            "?",
            "#",
            "https://?",
            "https://#",
        ),
    ]
    return urls


PLAIN = httpcore.AnyIOBackend
PUBLIC = "93.184.216.34"


class Names:
    """A resolver as an attacker would like it: every name leads inside, one of them only when asked again."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, host: str, port: int) -> list[str]:
        """Resolve."""
        del port
        self.asked += 1
        known = {
            "rp.example": [PUBLIC],
            "rebinding.example": ["127.0.0.1"],
            "mixed.example": [PUBLIC, "127.0.0.1"],
            "mapped.example": ["::ffff:127.0.0.1"],
            "nat64.example": ["64:ff9b::7f00:1"],
            "many.example": [PUBLIC] * 9,
            "scoped.example": ["fe80::1%lo"],
        }
        try:
            return known.get(host) or [str(ipaddress.ip_address(host))]
        except ValueError:
            return ["127.0.0.1"]


class Redirected:
    """A connection layer that leads every connection to the sink and counts it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.plain = PLAIN()

    async def connect_tcp(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        """Connect to the sink."""
        return await self.plain.connect_tcp("127.0.0.1", self.port)


async def all_of(urls: list[str]) -> list[str]:
    """Fetch every URL and return those that were not refused before connecting."""
    went = []
    for url in urls:
        try:
            await fetch(url, outbound=Outbound(), resolver=Names())
        except AddressRefused:
            continue
        except FetchFailed:
            pass
        went.append(url)
    return went


class TestSsrf:
    """At least 150 hostile URLs, no connection."""

    async def test_no_hostile_url_connects(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every one is refused before anything is connected."""
        async with listening() as sink:
            monkeypatch.setattr(httpcore, "AnyIOBackend", redirected_to(sink.port))
            urls = hostile(sink.port)
            assert len(set(urls)) >= 150
            assert await all_of(urls) == []
        assert sink.connected == 0

    async def test_on_the_usual_port_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same hosts on port 443: the address alone refuses them."""
        async with listening() as sink:
            monkeypatch.setattr(httpcore, "AnyIOBackend", redirected_to(sink.port))
            urls = [url for url in hostile(443) if url.startswith("https://") and "rp.example" not in url]
            assert len(urls) > 130
            assert await all_of(urls) == []
        assert sink.connected == 0

    async def test_control_with_the_guard_off(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Control: without the checks most of the list arrives at the sink."""

        def careless(url: str) -> Target:
            parts = urlsplit(url)
            return Target(scheme="http", host=parts.hostname or "", port=443, path="/")

        async with listening() as sink:
            monkeypatch.setattr(httpcore, "AnyIOBackend", redirected_to(sink.port))
            monkeypatch.setattr(room, "parse_target", careless)
            monkeypatch.setattr(room, "require_allowed", lambda _target, addresses, outbound: addresses)  # noqa: ARG005 the guard's own call
            went = 0
            for url in hostile(sink.port):
                try:
                    await fetch(url, outbound=Outbound(), resolver=Names())
                except (AddressRefused, FetchFailed, ValueError):
                    continue
                went += 1
        assert went > 100
        assert sink.connected >= went

    async def test_a_name_is_resolved_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Rebinding: what was checked is what is connected, so a second answer never matters."""
        reached: list[str] = []

        class Recording:
            """Note where a connection would go."""

            async def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
                """Note and fail."""
                reached.append(host)
                raise httpcore.ConnectError

        answers = iter([[PUBLIC], ["127.0.0.1"]])

        async def rebinding(host: str, port: int) -> list[str]:
            del host, port
            return next(answers)

        monkeypatch.setattr(httpcore, "AnyIOBackend", Recording)
        with pytest.raises(FetchFailed):
            await fetch("https://rebinding.example/", outbound=Outbound(), resolver=rebinding)
        assert reached == [PUBLIC]

    async def test_a_good_url_does_connect(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The list is not refused because everything is."""
        monkeypatch.setattr(room, "LONGEST_SECONDS", 0.3)
        async with listening() as sink:
            monkeypatch.setattr(httpcore, "AnyIOBackend", redirected_to(sink.port))
            with pytest.raises(FetchFailed):
                await fetch("https://rp.example/", outbound=Outbound(), resolver=Names())
        assert sink.connected == 1


def redirected_to(port: int) -> Callable[[], Redirected]:
    """Return what stands in for the library's connection layer."""
    return lambda: Redirected(port)


class TestRules:
    """Around the function."""

    def test_loopback_is_for_demonstrations(self) -> None:
        """Outside demo mode the rules for loopback cannot even be made."""
        with pytest.raises(DemoOnly):
            demo_outbound(demo=False)

    async def test_the_systems_resolver(self) -> None:
        """Addresses once each; an unknown name is a failure of the request."""
        assert "127.0.0.1" in await resolve("localhost", 443)
        for name in ("nothing.invalid", "a" * 70 + ".example", "\ud800"):
            with pytest.raises(FetchFailed):
                await resolve(name, 443)

    async def test_a_connection_by_unix_socket_is_not_offered(self) -> None:
        """The library's other ways out are closed."""
        with pytest.raises(NotImplementedError):
            await room._Pinned(["127.0.0.1"]).connect_unix_socket("/run/x")


OTHER_CLIENTS = {
    "httpx",
    "httpcore",
    "requests",
    "aiohttp",
    "urllib.request",
    "urllib3",
    "http.client",
    "ftplib",
    "smtplib",
}
# The load generator and the demonstration's own checks speak to our own server, like a relying party would.
OWN_SERVER = ("src/zhizhao/cli/", "src/zhizhao/app/")


def clients_imported(source: str) -> set[str]:
    """Return the HTTP clients that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if any(name == client or name.startswith(f"{client}.") for client in OTHER_CLIENTS)}


def test_this_is_the_only_way_out() -> None:
    """No other room of ours imports an HTTP client (SECURITY.md §3.9)."""
    rooms = [room for room in Path("src/zhizhao").rglob("*.py") if not str(room).startswith(OWN_SERVER)]
    ways = {str(room): found for room in rooms if (found := clients_imported(room.read_text("utf-8")))}
    assert ways == {"src/zhizhao/trust/fetch.py": {"httpcore"}}


def test_control_another_client_is_found() -> None:
    """Control: the rule sees every spelling of an import."""
    for line in (
        "import httpx",
        "from urllib import request",
        "from urllib.request import urlopen",
        "import http.client as c",
    ):
        assert clients_imported(line)
    assert not clients_imported("from urllib.parse import urlsplit")
