"""A served house for the holder's door, and a phone that speaks its JSON."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from litestar import Litestar

from factories.browser import serve_until_told
from factories.devices import PhoneKey
from factories.house import MATTER, TestHouse, id_of, make_keys
from factories.postgres import free_port
from zhizhao.app import wire_wallet
from zhizhao.app.http import build_app
from zhizhao.app.parts import build_parts
from zhizhao.presentation.ask import make_ask
from zhizhao.presentation.redeem import Redeemed
from zhizhao.settings import Settings
from zhizhao.web.wallet.routes import handlers

PIN = "280417"


def wallet_app(house: TestHouse, *extra: Any) -> Litestar:
    """Return an application of the holder's door over planted parts."""
    parts = house.parts
    return build_app(
        handlers=[*handlers, *extra],
        dependencies={"wallet_verbs": wire_wallet.wire(parts)},
        settings=parts.settings,
        clock=parts.clock,
        database=parts.database,
        csrf_secret="a secret of the tests, thirty-two",
    )


@contextlib.asynccontextmanager
async def open_holders(database_url: str, folder: Path, *, base_url: str, **settings: Any) -> AsyncIterator[TestHouse]:
    """Open an installation with the given origin over a migrated database."""
    chosen = Settings(base_url=base_url, data_dir=str(folder), database_url=database_url, demo=True, **settings)
    parts = build_parts(chosen, keys=make_keys(folder / "keys"))
    house = TestHouse(parts)
    await house.matters()
    try:
        yield house
    finally:
        await parts.redeem_line.batcher.drain()
        await parts.database.close()


@dataclass
class Served:
    """A house that is served in a thread of its own; `do` runs a coroutine on its loop."""

    base: str
    house: TestHouse
    loop: asyncio.AbstractEventLoop

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run work where the house's connections live."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)


@contextlib.contextmanager
def serving_house(database_url: str, folder: Path, *extra: Any, **settings: Any) -> Iterator[Served]:
    """Serve the holder's door on a free port; for tests that hold no event loop of their own."""
    port = free_port()
    base = f"http://localhost:{port}"
    ready: threading.Event = threading.Event()
    kept: dict[str, Any] = {}

    async def run() -> None:
        async with open_holders(database_url, folder, base_url=base, **settings) as house:
            config = uvicorn.Config(wallet_app(house, *extra), host="127.0.0.1", port=port, log_level="error")
            kept["server"] = uvicorn.Server(config)
            kept["served"] = Served(base=base, house=house, loop=asyncio.get_running_loop())
            await serve_until_told(kept["server"], ready)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(30), "the house did not open"
    try:
        yield kept["served"]
    finally:
        kept["server"].should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server did not end"


@dataclass
class JsonPhone:
    """A phone that speaks the public JSON: signs a proof for each request, keeps its tokens."""

    client: httpx.AsyncClient
    house: TestHouse
    key: PhoneKey = field(default_factory=PhoneKey)
    token: str | None = None

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: bool = True, query: str = "", **proof: Any
    ) -> httpx.Response:
        """Send one request with a fresh proof."""
        url = f"{self.house.parts.settings.base_url}/wallet/api{path}"
        given = self.token if token else None
        dpop = self.key.proof(method, url, at=self.house.parts.clock.now(), token=given, **proof)
        headers = {"dpop": dpop, **({"authorization": f"DPoP {given}"} if given else {})}
        target = f"/wallet/api{path}{query}"
        return await self.client.request(method, target, headers=headers, json=body)

    async def prove(self, slip: str, number: str) -> str:
        """Prove a person by a slip; return the proof's id."""
        answer = await self.ask("POST", "/proofs", {"kind": "slip", "slip": slip, "id_number": number}, token=False)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["proof"])

    async def enrol(self, slip: str, number: str, pin: str = PIN) -> dict[str, Any]:
        """Register this phone; keep the token that comes with it."""
        proof = await self.prove(slip, number)
        answer = await self.ask("POST", "/devices", {"proof": proof, "pin": pin}, token=False)
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["token"]["access_token"]
        found: dict[str, Any] = answer.json()
        return found

    async def ready(self, number: int = 7, **changes: Any) -> str:
        """Record an entity, enrol its principal here, download its licence; return the USCC."""
        uscc = await self.house.entity(number, **changes)
        await self.enrol(await self.house._slip(number), id_of(number))
        answer = await self.ask("POST", f"/licences/{uscc}/download", {"declaration": "2026-11"})
        assert answer.status_code == 201, answer.text
        return uscc

    async def show(self, uscc: str, **body: Any) -> httpx.Response:
        """Ask for a code."""
        return await self.ask("POST", f"/licences/{uscc}/show", body)


async def redeem(house: TestHouse, client_id: str, code: str, **options: Any) -> Redeemed:
    """Redeem a code as a counter's system does."""
    asked = {"matter": MATTER, "purpose": "食品经营许可（新办）", "operator": "窗口05", **options}
    return await house.parts.redeem_line.batcher.submit(make_ask(client_id, code, **asked), owner=client_id)
