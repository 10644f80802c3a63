"""The stage: two metres, no scrolling, keys, copying, filing, holder check, idle wipe, the other ways in."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from factories.browser import (
    COUNTER,
    DESKTOP,
    MODES,
    PHONE,
    assert_axe_clean,
    assert_no_overflow,
    reading,
    watch,
)
from factories.counters import Counter, fire
from factories.house import Phone, id_of, name_of, uscc_of
from zhizhao.kernel.code24 import in_fours, new_code
from zhizhao.registry.entity import EntityStatus

pytestmark = pytest.mark.browser


def scanned(desk: Page, counter: Counter, phone: Phone) -> None:
    """Scan a phone and wait for 通过."""
    fire(desk, counter.code(phone), delay=1)
    expect(desk.locator("#stage")).to_have_attribute("data-view", "accepted")


class TestTwoMetres:
    """UX.md §9.4 and the mockups."""

    @pytest.mark.parametrize("lang", ["zh-Hans", "en"])
    def test_accepted_fits_and_is_large(
        self, desk: Page, context: BrowserContext, counter: Counter, phones: list[Phone], lang: str
    ) -> None:
        """1366 × 768 without scrolling; the verdict has a quarter of the height and letters of a hand's height."""
        reading(context, counter.base, lang=lang)
        desk.reload()
        scanned(desk, counter, phones[0])
        height = desk.evaluate("document.querySelector('.zz-verdict').getBoundingClientRect().height")
        assert height >= 0.25 * COUNTER["height"]
        assert desk.evaluate("document.documentElement.scrollHeight") <= COUNTER["height"]
        assert desk.evaluate("parseFloat(getComputedStyle(document.querySelector('.zz-verdict h1')).fontSize)") >= 100
        face = desk.locator(".zz-facescroll").bounding_box()
        last = desk.locator("#face-scope").bounding_box()
        assert face is not None
        assert last is not None
        assert last["y"] + last["height"] <= face["y"] + face["height"] + 1, "eight ordinary fields fit"

    def test_refused_shows_no_face_data(self, context: BrowserContext, counter: Counter) -> None:
        """A revoked company: 不通过, the reason, a sentence for the customer, the failed step; nothing of the face."""
        counter.do(counter.house.entity(21))
        phone = counter.do(counter.house.phone(21, [uscc_of(21)]))[0]
        code = counter.code(phone)
        counter.do(counter.house.entity(21, status=EntityStatus.REVOKED))
        page = context.new_page()
        page.goto(counter.base + "/desk")
        fire(page, code)
        expect(page.locator("#stage")).to_have_attribute("data-view", "refused")
        expect(page.locator("h1")).to_have_text("不通过")
        expect(page.locator(".zz-verdict__who b")).to_have_text("已被吊销")
        expect(page.locator("blockquote")).to_contain_text("不能办理")
        assert page.locator(".zz-checks .no").inner_text().split() == ["执照状态", "不通过"]
        assert [t.split()[-1] for t in page.locator(".zz-checks li").all_inner_texts()] == [
            "通过", "通过", "通过", "不通过", "未执行", "未执行",
        ]  # fmt: skip
        whole = page.content()
        for hidden in (uscc_of(21), "济宁示例第21", name_of(21)):
            assert hidden not in whole
        page.goto(counter.base + "/desk/records")
        assert "济宁示例第21" not in page.content()

    def test_no_id_number_anywhere(self, desk: Page, counter: Counter, phones: list[Phone]) -> None:
        """The presenter is a role and a masked name."""
        scanned(desk, counter, phones[0])
        assert id_of(1) not in desk.content()
        expect(desk.locator(".zz-side .zz-list")).to_contain_text("*（法定代表人）")


class TestKeys:
    """The keys that the foot shows, and that they can be switched off."""

    def test_copy_with_alt_and_digit(
        self, desk: Page, context: BrowserContext, counter: Counter, phones: list[Phone]
    ) -> None:
        """Alt+2 copies the code; it is said aloud."""
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=counter.base)
        scanned(desk, counter, phones[0])
        desk.keyboard.press("Alt+Digit2")
        expect(desk.locator("#announce")).to_have_text("已复制：统一社会信用代码")
        assert desk.evaluate("navigator.clipboard.readText()") == phones[0].uscc

    def test_escape_is_the_next_customer(self, desk: Page, counter: Counter, phones: list[Phone]) -> None:
        """Esc clears the result and the note; the book stays."""
        desk.fill("#note", "备注")
        scanned(desk, counter, phones[1])
        desk.locator("h1").focus()
        desk.keyboard.press("Escape")
        expect(desk.locator("#stage")).to_have_attribute("data-view", "ready")
        expect(desk.locator("#note")).to_have_value("")
        expect(desk.locator("#recent .zz-scan b").first).to_have_text("济宁示例第2商贸有限公司")

    def test_f3_types(self, desk: Page, counter: Counter, phones: list[Phone]) -> None:
        """F3 goes to the field; digits in fours with blanks are fine, Enter sends."""
        desk.keyboard.press("F3")
        expect(desk.locator("#code")).to_be_focused()
        desk.locator("#code").fill(in_fours(counter.code(phones[2])))
        desk.keyboard.press("Enter")
        expect(desk.locator("#stage")).to_have_attribute("data-view", "accepted")

    def test_f4_opens_the_archive_copy(
        self, desk: Page, context: BrowserContext, counter: Counter, phones: list[Phone]
    ) -> None:
        """F4 asks for the signed PDF in a new tab; the same file is there to keep."""
        scanned(desk, counter, phones[0])
        address = desk.locator("[data-print]").get_attribute("href") or ""
        with context.expect_page():
            desk.keyboard.press("F4")
        reply = context.request.get(counter.base + address)
        assert reply.headers["content-type"] == "application/pdf"
        assert reply.headers["content-disposition"].startswith("inline")
        kept = context.request.get(counter.base + address.split("?")[0])
        assert kept.headers["content-disposition"].startswith("attachment")
        assert kept.body() == reply.body()
        assert kept.body()[:5] == b"%PDF-"

    def test_f7_changes_the_matter(self, desk: Page) -> None:
        """F7 opens the bar; another matter brings its purpose; it is kept."""
        desk.keyboard.press("F7")
        desk.wait_for_url(re.compile("edit=1"))
        desk.select_option("#f-matter", label="注销登记")
        desk.fill("#f-case_number", "JN2026-000124")
        desk.fill("#f-window", "窗口03")
        desk.click("button:has-text('保存')")
        expect(desk.locator(".zz-matter dd").nth(0)).to_have_text("注销登记")
        expect(desk.locator(".zz-matter dd").nth(1)).to_have_text("注销登记")
        expect(desk.locator(".zz-matter dd").nth(2)).to_have_text("JN2026-000124")
        expect(desk.locator(".zz-deskwho")).to_contain_text("窗口03")
        desk.goto(desk.url.split("?")[0] + "?matter=EG-SCJG-SPXK&case_number=JN2026-000125")
        expect(desk.locator(".zz-matter dd").nth(2)).to_have_text("JN2026-000125")

    def test_switched_off(self, desk: Page, counter: Counter, phones: list[Phone]) -> None:
        """Without keys the gun still works and Esc does nothing; they can be turned on again."""
        desk.click("text=关闭快捷键")
        expect(desk.locator(".zz-keys")).to_contain_text("快捷键已关闭")
        scanned(desk, counter, phones[3])
        desk.keyboard.press("Escape")
        desk.wait_for_timeout(200)
        expect(desk.locator("#stage")).to_have_attribute("data-view", "accepted")
        desk.goto(desk.url)
        desk.click("text=打开快捷键")
        expect(desk.locator(".zz-keys")).to_contain_text("F2")


class TestFiling:
    """Link to a case: first, another, out; append-only, with a reason."""

    def test_file_refile_and_take_out(self, context: BrowserContext, counter: Counter, phones: list[Phone]) -> None:
        """Each step is shown; moving without a reason is refused and nothing typed is lost."""
        desk = context.new_page()
        desk.goto(counter.base + "/desk?edit=1")
        desk.fill("#f-case_number", "")
        desk.click("button:has-text('保存')")
        desk.wait_for_url("**/desk", wait_until="networkidle")
        scanned(desk, counter, phones[0])
        desk.keyboard.press("F9")
        desk.fill("#f-case_number", "JN2026-000777")
        desk.click("#filing .zz-btn--primary")
        expect(desk.locator(".zz-do__case")).to_contain_text("已存入办件")
        expect(desk.locator(".zz-do__case b")).to_have_text("JN2026-000777")
        desk.keyboard.press("F9")
        desk.evaluate("document.querySelector('#filing form').noValidate = true")
        desk.fill("#f-case_number", "JN2026-000778")
        desk.click("#filing .zz-btn--primary")
        expect(desk.locator("#filing .zz-summary")).to_contain_text("请写明")
        expect(desk.locator("#f-case_number")).to_have_value("JN2026-000778")
        desk.fill("#f-reason", "扫到了别的办件")
        desk.click("#filing .zz-btn--primary")
        expect(desk.locator(".zz-do__case b")).to_have_text("JN2026-000778")
        desk.keyboard.press("F9")
        expect(desk.locator("#filing")).to_contain_text("扫到了别的办件")
        desk.fill("#f-reason", "客户撤回")
        desk.click("#filing .zz-btn--danger")
        expect(desk.locator(".zz-do__case")).to_contain_text("已移出办件")
        expect(desk.locator(".zz-do__case b")).to_have_text("未存入办件")

    def test_the_case_of_the_bar_is_filed_with_the_scan(
        self, desk: Page, counter: Counter, phones: list[Phone]
    ) -> None:
        """With a case number set, a scan is filed at once and the department finds it by the case."""
        desk.goto(counter.base + "/desk?case_number=JN2026-000900")
        scanned(desk, counter, phones[1])
        expect(desk.locator(".zz-do__case b")).to_have_text("JN2026-000900")
        desk.goto(counter.base + "/desk/records?search=JN2026-000900")
        expect(desk.locator("tbody tr")).to_have_count(1)

    def test_a_record_says_that_it_is_one(self, desk: Page, counter: Counter, phones: list[Phone]) -> None:
        """Opened from the book it says that this was then."""
        scanned(desk, counter, phones[0])
        desk.locator("#recent a.zz-scan").first.click()
        expect(desk.locator(".zz-verdict")).to_contain_text("当时的核验记录，不是现在的状态")


def test_holder_check(desk: Page, counter: Counter, phones: list[Phone]) -> None:
    """Yes, no, and a wrong number; the number is on no page afterwards."""
    scanned(desk, counter, phones[0])
    for number, words in ((id_of(1), "是同一个人"), (id_of(2), "不是同一个人"), ("123", "证件号码有误")):
        desk.click("[data-dialog=holder]")
        desk.fill("#f-name", name_of(1))
        desk.fill("#f-id_number", number)
        desk.click("#holder .zz-btn--primary")
        expect(desk.locator("#holder")).to_contain_text(words)
        assert number not in desk.content() or number == "123"
        desk.click("#holder [data-dialog-close]")


class TestIdle:
    """A result does not stay on a screen that nobody looks at (WCAG 2.2.1)."""

    def test_announced_extended_then_wiped(self, desk: Page, counter: Counter, phones: list[Phone]) -> None:
        """After four and a half minutes a countdown; one action puts it off; then the result goes."""
        desk.clock.install()
        desk.reload(wait_until="networkidle")
        fire(desk, counter.code(phones[0]), delay=0)
        expect(desk.locator("#stage")).to_have_attribute("data-view", "accepted")
        desk.clock.run_for(271_000)
        expect(desk.locator("[data-idle]")).to_be_visible()
        desk.clock.run_for(100)
        expect(desk.locator("#announce")).to_contain_text("即将清除")
        desk.click("[data-idle-stay]")
        expect(desk.locator("[data-idle]")).to_be_hidden()
        desk.clock.run_for(60_000)
        expect(desk.locator("#stage")).to_have_attribute("data-view", "accepted")
        desk.clock.run_for(241_000)
        expect(desk.locator("#stage")).to_have_attribute("data-view", "ready")
        assert phones[0].uscc not in desk.locator("#stage").inner_text()

    def test_the_end_of_the_session_is_announced(self, desk: Page) -> None:
        """Two minutes before the thirty are over; one action keeps it (SECURITY.md §3.8)."""
        desk.clock.install()
        desk.reload(wait_until="networkidle")
        desk.clock.run_for(27 * 60_000)
        expect(desk.locator("[data-session]")).to_be_hidden()
        desk.clock.run_for(61_000)
        expect(desk.locator("[data-session]")).to_contain_text("两分钟后将退出登录")
        desk.click("[data-session-stay]")
        expect(desk.locator("[data-session]")).to_be_hidden()


class TestNetwork:
    """Unknown is not refused, and a lost answer is not a lost scan."""

    def test_no_network_then_again(self, desk: Page, counter: Counter, phones: list[Phone]) -> None:
        """未知, a sentence for the customer; 再试一次 brings the verdict for the same code."""
        desk.route("**/desk/scan", lambda route: route.abort())
        fire(desk, counter.code(phones[0]))
        expect(desk.locator("#stage h1")).to_have_text("未知")
        expect(desk.locator("#stage .zz-verdict__who b")).to_have_text("网络不可用")
        desk.unroute("**/desk/scan")
        desk.click("[data-retry]")
        expect(desk.locator("#stage")).to_have_attribute("data-view", "accepted")

    def test_an_answer_lost_on_the_way_is_asked_for_again(
        self, desk: Page, counter: Counter, phones: list[Phone]
    ) -> None:
        """The server answered, the browser never heard: the same key brings the stored verdict, not 已使用."""
        lost = []

        def lose_first(route) -> None:  # noqa: ANN001 a route of the browser
            if lost:
                route.continue_()
                return
            lost.append(route.fetch().status)
            route.abort()

        desk.route("**/desk/scan", lose_first)
        fire(desk, counter.code(phones[1]))
        expect(desk.locator("#stage")).to_have_attribute("data-view", "accepted")
        expect(desk.locator(".zz-verdict")).to_contain_text("没有重复核验")
        assert lost == [200]
        expect(desk.locator("#recent .zz-scan b").first).to_have_text("济宁示例第2商贸有限公司")

    def test_signed_out_elsewhere(
        self, desk: Page, context: BrowserContext, counter: Counter, phones: list[Phone]
    ) -> None:
        """A session that ended: the panel says so, the code is not spent."""
        code = counter.code(phones[2])
        context.clear_cookies(name="__Host-session")
        fire(desk, code)
        expect(desk.locator("#stage .zz-verdict__who b")).to_have_text("登录已结束")
        counter.sign_in(context)
        desk.goto(counter.base + "/desk")
        fire(desk, code)
        expect(desk.locator("#stage")).to_have_attribute("data-view", "accepted")


def test_without_script(browser: Browser, counter: Counter, phones: list[Phone]) -> None:
    """Typing, sending, the verdict, the next customer: all by plain forms and links."""
    context = browser.new_context(viewport=COUNTER, java_script_enabled=False)
    counter.sign_in(context)
    page = context.new_page()
    page.goto(counter.base + "/desk")
    page.fill("#note", "没有脚本")
    page.fill("#code", in_fours(counter.code(phones[3])))
    page.click(".zz-manual .zz-btn--primary")
    assert page.locator("#stage").get_attribute("data-view") == "accepted"
    assert page.locator("#face-uscc").inner_text() == phones[3].uscc
    page.click("[data-file]")
    assert page.locator("#filing").get_attribute("open") is not None
    page.goto(counter.base + "/desk")
    page.fill("#code", "12345")
    page.click(".zz-manual .zz-btn--primary")
    assert page.locator(".zz-verdict__who b").inner_text() == "出示码有误"
    page.click("[data-next]")
    assert page.locator("#stage").get_attribute("data-view") == "ready"
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_every_page_in_every_mode(browser: Browser, counter: Counter, phones: list[Phone], lang: str) -> None:
    """axe, overflow and console: ready, accepted, refused, problem, records, self-test; 390, 1280 and 1366 px."""
    for theme, size in MODES:
        context = browser.new_context(viewport=COUNTER)
        reading(context, counter.base, theme=theme, size=size, lang=lang)
        counter.sign_in(context)
        page = context.new_page()
        seen = watch(page)
        for viewport in (PHONE, DESKTOP, COUNTER):
            page.set_viewport_size(viewport)
            for path in ("/desk", "/desk?edit=1", "/desk/records", "/desk/selftest", "/desk/selftest/sheet"):
                page.goto(counter.base + path, wait_until="networkidle")
                assert_no_overflow(page)
                assert_axe_clean(page)
            page.goto(counter.base + "/desk", wait_until="networkidle")
            for code, shown in ((counter.code(phones[0]), "accepted"), (new_code(), "problem")):
                fire(page, code, delay=0)
                expect(page.locator("#stage")).to_have_attribute("data-view", shown)
                assert_no_overflow(page)
                assert_axe_clean(page)
        seen.assert_quiet()
        context.close()


def test_weight_and_quiet(browser: Browser, counter: Counter) -> None:
    """The first load of the desk is far below 120 KB, the wasm is not among it, the console is empty."""
    context = browser.new_context(viewport=COUNTER)
    counter.sign_in(context)
    page = context.new_page()
    seen = watch(page)
    page.goto(counter.base + "/desk", wait_until="networkidle")
    seen.assert_quiet()
    assert seen.transferred < 80 * 1024, seen.transferred
    context.close()
