"""The registration window in a real Chromium: find, freeze, slips, lost phones."""

import io
import re
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from factories.browser import (
    COUNTER,
    DESKTOP,
    MODES,
    PHONE,
    assert_axe_clean,
    assert_no_overflow,
    assert_nothing_cut,
    reading,
    watch,
)
from factories.counters import Counter, fire
from factories.house import id_of, name_of, uscc_of
from factories.names import HOSTILE_NAMES
from zhizhao.ledger.entry import parse_entry
from zhizhao.ledger.store import ENTRY
from zhizhao.wallet.slip import parse_slip_code

pytestmark = pytest.mark.browser


def entries(counter: Counter, act: str) -> list[Any]:
    """Return the ledger's entries of one act."""

    async def read() -> list[Any]:
        async with counter.house.parts.database.read() as reader:
            rows = await reader.execute(select(ENTRY.c.body).order_by(ENTRY.c.entry_id))
            return [parse_entry(r.body) for r in rows]

    return [e for e in counter.do(read()) if e.act.value == act]


class TestFind:
    """By code while typing, by name, with the look-up in the ledger."""

    def test_the_code_is_checked_while_typing(self, page: Page) -> None:
        """A whole code says at once whether its check fits; so does the server, with the place."""
        wrong = uscc_of(1)[:-1] + ("A" if uscc_of(1)[-1] != "A" else "B")
        page.fill("#f-search", uscc_of(1))
        expect(page.locator(".zz-checkhint")).to_have_text("代码校验通过。")
        page.fill("#f-search", wrong)
        expect(page.locator(".zz-checkhint")).to_have_text("代码的校验位不对，请核对。")
        page.keyboard.press("Enter")
        expect(page.locator("#f-search-error")).to_contain_text("统一社会信用代码有误")

    def test_by_name_then_the_page(self, page: Page, counter: Counter) -> None:
        """The beginning of a name finds; opening the page is recorded as an official's look-up."""
        before = len(entries(counter, "office:entity:looked_up"))
        page.fill("#f-search", "济宁示例第2")
        page.keyboard.press("Enter")
        page.click("tbody a")
        expect(page.locator("h1")).to_have_text("济宁示例第2商贸有限公司")
        expect(page.locator(".zz-tablebox tbody tr")).to_have_count(1)
        assert "1.2.156.3005.2." in page.locator(".zz-tablebox").inner_text()
        seen = entries(counter, "office:entity:looked_up")
        assert len(seen) == before + 1
        assert seen[-1].object_id == uscc_of(2)
        assert id_of(2) not in page.content()

    def test_nothing_found(self, page: Page) -> None:
        """An unknown name says so; an unknown code is a page that does not exist."""
        page.fill("#f-search", "没有这一家")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("没有找到")
        assert page.request.get(page.url.split("?")[0] + f"/entities/{uscc_of(77)}").status == 404

    @pytest.mark.parametrize("which", HOSTILE_NAMES)
    def test_hostile_names(self, page: Page, counter: Counter, which: str) -> None:
        """Markup, an endless name, one long word: text in the list and on the entity's page, nothing cut off."""
        number = 61 + list(HOSTILE_NAMES).index(which)
        counter.do(counter.house.entity(number, name=HOSTILE_NAMES[which]))
        seen = watch(page)
        page.goto(f"{counter.base}/office?search={uscc_of(number)}", wait_until="networkidle")
        expect(page.locator("tbody a")).to_have_text(HOSTILE_NAMES[which])
        self._fits(page)
        page.click("tbody a")
        expect(page.locator("h1")).to_have_text(HOSTILE_NAMES[which])
        self._fits(page)
        seen.assert_quiet()

    @staticmethod
    def _fits(page: Page) -> None:
        expect(page.locator("main script, main img")).to_have_count(0)
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            assert_no_overflow(page)
            assert_nothing_cut(page)
        assert_axe_clean(page)


class TestFreeze:
    """At once for every copy, with a reason code and the papers checked."""

    def test_freeze_refuses_at_the_desk_and_unfreeze_lets_pass(self, page: Page, counter: Counter) -> None:
        """Frozen at the window, refused at the counter; lifted, it passes again; the history shows both."""
        phone = counter.do(counter.house.phone(3, [uscc_of(3)]))[0]
        code = counter.code(phone)
        address = f"{counter.base}/office/entities/{uscc_of(3)}"
        page.goto(address)
        page.evaluate("document.querySelector('.zz-officeform').noValidate = true")
        page.click(".zz-officeform .zz-btn--danger")
        expect(page.locator(".zz-summary")).to_contain_text("请选择原因")
        expect(page.locator(".zz-summary")).to_contain_text("请核对证件后勾选")
        page.check("text=手机遗失或被盗")
        page.check("#f-checked")
        page.click(".zz-officeform .zz-btn--danger")
        expect(page.locator(".zz-note--ok")).to_contain_text("已冻结")
        desk = self._desk(page, counter)
        fire(desk, code)
        expect(desk.locator("#stage .zz-verdict__who b")).to_have_text("执照已冻结")
        page.goto(address)
        page.check("text=本人到场，已核对证件")
        page.check("#f-checked")
        page.click(".zz-officeform .zz-btn--primary")
        expect(page.locator(".zz-note--ok")).to_contain_text("已解除冻结")
        expect(page.locator(".zz-keylist li").first).to_contain_text("解除冻结")
        fire(desk, counter.code(phone))
        expect(desk.locator("#stage")).to_have_attribute("data-view", "accepted")

    @staticmethod
    def _desk(page: Page, counter: Counter) -> Page:
        assert page.context.browser is not None
        context = page.context.browser.new_context(viewport=COUNTER)
        counter.sign_in(context)
        desk = context.new_page()
        desk.goto(counter.base + "/desk", wait_until="networkidle")
        return desk


class TestSlip:
    """A person's papers, checked; one slip, once."""

    def test_made_and_printed(self, page: Page, counter: Counter) -> None:
        """GB 11643 is checked while typing and on the server; the slip shows its code and a QR, and no number."""
        page.click("text=打印下载凭条")
        number = id_of(1)
        wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
        page.fill("#f-name", name_of(1))
        page.fill("#f-document_number", wrong)
        expect(page.locator(".zz-checkhint")).to_contain_text("校验码不对")
        page.check("#f-checked")
        page.click(".zz-btn--tall")
        expect(page.locator(".zz-summary")).to_contain_text("校验码不对")
        expect(page.locator("#f-name")).to_have_value(name_of(1))
        page.fill("#f-document_number", number)
        expect(page.locator(".zz-checkhint")).to_contain_text("校验通过")
        page.click(".zz-btn--tall")
        code = re.sub(r"[^0-9A-Z]", "", page.locator(".zz-slip__code").inner_text().split("：")[-1])
        assert parse_slip_code(code) == code
        assert number not in page.content()
        assert name_of(1) not in page.content()
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot(full_page=True))))
        assert [b.text.replace("-", "") for b in found] == [f"{counter.base}/wallet/enrol#{code}"]
        entry = entries(counter, "office:slip:made")[-1]
        assert entry.facts["document_kind"] == "id_card"
        assert number.encode() not in entry.body

    def test_papers_must_be_checked(self, page: Page, counter: Counter) -> None:
        """Without the clerk's tick there is no slip."""
        page.goto(counter.base + "/office/slips")
        page.fill("#f-name", name_of(1))
        page.fill("#f-document_number", id_of(1))
        page.evaluate("document.querySelector('.zz-officeform').noValidate = true")
        page.click(".zz-btn--tall")
        expect(page.locator(".zz-summary")).to_contain_text("请核对本人和证件原件")

    def test_prints_on_one_small_sheet(self, page: Page, counter: Counter) -> None:
        """The print is one A5 page with the slip alone."""
        page.goto(counter.base + "/office/slips")
        page.fill("#f-name", name_of(1))
        page.fill("#f-document_number", id_of(1))
        page.check("#f-checked")
        page.click(".zz-btn--tall")
        expect(page.locator(".zz-slip__code")).to_be_visible()
        pdf = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) == 1
        box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
        assert box is not None
        assert (round(float(box[1])), round(float(box[2]))) in {(419, 595), (420, 595), (420, 596)}


def test_lost_phone(page: Page, counter: Counter) -> None:
    """An unknown person is told in words; a known one's phone stops at once at the counter."""
    phone = counter.do(counter.house.phone(2, [uscc_of(2)]))[0]
    code = counter.code(phone)
    page.click("text=手机挂失")
    for number, words in ((id_of(9), "没有找到这个人"), (id_of(2), "停用了 1 部手机")):
        page.fill("#f-name", name_of(2))
        page.fill("#f-document_number", number)
        page.check("#f-checked")
        page.click(".zz-btn--danger")
        expect(page.locator("main")).to_contain_text(words)
    desk = TestFreeze._desk(page, counter)
    fire(desk, code)
    expect(desk.locator("#stage")).not_to_have_attribute("data-view", "accepted")
    expect(desk.locator(".zz-face6")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_pages_in_every_mode(browser: Browser, counter: Counter, clerk_token: str, lang: str) -> None:
    """axe, overflow, console: search, results, an entity, the forms."""
    paths = ("/office", "/office?search=91", f"/office/entities/{uscc_of(1)}", "/office/slips", "/office/lost")
    for theme, size in MODES:
        context = browser.new_context(viewport=DESKTOP)
        reading(context, counter.base, theme=theme, size=size, lang=lang)
        counter.sign_in(context, clerk_token)
        page = context.new_page()
        seen = watch(page)
        for viewport in (PHONE, DESKTOP):
            page.set_viewport_size(viewport)
            for path in paths:
                page.goto(counter.base + path, wait_until="networkidle")
                assert_no_overflow(page)
                assert_axe_clean(page)
        seen.assert_quiet()
        context.close()
