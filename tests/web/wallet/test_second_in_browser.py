"""The second person of a company in a real Chromium: freezes the licence; only the first is offered to restore it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from factories.browser import assert_axe_clean, watch
from factories.holders import Served, serving_house
from factories.house import uscc_of
from factories.managers import plant_manager
from factories.phones import BrowserPhone, new_phone

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve one house for the module."""
    folder = tmp_path_factory.mktemp("second")
    database = folder / "zhizhao.db"
    database.write_bytes(sqlite_template.read_bytes())
    with serving_house(f"sqlite+aiosqlite:///{database}", folder) as house:
        yield house


def open_face(phone: BrowserPhone) -> None:
    """Open the licence's page."""
    phone.open(f"/wallet/licence#{uscc_of(7)}", ".zz-list")


def test_frozen_by_the_manager(browser: Browser, served: Served) -> None:
    """Frozen at once on both phones; the manager is told who restores it, and offered no way that would be refused."""
    first, second = new_phone(browser, served), new_phone(browser, served)
    first.ready(7)
    served.do(plant_manager(served.house))
    second.enrol(8)
    second.download()
    seen = watch(second.page)
    open_face(second)
    second.page.click("details summary >> text=冻结这张执照")
    second.page.click("form[data-api$='/freeze'] button")
    for page in ("home", "face"):
        if page == "face":
            open_face(second)
        expect(second.page.locator(".zz-note--warn")).to_contain_text("由法定代表人（负责人、经营者等）证明本人后恢复")
        expect(second.page.get_by_role("button", name="恢复使用")).to_have_count(0)
        assert_axe_clean(second.page)
    seen.assert_quiet()
    first.open("/wallet", ".zz-licence")
    expect(first.page.locator(".zz-licence .zz-chip")).to_have_text("已冻结")
    first.page.get_by_role("button", name="恢复使用").click()
    first.page.wait_for_url("**/wallet/prove?for=licence*")
    for phone in (first, second):
        phone.context.close()
