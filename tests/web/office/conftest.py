"""A served office with a registration clerk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from factories.browser import DESKTOP, reading
from factories.counters import Counter, plant_account, serving_counter, session_of
from zhizhao.staff.account import Role


@pytest.fixture(scope="module")
def counter(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """Give a served office with three companies."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "zhizhao.db").write_bytes(sqlite_template.read_bytes())
    with serving_counter(f"sqlite+aiosqlite:///{folder / 'zhizhao.db'}", folder) as served:
        for number in (1, 2, 3):
            served.do(served.house.entity(number))
        yield served


@pytest.fixture(scope="module")
def clerk_token(counter: Counter) -> str:
    """Give the session of a registration clerk."""
    clerk = counter.do(
        plant_account(counter.house, "li.deng", Role.REGISTRAR_CLERK, unit="任城区登记窗口（演示）", name="李登")
    )
    token: str = counter.do(session_of(counter.house, clerk))
    return token


@pytest.fixture
def context(browser: Browser, counter: Counter, clerk_token: str) -> Iterator[BrowserContext]:
    """Give the clerk's browser."""
    opened = browser.new_context(viewport=DESKTOP)
    reading(opened, counter.base)
    counter.sign_in(opened, clerk_token)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, counter: Counter) -> Page:
    """Give the office's first page."""
    opened = context.new_page()
    opened.goto(counter.base + "/office", wait_until="networkidle")
    return opened
