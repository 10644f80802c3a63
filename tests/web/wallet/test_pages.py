"""The phone pages in a real Chromium: from slip to scanned code, and everything that can go wrong on the way."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from factories.browser import (
    MODES,
    NARROW,
    PHONE,
    assert_axe_clean,
    assert_no_overflow,
    first_visit,
    reading,
    watch,
)
from factories.holders import Served, redeem, serving_house
from factories.house import id_of, uscc_of
from factories.phones import PIN, BrowserPhone, new_phone
from zhizhao.kernel.idcard import birth_date
from zhizhao.wallet.pin import COMMON, pin_fault

pytestmark = pytest.mark.browser
CLIENT = "任城区政务服务中心（演示）"
REDEEMED = {"case_number": "JN2026-000117"}


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve one house for the module; each test takes entities of its own."""
    folder = tmp_path_factory.mktemp("holders")
    database = folder / "zhizhao.db"
    database.write_bytes(sqlite_template.read_bytes())
    with serving_house(f"sqlite+aiosqlite:///{database}", folder) as house:
        yield house


@pytest.fixture(scope="module")
def client_id(served: Served) -> str:
    """Give the counter's client."""
    return str(served.do(served.house.client(CLIENT)).client.client_id)


@pytest.fixture
def phone(browser: Browser, served: Served) -> Iterator[BrowserPhone]:
    """Give a phone that was never used."""
    made = new_phone(browser, served)
    yield made
    made.context.close()


def scan(phone: BrowserPhone, client_id: str, code: str, **options: Any) -> None:
    """Scan a code at the counter."""
    phone.served.do(redeem(phone.served.house, client_id, code, **{**REDEEMED, **options}))


def hide(phone: BrowserPhone, *, hidden: bool) -> None:
    """Send the page to the background or back, as the system tells a page."""
    phone.page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
          document.dispatchEvent(new Event('visibilitychange'));
        }""",
        hidden,
    )


class TestWayIn:
    """From nothing to a licence on the phone."""

    def test_first_visit(self, browser: Browser, served: Served) -> None:
        """A phone without a key is led to the way in, within the budget of weight, requests and silence."""
        seen = first_visit(browser, f"{served.base}/wallet/enrol")
        assert seen.transferred < 90 * 1024

    def test_slip_to_card(self, phone: BrowserPhone) -> None:
        """The slip's QR address, a wrong number, a weak PIN, then the card; nothing typed is lost on a refusal."""
        phone.served.do(phone.served.house.entity(11))
        slip = phone.served.do(phone.served.house._slip(11))
        phone.prove(slip, id_of(12))
        expect(phone.page.locator("[data-problem=slip-mismatch]")).to_be_focused()
        assert phone.page.locator("#f-id_number").input_value() == id_of(12)
        assert slip not in phone.page.url
        phone.page.locator("#f-id_number").fill(id_of(11))
        phone.page.locator("[data-claim=slip] .zz-btn--primary").click()
        expect(phone.page.locator("[data-step=pin]")).to_be_visible()
        for weak, rule in (("123456", "sequence"), ("111111", "repeated"), (id_of(11)[8:14], "birthday")):
            phone.page.locator("#f-pin").fill(weak)
            expect(phone.page.locator(f"[data-fault={rule}]")).to_be_visible()
        phone.set_pin(PIN, "935027")
        expect(phone.page.locator("[data-fault=differ]")).to_be_visible()
        phone.set_pin()
        phone.page.wait_for_url("**/wallet/choose")
        phone.download()
        expect(phone.page.locator(".zz-licence__name")).to_contain_text("济宁示例第11商贸有限公司")

    def test_download_needs_the_declaration(self, phone: BrowserPhone) -> None:
        """Without the tick nothing is downloaded."""
        phone.served.do(phone.served.house.entity(12))
        phone.enrol(12)
        expect(phone.page.locator("[data-download]")).to_be_visible()
        phone.page.locator("[data-download] .zz-btn--primary").click()
        phone.page.wait_for_timeout(300)
        assert phone.page.url.endswith("/wallet/choose")

    def test_used_slip(self, browser: Browser, phone: BrowserPhone) -> None:
        """A slip that another phone used is refused in words, with what to do and the request's number."""
        phone.served.do(phone.served.house.entity(13))
        slip = phone.served.do(phone.served.house._slip(13))
        phone.prove(slip, id_of(13))
        expect(phone.page.locator("[data-step=pin]")).to_be_visible()
        other = new_phone(browser, phone.served)
        other.prove(slip, id_of(13))
        problem = other.page.locator("[data-problem=slip-used]")
        expect(problem).to_contain_text("单据已使用")
        assert problem.locator("[data-request]").inner_text()
        other.context.close()

    def test_a_lost_page_costs_no_slip(self, phone: BrowserPhone) -> None:
        """A reload between proof and PIN goes on with the PIN."""
        phone.served.do(phone.served.house.entity(14))
        phone.prove(phone.served.do(phone.served.house._slip(14)), id_of(14))
        expect(phone.page.locator("[data-step=pin]")).to_be_visible()
        phone.page.reload()
        expect(phone.page.locator("[data-step=pin]")).to_be_visible()
        phone.set_pin()
        phone.page.wait_for_url("**/wallet/choose")

    def test_simulated_real_name(self, phone: BrowserPhone) -> None:
        """The second way in says 模拟, can be cancelled, shows a refusal and lets in."""
        phone.served.do(phone.served.house.entity(15))
        phone.open("/wallet/enrol", "[data-step=way]")
        phone.page.get_by_role("button", name="模拟实名核验").click()
        expect(phone.page.locator("[data-step=name]")).to_contain_text("模拟")
        phone.page.get_by_role("button", name="取消，换一种方式").click()
        expect(phone.page.locator("[data-step=way]")).to_be_visible()
        phone.page.get_by_role("button", name="模拟实名核验").click()
        phone.page.locator("#f-name").fill("张三不符")
        phone.page.locator("#f-real-number").fill(id_of(15))
        phone.page.get_by_role("button", name="开始模拟核验").click()
        expect(phone.page.locator("[data-problem=real-name-refused]")).to_be_visible()
        phone.page.locator("#f-name").fill("张三恕")
        phone.page.get_by_role("button", name="开始模拟核验").click()
        expect(phone.page.locator("[data-step=pin]")).to_be_visible()

    def test_pin_rules_are_the_servers(self, phone: BrowserPhone) -> None:
        """The rules said while typing refuse nothing that the server takes, and miss only its longer list."""
        phone.open("/wallet/enrol", "[data-step=way]")
        pins = (
            [f"{n:06d}" for n in range(0, 1_000_000, 997)] + sorted(COMMON) + ["800101", "010180", "198001", "379900"]
        )
        number = id_of(3)
        said = phone.page.evaluate(
            """async ([pins, number]) => {
              const { pinFault } = await import('/static/js/pin-form.js');
              return pins.map((pin) => pinFault(pin, number));
            }""",
            [pins, number],
        )
        ours = [pin_fault(pin, number=number, born_on=birth_date(number)) for pin in pins]
        for pin, theirs, fault in zip(pins, said, ours, strict=True):
            assert theirs == (fault or "") or (pin in COMMON and not theirs), pin


class TestKey:
    """The device key stays where it was made."""

    def test_not_extractable(self, phone: BrowserPhone) -> None:
        """Exporting the stored key is refused by the browser; the control exports an extractable one."""
        phone.ready(21)
        export = """async (stored) => {
          const open = indexedDB.open('zhizhao-wallet');
          const database = await new Promise((done) => { open.onsuccess = () => done(open.result); });
          const get = database.transaction('keys').objectStore('keys').get('device');
          const kept = await new Promise((done) => { get.onsuccess = () => done(get.result); });
          const control = await crypto.subtle.generateKey({name: 'ECDSA', namedCurve: 'P-256'}, true, ['sign']);
          const key = stored ? kept.privateKey : control.privateKey;
          return crypto.subtle.exportKey('jwk', key).then(() => 'exported', (error) => error.name);
        }"""
        assert phone.page.evaluate(export, True) == "InvalidAccessError"  # noqa: FBT003 an argument of the script
        assert phone.page.evaluate(export, False) == "exported", "the control"  # noqa: FBT003 as above

    def test_the_pin_is_nowhere(self, phone: BrowserPhone) -> None:
        """Neither storage of the browser holds the PIN or the document's number."""
        phone.ready(22)
        kept = phone.page.evaluate(
            """async () => {
              const all = [JSON.stringify({...sessionStorage}), JSON.stringify({...localStorage}), document.cookie];
              const open = indexedDB.open('zhizhao-wallet');
              const database = await new Promise((done) => { open.onsuccess = () => done(open.result); });
              for (const store of database.objectStoreNames) {
                const get = database.transaction(store).objectStore(store).getAll();
                all.push(JSON.stringify(await new Promise((done) => { get.onsuccess = () => done(get.result); })));
              }
              return all.join(' ');
            }"""
        )
        assert "济宁示例第22商贸有限公司" in kept, "the face is kept for offline use"
        for secret in (PIN, id_of(22), id_of(22)[6:14]):
            assert secret not in kept


class TestShow:
    """The code on the screen."""

    @pytest.mark.parametrize(
        ("width", "scale", "pixels"), [(390, 3, 6), (390, 1, 2), (360, 3, 5), (320, 2, 3), (430, 3, 6), (412, 2.625, 5)]
    )
    def test_read_from_the_screen(
        self, browser: Browser, served: Served, width: int, scale: float, pixels: int
    ) -> None:
        """A picture of the screen gives the 24 digits from bars and QR, bars on whole device pixels, at every size."""
        phone = new_phone(browser, served, width=width, scale=scale)
        number = 300 + width + round(scale)
        phone.ready(number)
        digits = phone.show(number)
        assert len(digits) == 24
        assert phone.codes_on_screen() == {"Code128": digits, "QRCode": digits}
        assert int(phone.page.locator(".zz-codeplate").get_attribute("data-module-pixels") or 0) == pixels
        edges = phone.page.evaluate(
            """() => {
              const bars = document.querySelector('.zz-bars').getBoundingClientRect();
              return [bars.left * devicePixelRatio, bars.width * devicePixelRatio / 187];
            }"""
        )
        assert all(abs(edge - round(edge)) < 0.02 for edge in edges), edges
        assert_no_overflow(phone.page)
        phone.context.close()

    @pytest.mark.parametrize(("theme", "size"), [("dark", "standard"), ("light", "elder"), ("dark", "elder")])
    def test_bright_plate_in_every_mode(self, browser: Browser, served: Served, theme: str, size: str) -> None:
        """Black on white in every theme and size, and readable."""
        phone = new_phone(browser, served, theme=theme, size=size)
        number = {"dark": 41, "light": 42}[theme] + (2 if size == "elder" else 0)
        phone.ready(number)
        digits = phone.show(number)
        assert phone.codes_on_screen() == {"Code128": digits, "QRCode": digits}
        colour = phone.page.locator(".zz-codeplate").evaluate("(e) => getComputedStyle(e).backgroundColor")
        assert colour == "rgb(255, 255, 255)"
        assert_axe_clean(phone.page)
        phone.context.close()

    def test_says_who_and_what(self, phone: BrowserPhone) -> None:
        """Before anything is scanned: who presents, and how many fields can be seen."""
        phone.ready(51)
        phone.show(51)
        expect(phone.page.locator(".zz-who")).to_contain_text("（法定代表人）出示")
        expect(phone.page.locator(".zz-fold summary")).to_contain_text("对方最多看到 10 项照面信息")
        ring = phone.page.locator("[data-ring]")
        assert 45 <= int(ring.locator("text").text_content() or 0) <= 54
        expect(ring).to_have_attribute("aria-label", f"剩余 {ring.locator('text').text_content()} 秒")

    def test_told_within_a_second(self, phone: BrowserPhone, client_id: str) -> None:
        """The phone says who scanned it and which fields they got, at most a second after the commit."""
        phone.ready(52)
        code = phone.show(52)
        phone.page.wait_for_timeout(500)
        scan(phone, client_id, code, fields=("name", "uscc"))
        started = time.monotonic()
        expect(phone.page.locator("[data-verdict=accepted]")).to_be_visible()
        assert time.monotonic() - started < 1.0
        expect(phone.page.get_by_role("heading", level=1)).to_have_text("已被窗口05扫描")
        panel = phone.page.locator(".zz-part")
        for text in (CLIENT, "核验通过", "JN2026-000117", "名称、统一社会信用代码", "营业执照复印件"):
            expect(panel).to_contain_text(text)
        assert_axe_clean(phone.page)
        phone.page.get_by_role("link", name="完成").click()
        expect(phone.page.locator(".zz-cells .zz-cell").first).to_contain_text(CLIENT)

    def test_refused_scan_is_told_too(self, phone: BrowserPhone, client_id: str) -> None:
        """A refused verdict is told as such, with its reason and without face data."""
        uscc = phone.ready(53)
        code = phone.show(53)
        phone.served.do(phone.served.house.entity(53, name="济宁示例再改名商贸有限公司"))
        scan(phone, client_id, code)
        expect(phone.page.locator("[data-verdict=refused]")).to_be_visible()
        expect(phone.page.locator(".zz-part")).to_contain_text("没有提供照面信息")
        assert uscc

    def test_not_me(self, phone: BrowserPhone, client_id: str) -> None:
        """不是我操作 freezes at once; the card says so and how to restore, and a new proof restores it."""
        phone.ready(54)
        scan(phone, client_id, phone.show(54))
        phone.page.get_by_role("button", name="不是我操作").click()
        phone.page.wait_for_url(f"**/wallet#{uscc_of(54)}")
        expect(phone.page.locator(".zz-licence .zz-chip")).to_have_text("已冻结")
        phone.page.get_by_role("button", name="恢复使用").click()
        expect(phone.page.locator("[data-step=way]")).to_be_visible()
        phone.page.locator("[data-go=slip]").click()
        phone.page.locator("#f-slip").fill(phone.served.do(phone.served.house._slip(54)))
        phone.page.locator("#f-id_number").fill(id_of(54))
        phone.page.locator("[data-claim=slip] .zz-btn--primary").click()
        expect(phone.page.locator(".zz-licence .zz-chip")).to_have_text("有效")

    def test_renews_itself_while_the_old_code_lives(self, phone: BrowserPhone, client_id: str) -> None:
        """A little before its end the code changes; the old one, scanned at the change, still counts and is told."""
        phone.context.clock.install()
        phone.ready(55)
        old = phone.show(55)
        phone.context.clock.fast_forward(55_000)
        expect(phone.page.locator(".zz-fours")).not_to_contain_text(old[:4] + old[4:8])
        assert phone.digits() != old
        scan(phone, client_id, old)
        phone.context.clock.run_for(2000)
        expect(phone.page.locator("[data-verdict=accepted]")).to_be_visible()

    def test_change_at_once(self, phone: BrowserPhone) -> None:
        """One tap gives another code."""
        phone.ready(56)
        old = phone.show(56)
        phone.page.get_by_role("button", name="立即更换").click()
        expect(phone.page.locator(".zz-fours")).not_to_contain_text(old[20:])
        assert phone.digits() != old

    def test_paused_when_hidden(self, phone: BrowserPhone, client_id: str) -> None:
        """Hidden: no code on the page. Back: what was scanned meanwhile is told first, else a new code comes."""
        phone.ready(57)
        old = phone.show(57)
        hide(phone, hidden=True)
        expect(phone.page.locator("[data-present]")).to_have_attribute("data-state", "paused")
        assert old not in phone.page.content()
        assert not phone.page.locator(".zz-bars, .zz-qr").count()
        hide(phone, hidden=False)
        expect(phone.page.locator("[data-ticket]")).to_be_visible()
        new = phone.digits()
        assert new != old
        hide(phone, hidden=True)
        scan(phone, client_id, new)
        hide(phone, hidden=False)
        expect(phone.page.locator("[data-verdict=accepted]")).to_be_visible()

    def test_reduced_motion(self, browser: Browser, served: Served) -> None:
        """Without motion the ring stands still; the number still tells the time."""
        phone = new_phone(browser, served, reduced_motion="reduce")
        phone.ready(58)
        phone.show(58)
        before = phone.page.locator("[data-ring] text").text_content()
        phone.page.wait_for_timeout(2200)
        assert phone.page.locator("[data-ring] text").text_content() != before
        assert phone.page.locator(".zz-ring__run").get_attribute("stroke-dasharray") == "60 60"
        phone.context.close()


class TestUnlock:
    """The PIN on the way to a code."""

    def test_wrong_then_right(self, phone: BrowserPhone) -> None:
        """A locked phone asks; a wrong PIN says how many tries are left; the right one shows."""
        phone.ready(61)
        phone.lock()
        phone.open(f"/wallet/show#{uscc_of(61)}", "#unlock")
        phone.page.locator("#unlock-pin").fill("935027")
        phone.page.get_by_role("button", name="解锁").click()
        expect(phone.page.locator("#unlock [data-problem=pin-wrong]")).to_contain_text("4 次")
        assert_axe_clean(phone.page)
        phone.page.locator("#unlock-pin").fill(PIN)
        phone.page.keyboard.press("Enter")
        expect(phone.page.locator("[data-ticket]")).to_be_visible()

    def test_cancel_goes_home(self, phone: BrowserPhone) -> None:
        """Who does not want to unlock is back at the card."""
        phone.ready(62)
        phone.lock()
        phone.open(f"/wallet/show#{uscc_of(62)}", "#unlock")
        phone.page.keyboard.press("Escape")
        phone.page.wait_for_url("**/wallet")
        expect(phone.page.locator(".zz-licence")).to_be_visible()

    def test_forgotten(self, phone: BrowserPhone) -> None:
        """A forgotten PIN is reset by a new slip, and the licence is still there."""
        phone.ready(63)
        phone.open("/wallet/prove?for=pin", "[data-step=way]")
        phone.page.locator("[data-go=slip]").click()
        phone.page.locator("#f-slip").fill(phone.served.do(phone.served.house._slip(63)))
        phone.page.locator("#f-id_number").fill(id_of(63))
        phone.page.locator("[data-claim=slip] .zz-btn--primary").click()
        phone.set_pin("604913")
        expect(phone.page.locator(".zz-licence")).to_be_visible()
        phone.lock()
        phone.open(f"/wallet/show#{uscc_of(63)}", "#unlock")
        phone.page.locator("#unlock-pin").fill("604913")
        phone.page.keyboard.press("Enter")
        expect(phone.page.locator("[data-ticket]")).to_be_visible()

    def test_change(self, phone: BrowserPhone) -> None:
        """The PIN page changes it by the old one."""
        phone.ready(64)
        phone.open("/wallet/pin", "form")
        phone.page.locator("#f-old").fill(PIN)
        phone.set_pin("604913")
        phone.page.wait_for_url("**/wallet/me")


class TestLoss:
    """A lost phone, seen from both sides."""

    def test_reported_from_a_browser_without_script(self, browser: Browser, phone: BrowserPhone) -> None:
        """The loss page is a plain form; the lost phone learns it at its next step and comes back by a proof."""
        phone.ready(71)
        elsewhere = browser.new_context(java_script_enabled=False)
        page = elsewhere.new_page()
        page.goto(f"{phone.served.base}/wallet/lost")
        page.locator("#f-slip").fill("ABCD")
        page.locator("#f-id_number").fill(id_of(71))
        page.get_by_role("button", name="挂失我的手机").first.click()
        expect(page.locator(".zz-summary")).to_contain_text("单据号有误")
        page.locator("#f-slip").fill(phone.served.do(phone.served.house._slip(71)))
        page.locator("#f-id_number").fill(id_of(71))
        page.get_by_role("button", name="挂失我的手机").first.click()
        expect(page.locator("[data-frozen='1']")).to_contain_text("已挂失")
        elsewhere.close()
        phone.open(f"/wallet/show#{uscc_of(71)}", "")
        phone.page.wait_for_url("**/wallet/stopped?why=frozen")
        phone.page.get_by_role("link", name="证明本人，解除挂失").click()
        phone.page.locator("[data-go=slip]").click()
        phone.page.locator("#f-slip").fill(phone.served.do(phone.served.house._slip(71)))
        phone.page.locator("#f-id_number").fill(id_of(71))
        phone.page.locator("[data-claim=slip] .zz-btn--primary").click()
        expect(phone.page.locator(".zz-licence .zz-chip")).to_have_text("有效")

    def test_new_phone(self, browser: Browser, phone: BrowserPhone) -> None:
        """The old phone says that a newer one took its place, and can begin anew with another key."""
        phone.ready(72)
        newer = new_phone(browser, phone.served)
        newer.enrol(72)
        newer.context.close()
        phone.open("/wallet", "")
        phone.page.wait_for_url("**/wallet/stopped?why=retired")
        expect(phone.page.get_by_role("heading", level=1)).to_have_text("已在新手机上使用")
        phone.enrol(72)
        phone.download()

    def test_sign_off(self, phone: BrowserPhone) -> None:
        """Signing this phone off asks for the PIN, forgets everything here and leads to the way in."""
        phone.ready(73)
        phone.open("/wallet/devices")
        phone.page.locator("summary").first.click()
        phone.page.locator("#pin-1").fill(PIN)
        phone.page.get_by_role("button", name="停用 我的手机").click()
        phone.page.wait_for_url("**/wallet/stopped?why=revoked")
        phone.open("/wallet", "")
        phone.page.wait_for_url("**/wallet/enrol")

    def test_freeze_one_licence(self, phone: BrowserPhone) -> None:
        """A licence is frozen from its face, without the PIN; what this phone froze comes back by the PIN."""
        phone.ready(74)
        phone.open(f"/wallet/licence#{uscc_of(74)}")
        phone.page.get_by_text("冻结这张执照").click()
        phone.page.get_by_role("button", name="冻结 济宁示例第74商贸有限公司").click()
        expect(phone.page.locator(".zz-licence .zz-chip")).to_have_text("已冻结")
        phone.page.get_by_role("button", name="恢复使用").click()
        expect(phone.page.locator(".zz-licence .zz-chip")).to_have_text("有效")


class TestOffline:
    """Without a network."""

    def test_stored_face_and_no_code(self, phone: BrowserPhone) -> None:
        """The stored face appears under 离线 · 不可核验, on a fresh load too, and no code anywhere."""
        phone.ready(81)
        phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        phone.open("/wallet")
        phone.context.set_offline(offline=True)
        phone.page.goto(f"{phone.served.base}/wallet/show#{uscc_of(81)}")
        expect(phone.page.locator("[data-offline]")).to_contain_text("离线 · 不可核验")
        expect(phone.page.locator("[data-faces]")).to_contain_text("济宁示例第81商贸有限公司")
        assert not phone.page.locator(".zz-bars, .zz-qr, [data-ticket]").count()
        assert_axe_clean(phone.page)
        phone.context.set_offline(offline=False)
        phone.open("/wallet")
        expect(phone.page.locator(".zz-go")).to_be_visible()

    def test_losing_the_network_while_showing(self, phone: BrowserPhone) -> None:
        """No new code without a network, said in words; the page goes on by itself afterwards."""
        phone.ready(82)
        phone.show(82)
        phone.context.set_offline(offline=True)
        phone.page.get_by_role("button", name="立即更换").click()
        expect(phone.page.locator("[data-problem=offline]")).to_be_visible()
        assert not phone.page.locator("[data-ticket]").count()
        phone.context.set_offline(offline=False)
        expect(phone.page.locator("[data-ticket]")).to_be_visible()


class TestPages:
    """Every page in every mode."""

    @pytest.mark.slow
    def test_axe_overflow_console(self, browser: Browser, served: Served, client_id: str) -> None:
        """Each page × light, dark, elder × 390 and 320 px × both languages: no finding, no overflow, no word."""
        phone = new_phone(browser, served)
        uscc = phone.ready(91)
        scan(phone, client_id, phone.show(91))
        expect(phone.page.locator("[data-verdict]")).to_be_visible()
        record = phone.page.locator("form[data-api]").get_attribute("data-api") or ""
        pages = [
            ("/wallet", ".zz-licence"),
            ("/wallet/choose", ".zz-part"),
            (f"/wallet/licence#{uscc}", ".zz-list"),
            ("/wallet/records", ".zz-cells"),
            (f"/wallet/record#{record.split('/')[2]}", "[data-verdict]"),
            ("/wallet/devices", ".zz-fold"),
            ("/wallet/me", ".zz-who"),
            ("/wallet/pin", "form"),
            ("/wallet/lost", "form"),
            ("/wallet/scan", ".zz-note"),
            ("/wallet/declaration", "ol"),
            ("/wallet/prove?for=pin", "[data-step=way]"),
            *((f"/wallet/stopped?why={why}", ".zz-spent") for why in ("frozen", "retired", "revoked")),
        ]
        seen = watch(phone.page)
        for lang, theme, size in (*(("zh-Hans", *mode) for mode in MODES[:3]), ("en", "light", "standard")):
            reading(phone.context, served.base, theme=theme, size=size, lang=lang)
            for path, ready in pages:
                phone.page.set_viewport_size(PHONE)
                phone.open(path, ready)
                assert_axe_clean(phone.page)
                assert_no_overflow(phone.page)
                phone.page.set_viewport_size(NARROW)
                assert_no_overflow(phone.page)
        seen.assert_quiet(but=("about:blank", "ERR_ABORTED"))
        phone.context.close()

    def test_elder_reduces(self, browser: Browser, served: Served) -> None:
        """长辈版 leaves four tiles, and the ones left out stay reachable under 我的."""
        phone = new_phone(browser, served, size="elder")
        phone.ready(92)
        assert phone.page.locator(".zz-tile:visible").count() == 4
        for tile in phone.page.locator(".zz-tile:visible").all():
            box = tile.bounding_box()
            assert box is not None
            assert box["height"] >= 60
        phone.context.close()

    def test_masked_code(self, phone: BrowserPhone) -> None:
        """The card hides the middle of the code until the eye is tapped."""
        phone.ready(93)
        card = phone.page.locator(".zz-licence__digits")
        expect(card).to_contain_text("****")
        phone.page.get_by_role("button", name="显示完整代码").click()
        assert "".join(phone.page.locator("[data-full] span").all_inner_texts()) == uscc_of(93)

    def test_export(self, phone: BrowserPhone, client_id: str) -> None:
        """The records go out as a spreadsheet with its mark, text that begins like a formula kept as text."""
        phone.ready(94)
        scan(phone, client_id, phone.show(94), purpose="=1+1")
        expect(phone.page.locator("[data-verdict]")).to_be_visible()
        phone.open("/wallet/records")
        phone.page.locator("#f-verdict").select_option("refused")
        expect(phone.page.locator(".zz-empty")).to_be_visible()
        phone.page.locator("#f-verdict").select_option("accepted")
        expect(phone.page.locator(".zz-cell")).to_be_visible()
        with phone.page.expect_download() as waited:
            phone.page.get_by_role("button", name="导出").click()
        content = Path(waited.value.path()).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        rows = content.decode("utf-8-sig").splitlines()
        assert len(rows) == 2
        assert CLIENT in rows[1]
        assert "'=1+1" in rows[1]

    def test_installable(self, phone: BrowserPhone) -> None:
        """The manifest names everything a browser asks for; the worker may have its scope."""
        manifest = phone.page.request.get(f"{phone.served.base}/wallet/manifest.webmanifest").json()
        assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/wallet", "/wallet", "standalone")
        for icon in manifest["icons"]:
            assert phone.page.request.get(phone.served.base + icon["src"]).ok
        worker = phone.page.request.get(f"{phone.served.base}/wallet/sw.js")
        assert worker.headers["service-worker-allowed"] == "/wallet"
