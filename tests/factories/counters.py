"""A served counter: staff, client and phones planted through the real verbs, and a gun that types into Chromium."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar
from playwright.sync_api import BrowserContext, Page

from factories.browser import serve_until_told
from factories.holders import open_holders
from factories.house import Phone, TestHouse
from factories.postgres import free_port
from zhizhao.app import wire_desk, wire_office, wire_staff
from zhizhao.app.http import build_app
from zhizhao.document.pdf import Press
from zhizhao.kernel.actor import SYSTEM
from zhizhao.presentation.archive import Archivist
from zhizhao.presentation.ticket import Ticket
from zhizhao.staff.account import Account, Role
from zhizhao.staff.add_account import AccountDraft, add_account
from zhizhao.staff.open_session import open_session
from zhizhao.staff.session import Method
from zhizhao.trust.demo_authority import DemoAuthority
from zhizhao.trust.secret import hash_secret
from zhizhao.trust.totp import new_totp_secret
from zhizhao.web.desk.routes import handlers as desk_handlers
from zhizhao.web.desk.verbs import DeskVerbs
from zhizhao.web.office.routes import handlers as office_handlers
from zhizhao.web.session import COOKIE
from zhizhao.web.staff.routes import handlers as staff_handlers

UNIT = "任城区政务服务中心（演示）"
PASSWORD = "lantern-harbour-74"
SECRET = new_totp_secret()


def archivist_of(house: TestHouse) -> Archivist:
    """Return what makes archive copies, with demonstration certificates."""
    parts = house.parts
    folder = parts.settings.data_path() / "keys"
    certificates = DemoAuthority(folder, parts.keys, clock=parts.clock, demo=True).ensure()
    return Archivist(
        press=Press(parts.settings.font_dir),
        keys=parts.keys,
        certificates=certificates,
        settings=parts.settings,
        database=parts.database,
        store=parts.presentations,
        licences=parts.licences,
        clock=parts.clock,
    )


def counter_app(
    house: TestHouse, *extra: Any, change: Callable[[DeskVerbs], DeskVerbs] | None = None, **verbs: Any
) -> Litestar:
    """Return an application of the desk, the office and the sign-in over planted parts; `verbs` replaces desk verbs."""
    parts = house.parts
    desk = replace(wire_desk.wire(parts, archivist_of(house)), **verbs)
    desk = change(desk) if change else desk
    return build_app(
        handlers=[*desk_handlers, *office_handlers, *staff_handlers, *extra],
        dependencies={
            "desk_verbs": desk,
            "office_verbs": wire_office.wire(parts),
            "staff_verbs": wire_staff.wire(parts),
        },
        settings=parts.settings,
        clock=parts.clock,
        database=parts.database,
        csrf_secret="a secret of the tests, thirty-two",
        find_session=wire_staff.find_session_of(parts),
    )


async def plant_account(
    house: TestHouse, username: str = "wang.yan", *roles: Role, unit: str = UNIT, name: str = "王砚"
) -> Account:
    """Open an account with the tests' password and secret."""
    parts = house.parts
    draft = AccountDraft(
        username=username,
        name=name,
        roles=frozenset(roles or {Role.COUNTER_CLERK}),
        unit=unit,
        password_hash=await hash_secret(PASSWORD),
        totp_secret=SECRET,
    )
    async with parts.database.write() as tx:
        return await add_account(
            tx, draft, actor=SYSTEM, store=parts.staff, sealer=parts.sealer, ledger=parts.ledger, clock=parts.clock
        )


async def session_of(house: TestHouse, account: Account, *, method: Method = Method.PASSWORD) -> str:
    """Open a session without the sign-in page; return its token."""
    async with house.parts.database.write() as tx:
        return (await open_session(tx, account, method=method, store=house.parts.staff)).token


@dataclass
class Counter:
    """A served counter with one clerk; `do` runs a coroutine where the house's connections live."""

    base: str
    house: TestHouse
    loop: asyncio.AbstractEventLoop
    clerk: Account
    token: str

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run work on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def sign_in(self, context: BrowserContext, token: str | None = None) -> None:
        """Give a browser the clerk's session."""
        context.add_cookies(
            [{"name": COOKIE, "value": token or self.token, "url": "https://localhost", "secure": True}]
        )

    def code(self, phone: Phone) -> str:
        """Show a phone's licence; return the 24 digits."""
        ticket: Ticket = self.do(self.house.show(phone))
        return ticket.code


@contextlib.contextmanager
def serving_counter(database_url: str, folder: Path, *extra: Any, **verbs: Any) -> Iterator[Counter]:
    """Serve a counter on a free port; for tests that hold no event loop of their own."""
    port = free_port()
    base = f"http://localhost:{port}"
    ready = threading.Event()
    kept: dict[str, Any] = {}

    async def run() -> None:
        async with open_holders(database_url, folder, base_url=base) as house:
            await house.client("任城区政务服务中心窗口系统（演示）", unit=UNIT)
            clerk = await plant_account(house)
            token = await session_of(house, clerk)
            app = counter_app(house, *extra, **verbs)
            kept["server"] = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
            kept["counter"] = Counter(base, house, asyncio.get_running_loop(), clerk, token)
            await serve_until_told(kept["server"], ready)

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(60), "the house did not open"
    try:
        yield kept["counter"]
    finally:
        kept["server"].should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server did not end"


def fire(page: Page, digits: str, *, delay: float = 5, end: str = "Enter") -> None:
    """Type as a gun in keyboard mode does: a key every few milliseconds, then Enter."""
    page.keyboard.type(digits, delay=delay)
    if end:
        page.keyboard.press(end)
