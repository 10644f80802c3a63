"""The API's reference as a page: readable, light, complete, without network and script (INTERFACES.md §4)."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from playwright.sync_api import Browser

from factories.browser import first_visit, look_at, serving
from zhizhao.app.http import build_app
from zhizhao.kernel.clock import SystemClock
from zhizhao.settings import Settings
from zhizhao.storage.database import Database
from zhizhao.web.api.documents import openapi_config
from zhizhao.web.api.routes import handlers

pytestmark = pytest.mark.browser
DOCS = "/api/v1/docs"


def api_alone(path: Path) -> Litestar:
    """Return the API's door without anything below it; its documents ask for nothing."""
    settings = Settings(base_url="http://localhost", data_dir=str(path.parent), demo=True)
    return build_app(
        handlers=handlers,
        dependencies={"api_verbs": object()},
        settings=settings,
        clock=SystemClock(),
        database=Database(f"sqlite+aiosqlite:///{path}"),
        csrf_secret="a secret of the tests, thirty-two",
        openapi=openapi_config(settings),
    )


@pytest.fixture(scope="module")
def base(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve it."""
    path = tmp_path_factory.mktemp("docs") / "zhizhao.db"
    path.write_bytes(sqlite_template.read_bytes())
    with serving(api_alone(path)) as address:
        yield address


def test_it_reads_well_in_every_mode(browser: Browser, base: str) -> None:
    """No finding and no overflow in any theme, size, language, width."""
    assert look_at(browser, base, DOCS) == 18
    first_visit(browser, base + DOCS)


def test_it_says_what_the_document_says(browser: Browser, base: str) -> None:
    """Every operation and every structure of the OpenAPI document stands on the page."""
    document = json.loads(httpx.get(f"{base}/api/v1/openapi.json").text)
    page = browser.new_page()
    page.goto(base + DOCS)
    text = page.locator("main").evaluate("e => e.textContent")
    for path in document["paths"]:
        assert path in text
    for name in document["components"]["schemas"]:
        assert page.locator(f"#schema-{name}").count() == 1, name
    for link in page.locator("main a[href^='#schema-']").all():
        target = link.get_attribute("href")
        assert page.locator(str(target)).count() == 1, target
    page.close()
