"""Sign-in in a real Chromium: password and number, passkeys by a virtual authenticator, one's own account."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from factories.browser import COUNTER, DESKTOP, MODES, PHONE, assert_axe_clean, assert_no_overflow, reading, watch
from factories.counters import PASSWORD, SECRET, Counter, plant_account, session_of
from zhizhao.staff.account import Role
from zhizhao.staff.session import Method
from zhizhao.trust.totp import hotp
from zhizhao.web.session import COOKIE

pytestmark = pytest.mark.browser
_used: dict[str, int] = {}


def number(username: str) -> str:
    """Return a one-time number that this account has not used yet; three a minute are to be had."""
    step = max(int(datetime.now(UTC).timestamp()) // 30 - 1, _used.get(username, 0) + 1)
    _used[username] = step
    return hotp(SECRET, step)


def sign_in(
    page: Page, counter: Counter, username: str, *, password: str = PASSWORD, digits: str | None = None
) -> None:
    """Fill the form and send it."""
    page.goto(counter.base + "/sign-in")
    page.fill("#f-username", username)
    page.fill("#f-password", password)
    page.fill("#f-number", digits or number(username))
    page.locator("form[action='/sign-in'] .zz-btn--primary").click()


@contextmanager
def authenticator(page: Page, *, verified: bool = True) -> Iterator[None]:
    """Give the page a virtual authenticator with resident keys (CDP, UX.md §11)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    session.send("WebAuthn.disable")


def clerk(counter: Counter, username: str, *roles: Role) -> None:
    """Plant an account of its own for a test, since a number works once an account."""
    counter.do(plant_account(counter.house, username, *roles))


def test_a_clerk_arrives_at_the_desk(context: BrowserContext, counter: Counter) -> None:
    """Asked for a page without a session, the clerk signs in and comes back to it; signing out shuts it."""
    clerk(counter, "chen.mo")
    page = context.new_page()
    seen = watch(page)
    page.goto(counter.base + "/desk/records")
    expect(page).to_have_url(counter.base + "/sign-in?next=/desk/records")
    page.fill("#f-username", "chen.mo")
    page.fill("#f-password", PASSWORD)
    page.fill("#f-number", number("chen.mo"))
    page.locator("form[action='/sign-in'] .zz-btn--primary").click()
    expect(page).to_have_url(counter.base + "/desk/records")
    cookie = next(c for c in context.cookies() if c["name"] == COOKIE)
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]) == (True, True, "Lax", "/")
    seen.assert_quiet()
    page.click("text=退出")
    expect(page).to_have_url(counter.base + "/sign-in")
    page.goto(counter.base + "/desk")
    expect(page).to_have_url(counter.base + "/sign-in?next=/desk")


def test_the_id_is_new_at_sign_in(context: BrowserContext, counter: Counter) -> None:
    """A session id that the browser brought is never kept; the old session ends."""
    clerk(counter, "fang.he")
    context.add_cookies([{"name": COOKIE, "value": "planted-by-somebody", "url": "https://localhost", "secure": True}])
    page = context.new_page()
    sign_in(page, counter, "fang.he")
    expect(page).to_have_url(counter.base + "/desk")
    assert next(c["value"] for c in context.cookies() if c["name"] == COOKIE) != "planted-by-somebody"


@pytest.mark.parametrize(
    ("username", "password", "digits"),
    [("nobody", PASSWORD, "123456"), ("gu.yue", "wrong-one-here", "123456"), ("gu.yue", PASSWORD, "000000")],
)
def test_wrong_parts_look_alike(
    context: BrowserContext, counter: Counter, username: str, password: str, digits: str
) -> None:
    """Same status, same words, focus on the summary, user name kept, password not."""
    if username == "gu.yue" and password != PASSWORD:
        clerk(counter, "gu.yue")
    page = context.new_page()
    statuses: list[int] = []
    page.on("response", lambda r: statuses.append(r.status) if r.request.method == "POST" else None)
    sign_in(page, counter, username, password=password, digits=digits)
    expect(page.locator("[data-problem=sign-in-refused]")).to_be_focused()
    expect(page.locator("[data-problem]")).to_contain_text("用户名、密码或动态码不正确")
    expect(page.locator("#f-username")).to_have_value(username)
    expect(page.locator("#f-password")).to_have_value("")
    assert statuses == [401]


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
def test_no_open_redirector(context: BrowserContext, counter: Counter, target: str) -> None:
    """`next` leads to our own pages only."""
    page = context.new_page()
    page.goto(counter.base + f"/sign-in?next={target}")
    assert page.locator("input[name=next]").count() == 0


def test_passkey_from_registration_to_sign_in(context: BrowserContext, counter: Counter) -> None:
    """Register after the first sign-in, sign out, sign in with the key alone; the account shows when it was used."""
    clerk(counter, "he.lan")
    page = context.new_page()
    sign_in(page, counter, "he.lan")
    expect(page).to_have_url(counter.base + "/desk")
    with authenticator(page):
        page.goto(counter.base + "/account")
        seen = watch(page)
        page.fill("#f-label", "窗口03 电脑")
        page.click("[data-passkey=register]")
        expect(page.locator(".zz-note--ok")).to_contain_text("通行密钥已登记")
        expect(page.locator(".zz-keylist")).to_contain_text("窗口03 电脑")
        page.click("[data-passkey=register]")
        expect(page.locator("[data-passkey-text=known]")).to_be_visible()
        page.click("text=退出")
        page.click("[data-passkey=sign-in]")
        expect(page).to_have_url(counter.base + "/desk")
        seen.assert_quiet()
        page.goto(counter.base + "/account")
        expect(page.locator(".zz-keylist")).to_contain_text("上次使用")
        page.click(".zz-keylist button")
        expect(page.locator(".zz-note--ok")).to_contain_text("已删除")
        page.click("text=退出")
        page.click("[data-passkey=sign-in]")
        expect(
            page.locator("[data-passkey-text=refused], [data-passkey-text=cancelled]").locator("visible=true")
        ).to_have_count(1)


def test_without_user_verification_no_passkey(context: BrowserContext, counter: Counter) -> None:
    """A key whose device does not check its user is refused by the browser already; the words offer another try."""
    clerk(counter, "jin.tao")
    page = context.new_page()
    sign_in(page, counter, "jin.tao")
    with authenticator(page, verified=False):
        page.goto(counter.base + "/account")
        page.click("[data-passkey=register]")
        expect(page.locator("[data-passkey-text=cancelled]")).to_be_visible()
        expect(page.locator(".zz-keylist")).to_have_count(0)


def test_a_challenge_works_once_and_for_its_ceremony(context: BrowserContext, counter: Counter) -> None:
    """The recorded answer of a sign-in is worth nothing a second time, nor one to a challenge for registration."""
    clerk(counter, "kong.shi")
    page = context.new_page()
    sign_in(page, counter, "kong.shi")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.post_data or "") if r.url.endswith("/sign-in/passkey") else None)
    with authenticator(page):
        page.goto(counter.base + "/account")
        page.click("[data-passkey=register]")
        expect(page.locator(".zz-keylist")).to_be_visible()
        page.click("text=退出")
        page.click("[data-passkey=sign-in]")
        expect(page).to_have_url(counter.base + "/desk")
        page.click("text=退出")
        replayed = """async (body) => {
          const token = document.querySelector('[name=_csrf_token]').value;
          const headers = { 'content-type': 'application/json', accept: 'application/json', 'x-csrf-token': token };
          const answer = await fetch('/sign-in/passkey', { method: 'POST', headers, body });
          return [answer.status, (await answer.json()).code];
        }"""
        assert page.evaluate(replayed, sent[0]) == [401, "passkey-refused"]
        assert page.evaluate(replayed, '{"answer": {"response": {}}}') == [401, "passkey-refused"]
        assert page.evaluate(replayed, '{"answer": [], "x": 1}')[0] == 400


def test_an_administrator_is_asked_for_a_key(context: BrowserContext, counter: Counter) -> None:
    """By password the account page says that a key is needed; with the key registered the password way is shut."""
    clerk(counter, "an.quan", Role.SECURITY_ADMIN)
    page = context.new_page()
    sign_in(page, counter, "an.quan")
    expect(page).to_have_url(counter.base + "/account")
    expect(page.locator(".zz-note--warn")).to_contain_text("通行密钥")
    with authenticator(page):
        page.click("[data-passkey=register]")
        expect(page.locator(".zz-keylist")).to_be_visible()
        page.click(".zz-keylist button")
        expect(page.locator("h1")).to_have_text("不能删除最后一个通行密钥")
        page.goto(counter.base + "/account")
        page.click("text=退出")
        sign_in(page, counter, "an.quan")
        expect(page.locator("[data-problem=passkey-needed]")).to_be_visible()
        page.click("[data-passkey=sign-in]")
        expect(page).to_have_url(counter.base + "/account")


def test_change_of_password(context: BrowserContext, counter: Counter) -> None:
    """Different repeats, a weak one, a wrong present one; then the change, and the old one is refused."""
    account = counter.do(plant_account(counter.house, "lu.wan"))
    counter.sign_in(context, counter.do(session_of(counter.house, account)))
    page = context.new_page()
    page.goto(counter.base + "/account")
    for present, wanted, again, words in (
        (PASSWORD, "third-willow-by-canal", "another-one-here", "不一样"),
        (PASSWORD, "lantern", "lantern", "至少 10 个字符"),
        ("not-the-present-one", "third-willow-by-canal", "third-willow-by-canal", "现在的密码不正确"),
    ):
        page.fill("#f-present", present)
        page.fill("#f-wanted", wanted)
        page.fill("#f-again", again)
        page.click("button:has-text('修改密码')")
        expect(page.locator(".zz-summary")).to_contain_text(words)
    page.fill("#f-present", PASSWORD)
    page.fill("#f-wanted", "third-willow-by-canal")
    page.fill("#f-again", "third-willow-by-canal")
    page.click("button:has-text('修改密码')")
    expect(page.locator(".zz-note--ok")).to_contain_text("密码已修改")
    page.click("text=退出")
    sign_in(page, counter, "lu.wan")
    expect(page.locator("[data-problem=sign-in-refused]")).to_be_visible()
    sign_in(page, counter, "lu.wan", password="third-willow-by-canal")
    expect(page).to_have_url(counter.base + "/desk")


@pytest.mark.parametrize(
    ("role", "path"), [(Role.REGISTRAR_CLERK, "/desk"), (Role.COUNTER_CLERK, "/office"), (Role.OFFICER, "/desk")]
)
def test_a_role_opens_its_own_door_only(context: BrowserContext, counter: Counter, role: Role, path: str) -> None:
    """Another role's page says 没有权限."""
    account = counter.do(plant_account(counter.house, f"r{role.value.replace('_', '')[:12]}", role))
    counter.sign_in(context, counter.do(session_of(counter.house, account, method=Method.PASSWORD)))
    reply = context.request.get(counter.base + path, headers={"accept": "text/html"})
    assert reply.status == 403
    assert "没有权限" in reply.text()


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_pages_in_every_mode(browser: Browser, counter: Counter, lang: str) -> None:
    """axe, overflow and console on the sign-in and the account page."""
    for theme, size in MODES:
        context = browser.new_context(viewport=COUNTER)
        reading(context, counter.base, theme=theme, size=size, lang=lang)
        page = context.new_page()
        seen = watch(page)
        for signed_in, path in ((False, "/sign-in"), (True, "/account")):
            if signed_in:
                counter.sign_in(context)
            for viewport in (PHONE, DESKTOP, COUNTER):
                page.set_viewport_size(viewport)
                page.goto(counter.base + path, wait_until="networkidle")
                assert_no_overflow(page)
                assert_axe_clean(page)
        seen.assert_quiet()
        context.close()
