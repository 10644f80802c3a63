"""Figures are measured as a command line would give them."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def small_heap() -> Iterator[None]:
    """Keep the collector away from the test program's own heap, which a command line does not have."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
