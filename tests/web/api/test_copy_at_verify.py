"""A genuine archive copy, fetched over the API, is checked by anybody on `/verify` (INTERFACES.md §8)."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from factories.house import MATTER, TestHouse, open_house
from zhizhao.app.build import serve_parts
from zhizhao.kernel.clock import SystemClock
from zhizhao.trust.demo_authority import DemoAuthority

BASE = "https://localhost:8420"


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[TestHouse]:
    """Give an opened installation with certificates."""
    async with open_house(sqlite_url, tmp_path / "house") as opened:
        DemoAuthority(tmp_path / "house" / "keys", opened.parts.keys, clock=SystemClock(), demo=True).ensure()
        yield opened


@pytest.fixture
async def http(house: TestHouse) -> AsyncIterator[httpx.AsyncClient]:
    """Give an HTTP client of the served application."""
    transport = httpx.ASGITransport(serve_parts(house.parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


async def copy_of(house: TestHouse, http: httpx.AsyncClient) -> tuple[bytes, str]:
    """Redeem a code; return the archive copy and the receipt."""
    (phone,) = await house.phone(1, [await house.entity(1)])
    made = await house.client()
    form = {"grant_type": "client_credentials"}
    reply = await http.post("/oauth/token", data=form, auth=(made.client.client_id, made.secret or ""))
    headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}
    body = {"code": (await house.show(phone)).code, "matter": MATTER, "purpose": "核验"}
    shown = (await http.post("/api/v1/presentations", json=body, headers=headers)).json()
    return (await http.get(shown["archive"]["pdf"], headers=headers)).content, shown["receipt"]


async def verify(http: httpx.AsyncClient, held: bytes, name: str, *, lang: str = "zh-Hans") -> httpx.Response:
    """Hand a file in on the page."""
    http.cookies.set("zz-lang", lang)
    page = await http.get("/verify")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert token
    return await http.post("/verify", data={"_csrf_token": token[1]}, files={"file": (name, held)})


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
async def test_a_genuine_copy_holds(house: TestHouse, http: httpx.AsyncClient, lang: str) -> None:
    """The page says so, with the entity and the moment of sealing; the control: one byte changed does not hold."""
    copy, receipt = await copy_of(house, http)
    told = await verify(http, copy, "licence.pdf", lang=lang)
    assert (told.status_code, 'data-holds="true"' in told.text) == (200, True)
    assert "济宁示例第1商贸有限公司" in told.text
    assert ("签章时间" if lang == "zh-Hans" else "Sealed") in told.text
    place = len(copy) // 2
    changed = copy[:place] + bytes([copy[place] ^ 1]) + copy[place + 1 :]
    told = await verify(http, changed, "licence.pdf", lang=lang)
    assert (told.status_code, 'data-holds="false"' in told.text) == (200, True)
    told = await verify(http, receipt.encode(), "receipt.jwt", lang=lang)
    assert (told.status_code, 'data-holds="true"' in told.text) == (200, True)
