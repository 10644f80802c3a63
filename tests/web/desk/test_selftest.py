"""The self-test of guns: each fault of a gun is named in words; the codes on the page are the test code."""

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from factories.counters import Counter, fire
from zhizhao.kernel.code24 import parse_code
from zhizhao.kernel.errors import CodeMalformed
from zhizhao.web.desk.selftest import TEST_CODE

pytestmark = pytest.mark.browser


@pytest.fixture
def page(desk: Page, counter: Counter) -> Page:
    """Give the self-test."""
    desk.goto(counter.base + "/desk/selftest", wait_until="networkidle")
    return desk


def finding(page: Page, name: str) -> None:
    """Expect one finding, and that alone."""
    expect(page.locator(f"[data-finding-text~={name}]")).to_be_visible()
    expect(page.locator("[data-finding-text]:visible")).to_have_count(1)


@pytest.mark.parametrize(
    ("typed", "end", "name"),
    [
        (TEST_CODE, "Enter", "good"),
        (TEST_CODE, "", "no-enter"),
        (TEST_CODE[:19], "Enter", "cut"),
        (TEST_CODE * 2, "Enter", "doubled"),
        ("".join(d * 2 for d in TEST_CODE), "Enter", "doubled"),
        ("987654321098765432109876543210", "Enter", "other"),
    ],
)
def test_findings(page: Page, typed: str, end: str, name: str) -> None:
    """Good, without Enter, cut, doubled as a whole and digit by digit, something else."""
    fire(page, typed, delay=2, end=end)
    finding(page, name)


@pytest.mark.parametrize(("key", "code", "name"), [("Process", "Digit", "input-method"), ("&", "Digit", "letters")])
def test_hidden_and_changed_keys(page: Page, key: str, code: str, name: str) -> None:
    """An input method hides the keys; another layout turns them into signs."""
    page.evaluate(
        """([digits, key, code]) => {
          const send = (k, c) => document.dispatchEvent(
            new KeyboardEvent('keydown', { key: k, code: c, bubbles: true, cancelable: true }));
          for (const digit of digits) send(key, code + digit);
          send('Enter', 'Enter');
        }""",
        [TEST_CODE, key, code],
    )
    finding(page, name)


def test_the_codes_on_the_page(page: Page) -> None:
    """Bars and QR both say the test code; set-up codes are there; a photograph of the screen decodes."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot(full_page=True))))
    texts = [(b.format.name, b.text) for b in found]
    assert sum(text == TEST_CODE for _name, text in texts) == 2, texts
    assert {"@TSUENA1", "@TSUSET0D"} <= {text for _name, text in texts}


def test_a_test_code_is_no_presentation_code(desk: Page) -> None:
    """Its kind does not exist: the server refuses it as malformed, so it never looks like a customer's."""
    with pytest.raises(CodeMalformed):
        parse_code(TEST_CODE)
    fire(desk, TEST_CODE)
    expect(desk.locator(".zz-verdict__who b")).to_have_text("出示码有误")
