"""Every public page in a real Chromium: axe, overflow, console, weight, print, preferences (UX.md §16, §17)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from factories.browser import (
    DESKTOP,
    PHONE,
    assert_axe_clean,
    assert_no_overflow,
    axe_findings,
    first_visit,
    look_at,
    reading,
    serving,
    watch,
)
from factories.public import public_verbs
from factories.web import trial_app
from zhizhao.storage.database import Database
from zhizhao.web.public.routes import handlers

pytestmark = pytest.mark.browser
PAGES = (
    "/",
    "/guide",
    "/guide/holder",
    "/guide/clerk",
    "/verify",
    "/d/dsp_valid",
    "/d/dsp_revoked",
    "/d/dsp_marked",
    "/accessibility",
    "/sitemap",
    "/problems",
    "/not/there",
)


@pytest.fixture(scope="module")
def base(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the public door with stand-ins; give its address."""
    path = tmp_path_factory.mktemp("public") / "zhizhao.db"
    path.write_bytes(sqlite_template.read_bytes())
    app = trial_app(
        Database(f"sqlite+aiosqlite:///{path}"), handlers=handlers, dependencies={"public_verbs": public_verbs()}
    )
    with serving(app) as address:
        yield address


@pytest.mark.parametrize("path", PAGES)
def test_every_page_in_every_mode(browser: Browser, base: str, path: str) -> None:
    """Light, dark, elder × two languages × 390 and 1280 px: no finding; 320 px: no overflow."""
    query = path.startswith("/d/")
    assert look_at(browser, base, path, by_query=query, expected=("404",) if path == "/not/there" else ()) == 18


@pytest.mark.parametrize("path", PAGES[:-1])
def test_first_visits_are_light(browser: Browser, base: str, path: str) -> None:
    """120 KB for any page, 60 KB for the display, ten requests, no other origin."""
    first_visit(browser, base + path, most_kb=60 if path.startswith("/d/") else 120)


def test_axe_can_fail(browser: Browser, base: str) -> None:
    """The control: a control without a name is found."""
    page = browser.new_page()
    page.goto(base)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')")
    assert any("button-name" in finding for finding in axe_findings(page))
    page.close()


def test_large_type_and_dark_without_a_reload(browser: Browser, base: str) -> None:
    """What was typed stays, the choice is kept, the word and the state swap."""
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    seen = watch(page)
    page.goto(f"{base}/verify")
    page.get_by_label("或粘贴回执、凭证的文本").fill("half typed")
    with page.expect_response(re.compile("/preferences")):
        page.get_by_role("button", name="长辈版").click()
    expect(page.locator("html")).to_have_attribute("data-size", "elder")
    expect(page.get_by_role("button", name="标准版")).to_have_attribute("aria-pressed", "true")
    with page.expect_response(re.compile("/preferences")):
        page.get_by_role("button", name="深色").click()
    expect(page.get_by_role("button", name="浅色")).to_be_focused()
    expect(page.get_by_label("或粘贴回执、凭证的文本")).to_have_value("half typed")
    assert_axe_clean(page)
    page.goto(f"{base}/")
    expect(page.locator("html")).to_have_attribute("data-size", "elder")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("button", name="EN").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    seen.assert_quiet()
    context.close()


def test_preferences_without_script(browser: Browser, base: str) -> None:
    """The same buttons are a plain form."""
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{base}/verify")
    page.get_by_role("button", name="长辈版").click()
    assert page.url == f"{base}/verify"
    expect(page.locator("html")).to_have_attribute("data-size", "elder")
    page.goto(f"{base}/d/dsp_valid")
    page.get_by_role("button", name="EN").click()
    assert page.url == f"{base}/d/dsp_valid?lang=en"
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    context.close()


def test_the_system_decides_until_somebody_does(browser: Browser, base: str) -> None:
    """Without a choice a dark system gets dark, and the button offers light."""
    context = browser.new_context(color_scheme="dark", viewport=DESKTOP)
    page = context.new_page()
    page.goto(base)
    expect(page.get_by_role("button", name="浅色")).to_be_visible()
    expect(page.get_by_role("button", name="深色")).to_be_hidden()
    page.get_by_role("button", name="浅色").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    expect(page.get_by_role("button", name="深色")).to_be_visible()
    context.close()


def test_the_first_key_leads_to_the_content(browser: Browser, base: str) -> None:
    """The skip link is the first stop and works."""
    page = browser.new_page()
    page.goto(base)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到主要内容")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.close()


def test_a_wrong_form_takes_the_focus_to_its_summary(browser: Browser, base: str) -> None:
    """The summary is focused, its link leads to the field."""
    page = browser.new_page()
    page.goto(f"{base}/verify")
    page.get_by_role("button", name="核验").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="请选择一个文件").click()
    expect(page.locator("#f-file")).to_be_focused()
    page.close()


def test_at_twice_the_size_nothing_is_lost(browser: Browser, base: str) -> None:
    """200 % zoom of 1280 px is 640 px: no sideways scroll."""
    context = browser.new_context(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    reading(context, base, size="elder")
    page = context.new_page()
    for path in PAGES[:-1]:
        page.goto(base + path)
        assert_no_overflow(page)
    context.close()


@pytest.mark.parametrize("path", ["/guide/holder", "/guide/clerk", "/d/dsp_valid"])
def test_guides_and_licence_print_on_one_sheet(browser: Browser, base: str, path: str, tmp_path: Path) -> None:
    """One A4 page each, with the demonstration line."""
    page = browser.new_page()
    page.goto(base + path)
    target = tmp_path / "sheet.pdf"
    page.pdf(path=str(target), prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", target.read_bytes())) == 1
    page.close()
