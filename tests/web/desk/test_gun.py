"""The scanner gun at the desk in a real Chromium: whatever has the focus, whatever the keyboard does (UX.md §9)."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from factories.browser import watch
from factories.counters import Counter, fire
from factories.house import Phone
from zhizhao.kernel.code24 import new_code

pytestmark = pytest.mark.browser


def view(page: Page, name: str) -> None:
    """Expect what the stage shows."""
    expect(page.locator("#stage")).to_have_attribute("data-view", name)


def title(page: Page, words: str) -> None:
    """Expect the words beside the verdict."""
    expect(page.locator(".zz-verdict__who b").first).to_have_text(words)


def test_opens_ready_without_a_click(desk: Page, counter: Counter, phones: list[Phone]) -> None:
    """Load, scan, verdict: no click, no focus, within a second, with time and face; nothing on the console."""
    seen = watch(desk)
    fire(desk, counter.code(phones[0]))
    expect(desk.locator("#stage")).to_have_attribute("data-view", "accepted", timeout=1000)
    expect(desk.locator("h1")).to_have_text("通过")
    title(desk, "济宁示例第1商贸有限公司")
    expect(desk.locator("#face-uscc")).to_have_text(phones[0].uscc)
    expect(desk.locator("#announce")).to_have_text("通过：济宁示例第1商贸有限公司")
    assert re.search(r"用时 0\.\d\d 秒", desk.locator(".zz-verdict").inner_text())
    seen.assert_quiet()


def test_a_focused_note_keeps_its_text(desk: Page, counter: Counter, phones: list[Phone]) -> None:
    """The gun types into a note with other text; the digits are taken out, caret and text stay."""
    desk.fill("#note", "备注ab尾")
    desk.locator("#note").press("ArrowLeft")
    fire(desk, counter.code(phones[1]))
    view(desk, "accepted")
    expect(desk.locator("#note")).to_have_value("备注ab尾")
    expect(desk.locator("#note")).to_be_focused()
    assert desk.evaluate("document.getElementById('note').selectionStart") == 4


def test_text_typed_right_before_the_scan_stays(desk: Page, counter: Counter, phones: list[Phone]) -> None:
    """No pause between a person's keys and the gun's: only the last 24 digits are the gun's."""
    desk.focus("#note")
    fire(desk, "ab12" + counter.code(phones[2]))
    view(desk, "accepted")
    expect(desk.locator("#note")).to_have_value("ab12")


@pytest.mark.parametrize("end", ["Enter", "Tab"])
def test_both_ends(desk: Page, counter: Counter, phones: list[Phone], end: str) -> None:
    """Guns end with Enter or Tab; neither moves the focus nor presses the focused button."""
    desk.locator("[data-scanner-open]").focus()
    fire(desk, counter.code(phones[0]), end=end)
    view(desk, "accepted")
    expect(desk.locator("dialog[open]")).to_have_count(0)


def test_enter_and_line_feed(desk: Page, counter: Counter, phones: list[Phone]) -> None:
    """A gun that sends CR and LF: the second end presses nothing."""
    desk.locator("[data-scanner-open]").focus()
    fire(desk, counter.code(phones[3]))
    desk.keyboard.press("Enter")
    desk.keyboard.press("Control+j")
    view(desk, "accepted")
    expect(desk.locator("dialog[open]")).to_have_count(0)


def test_an_input_method_is_on(desk: Page, counter: Counter, phones: list[Phone]) -> None:
    """Keys arrive as Process with keyCode 229; the place of the key tells the digit."""
    script = """(code) => {
      const send = (key, code) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {
        key, code, keyCode: 229, which: 229, bubbles: true, cancelable: true }));
      for (const digit of code) send('Process', `Digit${digit}`);
      send('Process', 'Enter');
    }"""
    desk.evaluate(script, counter.code(phones[0]))
    view(desk, "accepted")


def test_another_keyboard_layout(desk: Page, counter: Counter, phones: list[Phone]) -> None:
    """A French layout turns unshifted digits into signs; the place of the key still tells the digit."""
    script = """(code) => {
      const signs = 'à&é"\\'(-è_ç';
      for (const digit of code) document.dispatchEvent(new KeyboardEvent('keydown', {
        key: signs[digit], code: `Digit${digit}`, bubbles: true, cancelable: true }));
      const enter = { key: 'Enter', code: 'Enter', bubbles: true, cancelable: true };
      document.dispatchEvent(new KeyboardEvent('keydown', enter));
    }"""
    desk.evaluate(script, counter.code(phones[1]))
    view(desk, "accepted")


def test_two_scans_back_to_back(desk: Page, counter: Counter, phones: list[Phone]) -> None:
    """The second scan waits for the first answer; both are in the book, the last one is on the stage."""
    first, second = counter.code(phones[0]), counter.code(phones[1])
    answers: list[str] = []

    def slow(route: Route) -> None:
        desk.wait_for_timeout(200)
        route.continue_()

    desk.route("**/desk/scan", slow)
    desk.on("response", lambda reply: answers.append(reply.url) if reply.url.endswith("/desk/scan") else None)
    fire(desk, first, delay=1)
    fire(desk, second, delay=1)
    title(desk, "济宁示例第2商贸有限公司")
    names = desk.locator("#recent .zz-scan b").all_inner_texts()[:2]
    assert names == ["济宁示例第2商贸有限公司", "济宁示例第1商贸有限公司"]
    assert len(answers) == 2


def test_the_same_code_within_three_seconds_is_one_scan(desk: Page, counter: Counter, phones: list[Phone]) -> None:
    """A trembling hand does not turn 通过 into 已使用; after three seconds the same code is asked again."""
    code = counter.code(phones[2])
    fire(desk, code, delay=1)
    view(desk, "accepted")
    fire(desk, code, delay=1)
    desk.wait_for_timeout(300)
    view(desk, "accepted")
    desk.wait_for_timeout(3000)
    fire(desk, code, delay=1)
    view(desk, "problem")
    title(desk, "出示码已使用")


def test_a_cut_code_is_told_and_sends_nothing_wrong(desk: Page, counter: Counter, phones: list[Phone]) -> None:
    """Twenty digits and Enter: 出示码有误, the note keeps its text, the code is not spent."""
    code = counter.code(phones[3])
    desk.fill("#note", "备注")
    fire(desk, code[:20])
    view(desk, "problem")
    title(desk, "出示码有误")
    expect(desk.locator("#note")).to_have_value("备注")
    expect(desk.locator("blockquote")).to_contain_text("我再扫一次")
    fire(desk, code)
    view(desk, "accepted")


def test_no_enter_is_hinted(desk: Page) -> None:
    """A whole code without an end sends nothing and says what to do."""
    fire(desk, new_code(), end="")
    expect(desk.locator("[data-hint]")).to_be_visible()
    expect(desk.locator("[data-hint]")).to_contain_text("没有发送回车")
    view(desk, "ready")


def test_unknown_code(desk: Page) -> None:
    """A good code that was never given out: 查无此码, never 查无此照; no face data."""
    fire(desk, new_code())
    view(desk, "problem")
    title(desk, "查无此码")
    assert "查无此照" not in desk.locator("body").inner_text()
    expect(desk.locator(".zz-face6")).to_have_count(0)


@pytest.mark.slow
def test_fifty_scans_none_wrong(desk: Page, counter: Counter, phones: list[Phone]) -> None:
    """0 to 15 ms a key, with and without a focused field: each scan shows its own company, the note keeps its text."""
    desk.fill("#note", "备注ab")
    wrong = []
    for number in range(50):
        phone = phones[number % len(phones)]
        if number % 2:
            desk.focus("#note")
        else:
            desk.locator("h1").first.focus()
        fire(desk, counter.code(phone), delay=number % 4 * 5)
        expected = f"济宁示例第{phones.index(phone) + 1}商贸有限公司"
        expect(desk.locator("#announce")).to_have_text(f"通过：{expected}")
        if desk.locator("#face-uscc").inner_text() != phone.uscc or desk.input_value("#note") != "备注ab":
            wrong.append(number)
    assert wrong == []


def test_control_without_the_tail_rule_the_note_would_hold_the_digits(
    desk: Page, counter: Counter, phones: list[Phone]
) -> None:
    """Control: the same keys with the listener stopped leave 24 digits in the note and no verdict."""
    desk.evaluate("document.addEventListener('keydown', (e) => e.stopImmediatePropagation(), true)")
    desk.add_init_script("window.addEventListener('keydown', (e) => e.stopImmediatePropagation(), true)")
    desk.reload(wait_until="networkidle")
    desk.fill("#note", "备注ab")
    code = counter.code(phones[0])
    fire(desk, code, end="")
    expect(desk.locator("#note")).to_have_value(f"备注ab{code}")
    view(desk, "ready")
