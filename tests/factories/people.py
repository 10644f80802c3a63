"""What people do in a browser: a holder enrols and shows, a clerk signs in and scans. Their own pages, no shortcuts."""

import base64
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, Page, expect

from factories.browser import COUNTER, PHONE, reading

PIN = "274916"


def totp_now(secret: str) -> str:
    """Return the one-time number of this moment, computed by an independent library."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return TOTP(key, 6, SHA1(), 30, enforce_key_length=False).generate(int(time.time())).decode()


@dataclass
class Holder:
    """A person with a phone."""

    context: BrowserContext
    page: Page
    base: str

    def enrol(self, person: dict[str, Any]) -> None:
        """Type the slip and the ID number, set a PIN."""
        page = self.page
        page.goto(f"{self.base}/wallet")
        page.locator("[data-go=slip]").first.click()
        form = page.locator("form[data-claim=slip]")
        form.locator("input").nth(0).fill(person["slip"])
        form.locator("input").nth(1).fill(person["id_number"])
        form.locator("button.zz-btn--primary").click()
        pins = page.locator("[data-step=pin] form input.zz-pin")
        pins.nth(0).fill(PIN)
        pins.nth(1).fill(PIN)
        page.locator("[data-step=pin] form button.zz-btn--primary").click()
        page.wait_for_url("**/wallet/choose*")

    def download(self) -> None:
        """Accept the declaration, download the licence that is ticked."""
        page = self.page
        page.locator("input[name=agreed]").check()
        page.locator("form[data-download] button.zz-btn--primary").click()
        expect(page.locator(".zz-licence").first).to_be_visible()

    def show(self) -> str:
        """Open the show page from home; return the 24 digits as they stand there."""
        page = self.page
        page.goto(f"{self.base}/wallet")
        page.locator("a.zz-go").click()
        expect(page.locator(".zz-fours")).to_be_visible()
        return digits_on(page)


def digits_on(page: Page) -> str:
    """Return the digits under the bars."""
    return "".join(c for c in page.locator(".zz-fours").inner_text() if c.isdigit())


def open_phone(
    browser: Browser, base: str, *, lang: str = "zh-Hans", theme: str = "light", size: str = "standard"
) -> Holder:
    """Give a fresh phone of 390 px."""
    context = browser.new_context(viewport=PHONE, device_scale_factor=2, has_touch=True)
    reading(context, base, lang=lang, theme=theme, size=size)
    return Holder(context, context.new_page(), base)


def open_desk(browser: Browser, base: str, account: dict[str, Any], *, lang: str = "zh-Hans") -> Page:
    """Sign a clerk in at a counter of 1366 px; give the desk, ready to scan."""
    context = browser.new_context(viewport=COUNTER)
    reading(context, base, lang=lang)
    page = context.new_page()
    page.goto(f"{base}/desk")
    page.fill("[name=username]", account["username"])
    page.fill("[name=password]", account["password"])
    page.fill("[name=number]", totp_now(account["totp_secret"]))
    page.locator("main button.zz-btn--primary").first.click()
    expect(page.locator("[data-ready]")).to_be_visible()
    return page


def scan(page: Page, digits: str, *, delay: float = 5) -> None:
    """Type like a scanner gun: one key every few milliseconds, then Enter."""
    page.keyboard.type(digits, delay=delay)
    page.keyboard.press("Enter")
