"""Hostile names on the phone: text and nothing else, on every page that names a company, offline too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from factories.browser import NARROW, PHONE, assert_axe_clean, assert_no_overflow, assert_nothing_cut, watch
from factories.holders import Served, redeem, serving_house
from factories.house import uscc_of
from factories.names import HOSTILE_NAMES
from factories.phones import BrowserPhone, new_phone

pytestmark = pytest.mark.browser
NUMBERS = {name: 61 + place for place, name in enumerate(HOSTILE_NAMES)}


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve one house for the module."""
    folder = tmp_path_factory.mktemp("names")
    database = folder / "zhizhao.db"
    database.write_bytes(sqlite_template.read_bytes())
    with serving_house(f"sqlite+aiosqlite:///{database}", folder) as house:
        yield house


@pytest.mark.parametrize("which", HOSTILE_NAMES)
def test_hostile_names(browser: Browser, served: Served, which: str) -> None:
    """Card, face, code, record and the stored face: the name as it is, nothing cut, at 390 and at 320 px."""
    phone, number, name = new_phone(browser, served), NUMBERS[which], HOSTILE_NAMES[which]
    seen = watch(phone.page)
    phone.ready(number, name=name)
    client_id = str(served.do(served.house.client(f"测试窗口 {which}")).client.client_id)
    _look(phone, name, ".zz-licence__name")
    phone.open(f"/wallet/licence#{uscc_of(number)}", ".zz-list")
    _look(phone, name, ".zz-panel__head h2 >> nth=0")
    code = phone.show(number)
    _look(phone, name, ".zz-who b")
    served.do(redeem(served.house, client_id, code))
    expect(phone.page.locator("[data-verdict]")).to_be_visible()
    _look(phone, name, ".zz-list dd >> nth=0")
    seen.assert_quiet(but=("/events",))
    phone.open("/wallet")
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.open("/wallet")
    phone.context.set_offline(offline=True)
    phone.page.goto(f"{phone.served.base}/wallet")
    _look(phone, name, "[data-faces] h2")
    expect(phone.page.locator(".zz-offline__say")).to_be_in_viewport(ratio=1)
    phone.context.close()


def _look(phone: BrowserPhone, name: str, where: str) -> None:
    expect(phone.page.locator(where).first).to_contain_text(name)
    expect(phone.page.locator("main script, main img")).to_have_count(0)
    for size in (PHONE, NARROW):
        phone.page.set_viewport_size(size)
        assert_no_overflow(phone.page)
        assert_nothing_cut(phone.page)
    assert_axe_clean(phone.page)
    phone.page.set_viewport_size(PHONE)
