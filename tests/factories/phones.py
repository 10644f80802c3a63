"""A phone in a real Chromium: enrols, downloads and shows through the pages, as a person does."""

import io
from dataclasses import dataclass
from typing import Any

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from factories.browser import PHONE, reading
from factories.holders import Served
from factories.house import id_of, uscc_of

PIN = "280417"


@dataclass
class BrowserPhone:
    """One browser context that is one phone."""

    served: Served
    context: BrowserContext
    page: Page

    def open(self, path: str, ready: str = "[data-state=ready]") -> None:
        """Go to a page and wait until its part is there."""
        self.page.goto("about:blank")
        self.page.goto(self.served.base + path)
        if ready:
            expect(self.page.locator(ready).first).to_be_visible()

    def prove(self, slip: str, number: str) -> None:
        """Give a slip, as its QR does, and the document's number."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.served.base}/wallet/enrol#{slip}")
        self.page.locator("#f-id_number").fill(number)
        self.page.locator("[data-claim=slip] .zz-btn--primary").click()

    def set_pin(self, pin: str = PIN, again: str | None = None) -> None:
        """Enter a PIN twice."""
        self.page.locator("#f-pin").fill(pin)
        self.page.locator("#f-again").fill(pin if again is None else again)
        self.page.locator("[data-pins] .zz-btn--primary").click()

    def enrol(self, number: int) -> None:
        """Become the phone of an entity's principal."""
        self.prove(self.served.do(self.served.house._slip(number)), id_of(number))
        expect(self.page.locator("[data-step=pin]")).to_be_visible()
        self.set_pin()
        self.page.wait_for_url("**/wallet/choose")

    def download(self) -> None:
        """Take everything that is offered."""
        expect(self.page.locator("[data-download]")).to_be_visible()
        for box in self.page.locator("[name=uscc]").all():
            box.check()
        self.page.locator("[name=agreed]").check()
        self.page.locator("[data-download] .zz-btn--primary").click()
        expect(self.page.locator(".zz-go")).to_be_visible()

    def ready(self, number: int, **changes: Any) -> str:
        """Record an entity, enrol its principal on this phone, download its licence."""
        uscc: str = self.served.do(self.served.house.entity(number, **changes))
        self.enrol(number)
        self.download()
        return uscc

    def show(self, number: int) -> str:
        """Open the code page; return the digits on the plate."""
        self.open(f"/wallet/show#{uscc_of(number)}", "[data-ticket]")
        return self.digits()

    def lock(self) -> None:
        """Let the unlock be over, as time does."""
        self.page.evaluate("sessionStorage.clear()")
        self.open("/wallet/lost", "form")
        self.page.evaluate("sessionStorage.clear()")

    def digits(self) -> str:
        """Return the digits on the plate."""
        return "".join(self.page.locator(".zz-fours span:not(.zz-sr)").all_inner_texts())

    def codes_on_screen(self) -> dict[str, str]:
        """Return what a scanner reads from a picture of the plate, by symbology."""
        picture = Image.open(io.BytesIO(self.page.locator(".zz-codeplate").screenshot()))
        found = zxingcpp.read_barcodes(picture.convert("L"))
        return {str(code.format).removeprefix("BarcodeFormat.").replace(" ", ""): code.text for code in found}


def new_phone(
    browser: Browser,
    served: Served,
    *,
    width: int = PHONE["width"],
    height: int = PHONE["height"],
    scale: float = 2,
    lang: str = "zh-Hans",
    theme: str = "light",
    size: str = "standard",
    **options: Any,
) -> BrowserPhone:
    """Return a phone of a size, in a language and a mode."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=scale, locale="zh-CN", **options
    )
    context.set_default_timeout(15_000)
    reading(context, served.base, theme=theme, size=size, lang=lang)
    return BrowserPhone(served=served, context=context, page=context.new_page())
