"""What flows share: one demonstration and one browser a test process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from factories.browser import running_browser
from factories.demo_server import DemoServer, running_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """Give a running demonstration on SQLite."""
    with running_demo(Path(tmp_path_factory.mktemp("demo"))) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a real Chromium."""
    with running_browser() as opened:
        yield opened
