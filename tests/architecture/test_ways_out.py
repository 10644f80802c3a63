"""One way out to the network, one floor that knows HTTP (HOUSE.md §2, SECURITY.md §3.9)."""

import ast
from pathlib import Path

import pytest

HOUSE = Path("src/zhizhao")
CLIENTS = ("httpx", "httpcore", "urllib.request", "http.client", "requests", "aiohttp", "urllib3")
"""Libraries that make HTTP requests; `urllib.parse` only takes addresses apart."""
ALLOWED = {
    "trust/fetch.py": "the one way out",
    "cli/bench/server.py": "asks the benchmark's own server on the loopback whether it is ready",
}
WEB_LIBRARIES = ("litestar", "starlette", "uvicorn", "jinja2")
WEB_FLOORS = {"web", "app", "cli", "__main__.py"}


def imported(source: str) -> set[str]:
    """Return every dotted name that a file imports, inside functions and `TYPE_CHECKING` too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def uses(source: str, libraries: tuple[str, ...]) -> set[str]:
    """Return which of some libraries a file imports."""
    return {lib for lib in libraries for name in imported(source) if name == lib or name.startswith(f"{lib}.")}


def test_only_fetch_makes_requests() -> None:
    """Ask `trust/fetch.py` for an address; it checks where that leads."""
    found = {path.relative_to(HOUSE).as_posix(): uses(path.read_text("utf-8"), CLIENTS) for path in HOUSE.rglob("*.py")}
    assert {name for name, libraries in found.items() if libraries} == set(ALLOWED)


def test_below_the_doors_nobody_knows_http() -> None:
    """The web framework is imported on the web floor and above only."""
    offenders = {
        path.relative_to(HOUSE).as_posix(): sorted(uses(path.read_text("utf-8"), WEB_LIBRARIES))
        for path in HOUSE.rglob("*.py")
        if path.relative_to(HOUSE).parts[0] not in WEB_FLOORS
    }
    assert {name: libraries for name, libraries in offenders.items() if libraries} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import httpx",
        "from urllib.request import urlopen",
        "from urllib import request",
        "import http.client",
        "def f():\n    from http import client",
    ],
)
def test_a_second_way_out_is_found(source: str) -> None:
    """The control: each spelling is seen, in a function too; taking an address apart is not."""
    assert uses(source, CLIENTS)
    assert not uses("from urllib.parse import urlsplit", CLIENTS)
    assert uses("from litestar.di import Provide", WEB_LIBRARIES)
