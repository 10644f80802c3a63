"""A real Chromium for tests, and what every page is asked: axe, overflow, console, failed requests, weight.

Playwright's synchronous interface keeps a running event loop in its thread while it is started, so the `browser`
fixture lives one module long and a module of browser tests holds no async test and no async fixture.
"""

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from factories.postgres import free_port

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)
COUNTER = ViewportSize(width=1366, height=768)
NARROW = ViewportSize(width=320, height=640)
MODES = (("light", "standard"), ("dark", "standard"), ("light", "elder"), ("dark", "elder"))
"""Theme and size in which every page is looked at."""
FIRST_VISIT_KB = 120


def chromium_path() -> str:
    """Return the distribution's Chromium: `ZHIZHAO_CHROMIUM`, else the one on PATH."""
    found = os.environ.get("ZHIZHAO_CHROMIUM") or shutil.which("chromium")
    assert found, "install chromium or set ZHIZHAO_CHROMIUM"
    return found


@contextlib.contextmanager
def running_browser(*flags: str) -> Iterator[Browser]:
    """Launch Chromium, with further flags (fake camera) when given; close it at the end."""
    arguments = [*FLAGS, *flags, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=arguments)
        try:
            yield browser
        finally:
            browser.close()


async def serve_until_told(server: uvicorn.Server, ready: threading.Event) -> None:
    """Serve until `should_exit`, say when it answers, and leave no task behind that could still hold a connection."""
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 uvicorn tells it by this flag alone
        await asyncio.sleep(0.01)
    ready.set()
    await task
    if left := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(left, timeout=5)


@contextlib.contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an ASGI application on a free port in a thread; give its address on `localhost`."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.02)
    try:
        yield f"http://localhost:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


LEFT = "net::ERR_ABORTED"
"""What the browser says of a request that its own page gave up by moving on: no failure of anybody's."""


@dataclass
class Watch:
    """Everything a page did that no page should do."""

    messages: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    transferred: int = 0
    """Bytes over the wire, headers included, as the browser counts them."""
    requests: int = 0

    def assert_quiet(self, *, but: tuple[str, ...] = ()) -> None:
        """Check that there was no console message, failed request or third-party origin; `but` names expected words."""
        loud = [text for text in [*self.messages, *self.failed] if not any(word in text for word in but)]
        assert not loud, loud
        assert not self.foreign, self.foreign


def watch(page: Page, *, origin: str = "http://localhost") -> Watch:
    """Watch a page from now on."""
    seen = Watch()
    page.on("console", lambda message: seen.messages.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen.messages.append(f"error: {error}"))

    def failed(request: Any) -> None:
        if request.failure != LEFT:
            seen.failed.append(f"{request.url}: {request.failure}")

    page.on("requestfailed", failed)
    page.on(
        "response", lambda reply: seen.failed.append(f"{reply.status} {reply.url}") if reply.status >= 400 else None
    )

    def asked(request: Any) -> None:
        seen.requests += 1
        if not request.url.startswith((origin, "data:", "blob:")):
            seen.foreign.append(request.url)

    page.on("request", asked)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def counted(event: dict[str, Any]) -> None:
        seen.transferred += int(event["encodedDataLength"])

    session.on("Network.loadingFinished", counted)
    return seen


def reading(
    context: BrowserContext, base: str, *, theme: str = "light", size: str = "standard", lang: str = "zh-Hans"
) -> None:
    """Set the reader's preferences as the site's own cookies do."""
    chosen = {"zz-theme": theme, "zz-size": size, "zz-lang": lang}
    context.add_cookies([{"name": name, "value": value, "url": base, "secure": True} for name, value in chosen.items()])


@cache
def _axe_source() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def axe_findings(page: Page, *, within: str | None = None) -> list[str]:
    """Return what axe finds on the page (WCAG 2.2 A and AA, best practice), one line a node."""
    # Page.evaluate works under the strict policy; a script tag would be refused (UX.md §17).
    page.evaluate(_axe_source())
    call = "([where, tags]) => axe.run(where || document, {runOnly: {type: 'tag', values: tags}})"
    result = page.evaluate(call, [within, list(AXE_TAGS)])
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]} {json.dumps(node['any'][:1], ensure_ascii=False)[:400]}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]


def assert_axe_clean(page: Page) -> None:
    """Check that axe finds nothing; there is no list of exceptions."""
    found = axe_findings(page)
    assert not found, "\n".join([page.url, *found])


def assert_no_overflow(page: Page) -> None:
    """Check that the page does not scroll sideways, and name what sticks out."""
    wide = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const right = (e) => e.getBoundingClientRect().right;
          const out = [...document.querySelectorAll('body *')].filter((e) => right(e) > width + 0.5);
          return out.slice(0, 5).map((e) => `${e.tagName}.${e.className} ${Math.round(right(e))} > ${width}`);
        }"""
    )
    assert not wide, [page.url, *wide]


def assert_nothing_cut(page: Page) -> None:
    """Check that no line of text runs out of a box that hides what does not fit, ellipsis and scrolling apart."""
    cut = page.evaluate(
        """() => {
          const found = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let text = walker.nextNode(); text; text = walker.nextNode()) {
            if (!text.data.trim() || text.parentElement.closest('.zz-sr')) continue;
            const range = document.createRange();
            range.selectNodeContents(text);
            const right = Math.max(0, ...[...range.getClientRects()].map((rect) => rect.right));
            for (let box = text.parentElement; box; box = box.parentElement) {
              const style = getComputedStyle(box);
              if (['auto', 'scroll'].includes(style.overflowX) || style.textOverflow === 'ellipsis') break;
              const hides = style.overflowX !== 'visible' || box === document.documentElement;
              if (hides && right > box.getBoundingClientRect().right + 1) found.push(text.data.trim().slice(0, 40));
            }
          }
          return found.slice(0, 5);
        }"""
    )
    assert not cut, [page.url, *cut]


def first_visit(browser: Browser, url: str, *, most_kb: float = FIRST_VISIT_KB) -> Watch:
    """Load a page in a fresh context, check quiet console, weight and ten requests; return what was seen."""
    context = browser.new_context(viewport=PHONE)
    try:
        page = context.new_page()
        seen = watch(page)
        page.goto(url, wait_until="networkidle")
        seen.assert_quiet()
        assert seen.transferred <= most_kb * 1024, f"{url}: {seen.transferred / 1024:.1f} KB"
        assert seen.requests <= 10, f"{url}: {seen.requests} requests"
    finally:
        context.close()
    return seen


def look_at(
    browser: Browser,
    base: str,
    path: str,
    *,
    widths: tuple[ViewportSize, ...] = (PHONE, DESKTOP),
    by_query: bool = False,
    expected: tuple[str, ...] = (),
) -> int:
    """Check one page in light, dark and elder, both languages, every width and 320 px; return how many looks.

    The page is loaded once a mode and then resized: what it says must fit, whatever width it was opened at.
    `by_query` asks a page without cookies for its mode in the address; `expected` names words of expected failures.
    """
    looks = 0
    context = browser.new_context(viewport=widths[0])
    page = context.new_page()
    seen = watch(page)
    for lang, (theme, size) in itertools.product(("zh-Hans", "en"), MODES[:3]):
        reading(context, base, theme=theme, size=size, lang=lang)
        mode = f"?theme={theme}&size={size}&lang={lang}" if by_query else ""
        page.goto(base + path + mode, wait_until="networkidle")
        assert page.locator("html").get_attribute("lang") == lang
        for viewport in (*widths, NARROW):
            page.set_viewport_size(viewport)
            assert_no_overflow(page)
            if viewport is not NARROW:
                assert_axe_clean(page)
            looks += 1
    seen.assert_quiet(but=expected)
    context.close()
    return looks
