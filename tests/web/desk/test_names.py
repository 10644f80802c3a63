"""Hostile names at the counter: text and nothing else, nothing cut off, the banner and the buttons where they are."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from factories.browser import (
    COUNTER,
    PHONE,
    assert_axe_clean,
    assert_no_overflow,
    assert_nothing_cut,
    watch,
)
from factories.counters import Counter, fire
from factories.house import uscc_of
from factories.names import HOSTILE_NAMES, ONE_WORD

pytestmark = pytest.mark.browser
NUMBERS = {name: 61 + place for place, name in enumerate(HOSTILE_NAMES)}


@pytest.mark.parametrize("which", HOSTILE_NAMES)
def test_hostile_names(context: BrowserContext, desk: Page, counter: Counter, which: str) -> None:
    """The whole name stands in the face, the verdict keeps its height, and every button is to be seen."""
    number = NUMBERS[which]
    counter.do(counter.house.entity(number, name=HOSTILE_NAMES[which]))
    phone = counter.do(counter.house.phone(number, [uscc_of(number)]))[0]
    seen = watch(desk)
    fire(desk, counter.code(phone))
    expect(desk.locator("#face-name")).to_have_text(HOSTILE_NAMES[which])
    expect(desk.locator("main script, main img")).to_have_count(0)
    banner = desk.locator(".zz-verdict").bounding_box()
    buttons = desk.locator(".zz-do").bounding_box()
    result = desk.locator(".zz-result").bounding_box()
    assert banner is not None
    assert buttons is not None
    assert result is not None
    assert banner["height"] <= 0.3 * COUNTER["height"]
    assert result["y"] + result["height"] <= buttons["y"] + 1
    for size in (COUNTER, PHONE):
        desk.set_viewport_size(size)
        assert_no_overflow(desk)
        assert_nothing_cut(desk)
    assert_axe_clean(desk)
    book = context.new_page()
    book.goto(counter.base + "/desk/records", wait_until="networkidle")
    expect(book.locator("tbody a").first).to_have_text(HOSTILE_NAMES[which])
    assert_no_overflow(book)
    table = book.locator(".zz-tablebox")
    assert table.evaluate("(box) => box.scrollWidth <= box.clientWidth"), "the other columns are still to be seen"
    seen.assert_quiet()


def test_a_cut_name_is_found(desk: Page) -> None:
    """The control: a word that a box hides is told; one with an ellipsis, or in a scrolling box, is not."""
    assert_nothing_cut(desk)
    for style in ("text-overflow: ellipsis", "overflow: auto"):
        _put(desk, f"overflow: hidden; white-space: nowrap; {style}")
        assert_nothing_cut(desk)
    _put(desk, "overflow: hidden; white-space: nowrap")
    with pytest.raises(AssertionError, match="ABCDEFGHIJ"):
        assert_nothing_cut(desk)


def _put(desk: Page, style: str) -> None:
    desk.evaluate(
        """([text, style]) => {
          document.getElementById('put')?.remove();
          const box = Object.assign(document.createElement('p'), {id: 'put', textContent: text});
          document.querySelector('main').append(box);
          for (const rule of ['width: 100px', ...style.split('; ')]) box.style.setProperty(...rule.split(': '));
        }""",
        [ONE_WORD, style],
    )
