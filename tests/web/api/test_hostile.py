"""What a stranger or a careless program sends to a whole installation: always an answer of ours, never a defect."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from factories.house import MATTER, TestHouse, open_house
from zhizhao.app.build import serve_parts
from zhizhao.kernel.clock import SystemClock
from zhizhao.onboarding.authenticate import ASSERTION_TYPE
from zhizhao.storage import failure
from zhizhao.trust.base64url import b64url
from zhizhao.trust.demo_authority import DemoAuthority

BASE = "http://localhost:8420"
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an opened installation with certificates, on each store in turn."""
    async with open_house(database_url, tmp_path / "house") as opened:
        DemoAuthority(tmp_path / "house" / "keys", opened.parts.keys, clock=SystemClock(), demo=True).ensure()
        yield opened


@pytest.fixture
def served(house: TestHouse) -> Any:
    """Give the served application."""
    return serve_parts(house.parts)


@pytest.fixture
async def http(served: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Give an HTTP client of it, without a network."""
    transport = httpx.ASGITransport(served, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


async def token_of(http: httpx.AsyncClient, client_id: str, secret: str | None) -> dict[str, str]:
    """Return the header of a fresh access token."""
    reply = await http.post("/oauth/token", data=GRANT, auth=(client_id, secret or ""))
    return {"Authorization": f"Bearer {reply.json()['access_token']}"}


def basic(user: str) -> dict[str, str]:
    """Return a Basic header of raw text."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:x".encode()).decode()}


def assertion_of(issuer: str) -> dict[str, str]:
    """Return the form of an assertion that nobody signed."""
    parts = (b'{"alg":"ES256"}', json.dumps({"iss": issuer}).encode(), b"\0" * 64)
    token = ".".join(b64url(part).decode() for part in parts)
    return {**GRANT, "client_assertion_type": ASSERTION_TYPE, "client_assertion": token}


NUL_ADDRESSES = (
    "/d/%00",
    "/verify?p=prs_%00",
    "/api/v1/presentations/%00",
    "/api/v1/presentations/%00/proof",
    "/api/v1/presentations/%00/licence.pdf",
    "/api/v1/presentations?case_number=%00",
)


async def strangers(http: httpx.AsyncClient, headers: dict[str, str]) -> list[int]:
    """Return the status of every request that carries U+0000 where the store would see it."""
    asked = [await http.get(path, headers=headers) for path in NUL_ADDRESSES]
    asked.append(await http.post("/oauth/token", data=GRANT, headers=basic("a\0b")))
    asked.append(await http.post("/oauth/token", data=GRANT, headers=basic("a%00b")))
    asked.append(await http.post("/oauth/token", data=assertion_of("a\0b")))
    return [reply.status_code for reply in asked]


async def test_a_character_that_no_store_holds(house: TestHouse, http: httpx.AsyncClient) -> None:
    """U+0000 in an address, a query, a header or an assertion is refused or found nowhere, on both stores."""
    made = await house.client()
    headers = await token_of(http, made.client.client_id, made.secret)
    statuses = await strangers(http, headers)
    assert not [status for status in statuses if status >= 500], statuses


async def test_unnamed_it_was_a_defect(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: PostgreSQL's refusal without its name was answered 500."""
    monkeypatch.delitem(failure._POSTGRESQL, "22021")
    async with open_house(postgres_url, tmp_path / "house") as house:
        DemoAuthority(tmp_path / "house" / "keys", house.parts.keys, clock=SystemClock(), demo=True).ensure()
        transport = httpx.ASGITransport(serve_parts(house.parts), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
            assert (await http.get("/d/%00")).status_code == 500


@pytest.mark.parametrize("number", ["2147483648", "9223372036854775808", "9" * 30, "0"])
async def test_a_status_list_beyond_all_numbers(http: httpx.AsyncClient, number: str) -> None:
    """No list has such a number: 404, whatever an integer of the store may be."""
    reply = await http.get(f"/status/{number}")
    assert (reply.status_code, reply.json()["code"]) == (404, "licence-unknown")


@pytest.mark.parametrize("path", ["/", "/sign-in", "/desk", "/wallet/api/licences", "/api/v1/client", "/d/x"])
async def test_which_methods_an_address_knows(http: httpx.AsyncClient, path: str) -> None:
    """OPTIONS is answered with them (RFC 9110 §9.3.7), and with nothing for other origins."""
    reply = await http.options(path, headers={"origin": "https://elsewhere.test"})
    assert reply.status_code == 204
    assert "GET" in reply.headers["allow"]
    assert not [name for name in reply.headers if name.startswith("access-control-")]


class TestOneWayOnly:
    """RFC 6749 §2.3 and §3.2: one way to authenticate, each parameter once; never somebody else's name beside it."""

    @pytest.mark.parametrize("twice", ["grant_type=client_credentials", "client_id=a&client_id=b"])
    async def test_a_parameter_twice(self, house: TestHouse, http: httpx.AsyncClient, twice: str) -> None:
        """The error of the standard, in its form."""
        made = await house.client()
        form = f"grant_type=client_credentials&{twice}"
        kind = {"content-type": "application/x-www-form-urlencoded"}
        reply = await http.post(
            "/oauth/token", content=form, headers=kind, auth=(made.client.client_id, made.secret or "")
        )
        assert (reply.status_code, reply.json()["error"]) == (400, "invalid_request")

    async def test_another_name_or_secret_in_the_body(self, house: TestHouse, http: httpx.AsyncClient) -> None:
        """The header is good each time; what stands beside it makes the request two."""
        made, other = await house.client(), await house.client("别的系统")
        good = (made.client.client_id, made.secret or "")
        for more in ({"client_id": other.client.client_id}, {"client_secret": made.secret or ""}):
            reply = await http.post("/oauth/token", data={**GRANT, **more}, auth=good)
            assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")
        same = await http.post("/oauth/token", data={**GRANT, "client_id": good[0]}, auth=good)
        assert same.status_code == 200
        posted = {**GRANT, "client_id": good[0], "client_secret": good[1]}
        assert (await http.post("/oauth/token", data=posted)).status_code == 401


async def sent(served: Any, messages: list[dict[str, Any]], headers: dict[str, str]) -> list[dict[str, Any]]:
    """Send the parts of one redemption to the application as a server would; return what it sends back."""
    answers: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/v1/presentations",
        "raw_path": b"/api/v1/presentations",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    for message in messages:
        queue.put_nowait(message)

    async def send(message: dict[str, Any]) -> None:
        answers.append(message)

    await served(scope, queue.get, send)
    return answers


async def test_half_a_request_burns_no_code(house: TestHouse, served: Any, http: httpx.AsyncClient) -> None:
    """A caller that hangs up inside a chunked body did not ask, even if what came so far can be read."""
    made = await house.client()
    headers = await token_of(http, made.client.client_id, made.secret)
    (phone,) = await house.phone(1, [await house.entity(1)])
    body = {"code": (await house.show(phone)).code, "matter": MATTER, "purpose": "核验"}
    whole = json.dumps(body).encode()
    part = {"type": "http.request", "body": whole, "more_body": True}
    assert await sent(served, [part, {"type": "http.disconnect"}], headers) == []
    end = {"type": "http.request", "body": b"", "more_body": False}
    answers = await sent(served, [part, end], headers)  # the control: the same bytes with their end
    assert answers[0]["status"] == 201
