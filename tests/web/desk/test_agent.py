"""An agent with a mandate at the desk: role, scope and end are shown, and all of it fits in both languages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from factories.browser import COUNTER, reading
from factories.changed import changed
from factories.counters import Counter, fire, serving_counter
from factories.house import MATTER, uscc_of
from zhizhao.catalogue.matter import Function
from zhizhao.mandate.grant import Grant, Role
from zhizhao.presentation.ask import Ask
from zhizhao.presentation.redeem import Redeemed
from zhizhao.storage.database import Transaction
from zhizhao.web.desk.verbs import DeskVerbs

pytestmark = pytest.mark.browser
GRANT = Grant(
    mandate_id="mnd_x",
    uscc=uscc_of(1),
    principal_lookup=b"p",
    grantee_lookup=b"g",
    role=Role.AGENT,
    matters=frozenset({MATTER}),
    functions=frozenset({Function.PRESENT}),
    from_on=date(2026, 11, 1),
    to_on=date(2026, 12, 31),
    uses=None,
    used=0,
    granted_at=datetime(2026, 11, 1, tzinfo=UTC),
    accepted_at=datetime(2026, 11, 1, tzinfo=UTC),
    withdrawn_at=None,
)


def as_agent(desk: DeskVerbs) -> DeskVerbs:
    """Return verbs whose every accepted presentation was shown by an agent: this door has no mandates to plant yet."""

    async def redeem(ask: Ask) -> Redeemed:
        redeemed = await desk.redeem(ask)
        presenter = changed(redeemed.presentation.presenter, role=Role.AGENT.value, mandate_id=GRANT.mandate_id)
        return changed(redeemed, presentation=changed(redeemed.presentation, presenter=presenter))

    async def mandate(_connection: Transaction, mandate_id: str) -> Grant | None:
        return GRANT if mandate_id == GRANT.mandate_id else None

    return changed(desk, redeem=redeem, mandate=mandate)


@pytest.fixture(scope="module")
def counter(sqlite_address: tuple[str, Path]) -> Iterator[Counter]:
    """Give a counter where agents show."""
    url, folder = sqlite_address
    with serving_counter(url, folder, change=as_agent) as served:
        served.do(served.house.entity(1))
        yield served


@pytest.mark.parametrize(
    ("lang", "role", "period"),
    [
        ("zh-Hans", "办事人（精准授权）", "2026年11月1日至2026年12月31日"),
        ("en", "Agent (mandate for this matter)", "1 Nov 2026 to 31 Dec 2026"),
    ],
)
def test_role_scope_and_end(browser: Browser, counter: Counter, lang: str, role: str, period: str) -> None:
    """Who stands there, for what, until when; nothing is covered by the row of buttons."""
    phone = counter.do(counter.house.phone(1, [uscc_of(1)]))[0]
    context = browser.new_context(viewport=COUNTER)
    reading(context, counter.base, lang=lang)
    counter.sign_in(context)
    page = context.new_page()
    page.goto(counter.base + "/desk", wait_until="networkidle")
    fire(page, counter.code(phone))
    expect(page.locator("#stage")).to_have_attribute("data-view", "accepted")
    expect(page.locator(".zz-verdict__who")).to_contain_text(role)
    expect(page.locator(".zz-side .zz-list")).to_contain_text(period)
    expect(page.locator(".zz-side .zz-list")).to_contain_text("食品经营许可")
    bottom = page.evaluate("document.querySelector('.zz-side').lastElementChild.getBoundingClientRect().bottom")
    checks = page.evaluate("[...document.querySelectorAll('.zz-checkline li')].at(-1).getBoundingClientRect().bottom")
    buttons = page.evaluate("document.querySelector('.zz-do').getBoundingClientRect().top")
    assert max(bottom, checks) <= buttons
    context.close()
