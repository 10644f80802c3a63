"""The camera on the phone: a slip's QR read from a film, a foreign QR opened by nobody, no camera at all."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from factories.browser import assert_axe_clean, running_browser
from factories.holders import Served, serving_house
from factories.house import id_of
from factories.phones import BrowserPhone, new_phone
from zhizhao.wallet.slip import slip_uri

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def browser() -> None:
    """Give no shared browser here: each test launches its own with its own device."""


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve one house for the module."""
    folder = tmp_path_factory.mktemp("holders")
    database = folder / "zhizhao.db"
    database.write_bytes(sqlite_template.read_bytes())
    with serving_house(f"sqlite+aiosqlite:///{database}", folder) as house:
        yield house


def film(text: str, path: Path) -> Path:
    """Write a film of a QR on grey: one JPEG thirty times is a valid .mjpeg (UX.md §10)."""
    code = memoryview(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image(scale=9))
    height, width = code.shape[:2]
    frame = Image.new("RGB", (1280, 720), (96, 100, 104))
    frame.paste(Image.frombytes("L", (width, height), code.tobytes()), ((1280 - width) // 2, (720 - height) // 2))
    one = io.BytesIO()
    frame.save(one, "JPEG", quality=90)
    path.write_bytes(one.getvalue() * 30)
    return path


def test_slip_by_camera(served: Served, tmp_path: Path) -> None:
    """扫描单据 reads the printed QR and goes on with the number; every track is stopped afterwards."""
    served.do(served.house.entity(7))
    slip = served.do(served.house._slip(7))
    path = film(slip_uri(served.base, slip), tmp_path / "slip.mjpeg")
    with running_browser(*FAKE, f"--use-file-for-fake-video-capture={path}") as chromium:
        phone = new_phone(chromium, served)
        phone.open("/wallet/enrol", "[data-step=way]")
        phone.page.get_by_role("button", name="扫描单据").click()
        expect(phone.page.locator("#f-slip")).to_be_visible(timeout=15_000)
        assert phone.page.locator("#f-slip").input_value().replace("-", "") == slip
        expect(phone.page.locator("#f-id_number")).to_be_focused()
        assert not phone.page.evaluate("document.querySelector('video').srcObject")
        phone.page.locator("#f-id_number").fill(id_of(7))
        phone.page.locator("[data-claim=slip] .zz-btn--primary").click()
        expect(phone.page.locator("[data-step=pin]")).to_be_visible()


@pytest.mark.parametrize("text", ["https://attacker.example/wallet/enrol#X", "javascript:alert(1)", "1" * 24])
def test_foreign_code_opens_nothing(served: Served, tmp_path: Path, text: str) -> None:
    """扫一扫 shows what a foreign code says as plain text and opens nothing."""
    path = film(text, tmp_path / "foreign.mjpeg")
    with running_browser(*FAKE, f"--use-file-for-fake-video-capture={path}") as chromium:
        phone = new_phone(chromium, served)
        phone.open("/wallet/scan", "[data-scanner-open]")
        phone.page.get_by_role("button", name="打开摄像头").click()
        expect(phone.page.locator("[data-foreign]")).to_contain_text(text, timeout=15_000)
        assert phone.page.url == f"{served.base}/wallet/scan"
        assert not phone.page.locator("[data-foreign] a").count()


def test_no_camera(served: Served) -> None:
    """Without a camera the dialog says what else works, and is accessible."""
    with running_browser() as chromium:
        phone: BrowserPhone = new_phone(chromium, served)
        phone.open("/wallet/enrol", "[data-step=way]")
        phone.page.get_by_role("button", name="扫描单据").click()
        expect(phone.page.locator("[data-scanner-text=none]")).to_be_visible()
        assert_axe_clean(phone.page)
        phone.page.get_by_role("button", name="关闭").click()
        expect(phone.page.locator("[data-step=way]")).to_be_visible()
