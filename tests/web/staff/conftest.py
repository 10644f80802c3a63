"""A served sign-in with one clerk and one administrator."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from factories.browser import COUNTER, reading
from factories.counters import Counter, serving_counter


@pytest.fixture(scope="module")
def counter(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """Give a served counter."""
    folder = tmp_path_factory.mktemp("staff")
    (folder / "zhizhao.db").write_bytes(sqlite_template.read_bytes())
    with serving_counter(f"sqlite+aiosqlite:///{folder / 'zhizhao.db'}", folder) as served:
        yield served


@pytest.fixture
def context(browser: Browser, counter: Counter) -> Iterator[BrowserContext]:
    """Give a browser that nobody has signed in with."""
    opened = browser.new_context(viewport=COUNTER)
    reading(opened, counter.base)
    yield opened
    opened.close()
