"""Fixtures of the doors' tests: a browser a module."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from factories.browser import running_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give one Chromium for the tests of a module."""
    with running_browser() as running:
        yield running
