"""A served counter for a module of browser tests, and phones that show codes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from factories.browser import COUNTER, reading
from factories.counters import Counter, serving_counter
from factories.house import Phone, uscc_of

PHONES = 4


@pytest.fixture(scope="module")
def sqlite_address(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Give a fresh migrated SQLite file and its folder."""
    folder = tmp_path_factory.mktemp("counter")
    (folder / "zhizhao.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite+aiosqlite:///{folder / 'zhizhao.db'}", folder


@pytest.fixture(scope="module")
def counter(sqlite_address: tuple[str, Path]) -> Iterator[Counter]:
    """Give a served counter."""
    url, folder = sqlite_address
    with serving_counter(url, folder) as served:
        yield served


@pytest.fixture(scope="module")
def phones(counter: Counter) -> list[Phone]:
    """Give phones of four companies, each with its licence."""
    found = []
    for number in range(1, PHONES + 1):
        counter.do(counter.house.entity(number))
        found += counter.do(counter.house.phone(number, [uscc_of(number)]))
    return found


@pytest.fixture
def context(browser: Browser, counter: Counter) -> Iterator[BrowserContext]:
    """Give the clerk's browser, signed in."""
    opened = browser.new_context(viewport=COUNTER)
    reading(opened, counter.base)
    counter.sign_in(opened)
    yield opened
    opened.close()


@pytest.fixture
def desk(context: BrowserContext, counter: Counter) -> Page:
    """Give the desk, ready to scan."""
    page = context.new_page()
    page.goto(counter.base + "/desk", wait_until="networkidle")
    return page
