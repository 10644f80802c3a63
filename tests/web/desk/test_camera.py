"""The camera at the desk: a fake device that films one picture, no device, a refused permission, a photo."""

import io
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from factories.browser import COUNTER, assert_axe_clean, running_browser, watch
from factories.counters import Counter
from factories.house import Phone

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REJECT = """(name) => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', name));
}"""
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def browser() -> None:
    """Give no shared browser here: each test launches its own with its own device."""


def picture(text: str) -> Image.Image:
    """Return 1280 × 720 pixels with the code as a phone held into the camera."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q").to_image(scale=12)
    frame = Image.new("RGB", (1280, 720), (96, 100, 104))
    pixels = memoryview(code)
    height, width = pixels.shape[:2]
    shown = Image.frombytes("L", (width, height), pixels.tobytes())
    frame.paste(shown, ((1280 - width) // 2, (720 - height) // 2))
    return frame


def film(text: str, path: Path) -> Path:
    """Write a film: one JPEG thirty times is a valid .mjpeg (UX.md §10)."""
    one = io.BytesIO()
    picture(text).save(one, "JPEG", quality=90)
    path.write_bytes(one.getvalue() * 30)
    return path


def test_reads_a_code(counter: Counter, phones: list[Phone], tmp_path: Path) -> None:
    """F6, permission, picture, verdict; the wasm came only now; every track is stopped afterwards."""
    path = film(counter.code(phones[0]), tmp_path / "film.mjpeg")
    with running_browser(*FAKE, f"--use-file-for-fake-video-capture={path}") as chromium:
        context = chromium.new_context(viewport=COUNTER)
        counter.sign_in(context)
        page = context.new_page()
        seen = watch(page)
        page.goto(counter.base + "/desk", wait_until="networkidle")
        before = seen.transferred
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.keyboard.press("F6")
        expect(page.locator("#stage")).to_have_attribute("data-view", "accepted", timeout=15_000)
        expect(page.locator("#face-uscc")).to_have_text(phones[0].uscc)
        expect(page.locator("#scanner")).not_to_have_attribute("open", "")
        assert page.evaluate("document.querySelector('#scanner video').srcObject") is None
        assert any(url.endswith(".wasm") for url in asked)
        assert seen.transferred - before <= 430 * 1024
        seen.assert_quiet()
        context.close()


def test_something_else_is_only_said(counter: Counter, tmp_path: Path) -> None:
    """Another QR opens nothing and sends nothing; the dialog says that it is no code of ours."""
    path = film("https://example.test/login?x=1", tmp_path / "film.mjpeg")
    with running_browser(*FAKE, f"--use-file-for-fake-video-capture={path}") as chromium:
        context = chromium.new_context(viewport=COUNTER)
        counter.sign_in(context)
        page = context.new_page()
        page.goto(counter.base + "/desk", wait_until="networkidle")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
        page.click("[data-scanner-open]")
        expect(page.locator("[data-scanner-text=foreign]")).to_be_visible(timeout=15_000)
        assert asked == []
        expect(page.locator("#stage")).to_have_attribute("data-view", "ready")
        assert_axe_clean(page)
        context.close()


def test_no_camera_then_a_photo(counter: Counter, phones: list[Phone], tmp_path: Path) -> None:
    """Without a device the words say so, and a photo still works; nothing is uploaded but the digits."""
    photo = tmp_path / "photo.png"
    picture(counter.code(phones[1])).save(photo)
    with running_browser() as chromium:
        context = chromium.new_context(viewport=COUNTER)
        counter.sign_in(context)
        page = context.new_page()
        page.goto(counter.base + "/desk", wait_until="networkidle")
        page.keyboard.press("F6")
        expect(page.locator("[data-scanner-text=none]")).to_be_visible()
        sizes: list[int] = []
        page.on(
            "request", lambda request: sizes.append(len(request.post_data or "")) if request.method == "POST" else None
        )
        page.set_input_files("[data-scanner-photo]", str(photo))
        expect(page.locator("#stage")).to_have_attribute("data-view", "accepted", timeout=15_000)
        assert sizes
        assert max(sizes) < 1000
        context.close()


def test_refused_permission(counter: Counter) -> None:
    """A refusal has its own words, and a way back."""
    with running_browser("--use-fake-device-for-media-stream") as chromium:
        context = chromium.new_context(viewport=COUNTER, permissions=[])
        counter.sign_in(context)
        page = context.new_page()
        page.goto(counter.base + "/desk", wait_until="networkidle")
        page.evaluate(REJECT, "NotAllowedError")
        page.click("[data-scanner-open]")
        expect(page.locator("[data-scanner-text=refused]")).to_be_visible()
        page.evaluate(REJECT, "NotReadableError")
        page.click("[data-scanner-again]")
        expect(page.locator("[data-scanner-text=busy]")).to_be_visible()
        context.close()
