"""The import page in a real Chromium: tried first, taken by a second person, with the command's own error file."""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from factories.browser import DESKTOP, MODES, PHONE, assert_axe_clean, assert_no_overflow, reading, watch
from factories.counters import Counter, plant_account, session_of
from factories.house import PASSPHRASE
from factories.numbers import made_up_uscc
from factories.registers import a_row, table, write_csv, write_xlsx
from zhizhao.app.uploads.folder import FILE, UploadFolder
from zhizhao.ledger.entry import parse_entry
from zhizhao.ledger.store import ENTRY
from zhizhao.staff.account import Role
from zhizhao.web.office.uploads import shown_name

pytestmark = pytest.mark.browser
DONE = 60_000
"""Milliseconds that a process may need to begin and to read a small file."""


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process that reads a file open the house's keys, as an installation's own environment does."""
    monkeypatch.setenv("ZHIZHAO_KEY_PASSPHRASE", PASSPHRASE.decode())


@pytest.fixture(scope="module")
def reviewer_token(counter: Counter) -> str:
    """Give the session of a reviewer."""
    account = counter.do(plant_account(counter.house, "fu.he", Role.REGISTRAR_REVIEWER, name="傅核"))
    token: str = counter.do(session_of(counter.house, account))
    return token


@pytest.fixture(scope="module")
def tokens(clerk_token: str, reviewer_token: str) -> tuple[str, str]:
    """Give both sessions: who hands in, who releases."""
    return clerk_token, reviewer_token


@pytest.fixture
def reviewer(browser: Browser, counter: Counter, reviewer_token: str) -> Iterator[Page]:
    """Give the reviewer's browser."""
    context = browser.new_context(viewport=DESKTOP)
    reading(context, counter.base)
    counter.sign_in(context, reviewer_token)
    yield context.new_page()
    context.close()


def lines_of(rows: list[dict[str, str]]) -> list[list[str]]:
    """Return head and lines."""
    return table(rows)


def hand_in(page: Page, counter: Counter, file: Path) -> str:
    """Upload a file as a person does; wait for the end of the trial; return the address of its page."""
    page.goto(counter.base + "/office/uploads", wait_until="networkidle")
    page.set_input_files("#f-file", file)
    page.click(".zz-officeform .zz-btn--primary")
    expect(page.locator("#standing")).not_to_have_attribute("data-state", "trying", timeout=DONE)
    return page.url


def entries(counter: Counter, act: str) -> list[Any]:
    """Return the ledger's entries of one act."""

    async def read() -> list[Any]:
        async with counter.house.parts.database.read() as reader:
            rows = await reader.execute(select(ENTRY.c.body).order_by(ENTRY.c.entry_id))
            return [parse_entry(r.body) for r in rows]

    return [e for e in counter.do(read()) if e.act.value == act]


def known(counter: Counter, number: int) -> bool:
    """Say whether the register has a made-up company."""

    async def read() -> bool:
        async with counter.house.parts.database.read() as reader:
            return await counter.house.parts.registry.get(reader, made_up_uscc(number)) is not None

    found: bool = counter.do(read())
    return found


def figures(page: Page) -> dict[str, int]:
    """Return the figures as they stand on the page."""
    return {str(one.get_attribute("data-figure")): int(one.inner_text()) for one in page.locator("[data-figure]").all()}


class TestWay:
    """From the file to the register."""

    def test_tried_by_one_taken_by_another(self, page: Page, reviewer: Page, counter: Counter, tmp_path: Path) -> None:
        """The trial writes nothing and names the bad cell; the clerk cannot confirm; the reviewer does."""
        rows = [a_row(number) for number in range(401, 405)]
        rows[1]["证件号码"] = "370811199001011230"
        rows[3]["名称"] = "济宁\u202e示例有限公司"
        address = hand_in(page, counter, write_xlsx(tmp_path / "十一月名录.xlsx", lines_of(rows)))
        expect(page.locator("#standing")).to_have_attribute("data-state", "tried")
        expect(page.locator("h1")).to_have_text("十一月名录.xlsx")
        assert figures(page) == {"rows": 4, "new": 2, "changed": 0, "unchanged": 0, "rejected": 2}
        told = page.locator(".zz-tablebox tbody tr")
        expect(told).to_have_count(2)
        expect(told.nth(0)).to_contain_text("身份证件号码校验位不符")
        expect(told.nth(1)).to_contain_text("改变文字显示方向的控制字符")
        assert "370811199001011230" not in page.content()
        assert not known(counter, 401)
        assert not entries(counter, "office:registry:imported")
        assert entries(counter, "office:upload:handed_in")[-1].object_id == address.rpartition("/")[2]
        expect(page.locator("form[action$='/release']")).to_have_count(0)
        expect(page.locator("main")).to_contain_text("等待另一位复核人员")

        reviewer.goto(counter.base + "/office/uploads")
        reviewer.click("tbody a >> nth=0")
        assert reviewer.url == address
        reviewer.click("form[action$='/release'] .zz-btn--primary")
        expect(reviewer.locator(".zz-summary")).to_contain_text("请核对来源和试运行结果后勾选")
        reviewer.check("#f-checked")
        reviewer.click("form[action$='/release'] .zz-btn--primary")
        expect(reviewer.locator("#standing")).to_have_attribute("data-state", "taken", timeout=DONE)
        assert figures(reviewer)["new"] == 2
        assert known(counter, 401)
        assert not known(counter, 402)
        released = entries(counter, "office:upload:released")[-1]
        imported = entries(counter, "office:registry:imported")[-1]
        assert imported.actor == released.actor
        assert imported.actor != entries(counter, "office:upload:handed_in")[-1].actor
        assert imported.facts["sha256"] == released.facts["sha256"]
        folder = UploadFolder(counter.house.parts.settings.data_path())
        assert not folder.file(address.rpartition("/")[2]).exists(), "the file holds people's numbers"

    def test_the_error_file_is_the_commands(self, page: Page, counter: Counter, tmp_path: Path) -> None:
        """Row, level, column, code, reason; named after the sender's file; CSV for CSV."""
        rows = [a_row(number) for number in range(411, 414)]
        rows[2]["成立日期"] = "去年"
        hand_in(page, counter, write_csv(tmp_path / "名录.csv", lines_of(rows)))
        with page.expect_download() as saved:
            page.click("text=下载错误文件")
        assert saved.value.suggested_filename == "名录.errors.csv"
        text = Path(saved.value.path()).read_text("utf-8-sig")
        head, *told = list(csv.reader(io.StringIO(text)))
        assert head == ["行号", "级别", "列", "统一社会信用代码", "原因"]
        assert [(line[0], line[1], line[2]) for line in told] == [("4", "错误", "成立日期")]

    def test_deleted(self, page: Page, counter: Counter, tmp_path: Path) -> None:
        """A file can be deleted; its address then leads nowhere, in words."""
        address = hand_in(page, counter, write_csv(tmp_path / "错.csv", lines_of([a_row(421)])))
        page.click("text=删除这个文件")
        page.wait_for_url("**/office/uploads")
        assert page.request.get(address).status == 404
        assert len(entries(counter, "office:upload:dropped")) == 1
        assert not known(counter, 421)

    def test_twice_is_unchanged(self, page: Page, reviewer: Page, counter: Counter, tmp_path: Path) -> None:
        """A confirmation sent a second time is refused; the same file again would change nothing."""
        file = write_csv(tmp_path / "又.csv", lines_of([a_row(431)]))
        address = hand_in(page, counter, file)
        reviewer.goto(address)
        reviewer.check("#f-checked")
        token = reviewer.locator("form[action$='/release'] input[name=_csrf_token]").input_value()
        reviewer.click("form[action$='/release'] .zz-btn--primary")
        expect(reviewer.locator("#standing")).to_have_attribute("data-state", "taken", timeout=DONE)
        again = reviewer.request.post(f"{address}/release", form={"_csrf_token": token, "checked": "true"})
        assert again.status == 409
        hand_in(page, counter, file)
        assert figures(page) == {"rows": 1, "new": 0, "changed": 0, "unchanged": 1, "rejected": 0}


class TestWho:
    """Four eyes, and nobody else's business."""

    def test_who_hands_in_does_not_release(self, page: Page, reviewer: Page, counter: Counter, tmp_path: Path) -> None:
        """A reviewer's own file waits for another reviewer, whatever is posted; a clerk's post is refused by role."""
        address = hand_in(reviewer, counter, write_csv(tmp_path / "自.csv", lines_of([a_row(441)])))
        expect(reviewer.locator("form[action$='/release']")).to_have_count(0)
        for one in (reviewer, page):
            one.goto(address)
            token = one.locator("input[name=_csrf_token]").first.input_value()
            answer = one.request.post(f"{address}/release", form={"_csrf_token": token, "checked": "true"})
            assert answer.status == 403
        assert not known(counter, 441)

    def test_a_counter_clerk_has_no_business_here(self, browser: Browser, counter: Counter) -> None:
        """Roles outside the registration office are refused."""
        context = browser.new_context(viewport=DESKTOP)
        counter.sign_in(context)
        assert context.request.get(counter.base + "/office/uploads").status == 403
        context.close()


class TestBadFiles:
    """Each with its own words, and the page goes on."""

    @staticmethod
    def macros(folder: Path) -> Path:
        """Write a workbook with a macro part."""
        path = write_xlsx(folder / "宏.xlsx", lines_of([a_row(451)]))
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
        return path

    @staticmethod
    def bomb(folder: Path) -> Path:
        """Write a workbook whose sheet unpacks to far more than it is."""
        path = write_xlsx(folder / "弹.xlsx", lines_of([a_row(452)]))
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet9.xml", b" " * (210 << 20))
        return path

    @staticmethod
    def columns(folder: Path) -> Path:
        """Write a table without the column of the document number."""
        row = a_row(453)
        del row["证件号码"]
        return write_csv(folder / "缺.csv", lines_of([row]))

    @staticmethod
    def entities(folder: Path) -> Path:
        """Write a message with an XML entity."""
        path = folder / "报文.xml"
        path.write_text('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><licence><firm>&b;</firm></licence>')
        return path

    @pytest.mark.parametrize(
        ("make", "words"),
        [("macros", "含有宏"), ("bomb", "异常膨胀"), ("columns", "缺少必需的列"), ("entities", "XML 实体")],
    )
    def test_refused_in_words(self, page: Page, counter: Counter, tmp_path: Path, make: str, words: str) -> None:
        """The file as a whole is refused, and nothing can be released."""
        hand_in(page, counter, getattr(self, make)(tmp_path))
        expect(page.locator("#standing")).to_have_attribute("data-state", "refused")
        expect(page.locator(".zz-note--bad")).to_contain_text(words)
        expect(page.locator("form[action$='/release']")).to_have_count(0)

    def test_nothing_chosen_empty_and_too_large(self, page: Page, counter: Counter, tmp_path: Path) -> None:
        """Three messages at the field; the choice of codes is kept by the form being shown again."""
        page.goto(counter.base + "/office/uploads")
        page.evaluate("document.querySelector('.zz-officeform').noValidate = true")
        page.click(".zz-officeform .zz-btn--primary")
        expect(page.locator(".zz-summary")).to_contain_text("请选择一个文件")
        empty = tmp_path / "空.csv"
        empty.touch()
        page.set_input_files("#f-file", empty)
        page.click(".zz-officeform .zz-btn--primary")
        expect(page.locator(".zz-summary")).to_contain_text("这个文件是空的")
        large = tmp_path / "大.csv"
        large.write_bytes(b"x" * (10 * 1024 * 1024 + 1))
        page.set_input_files("#f-file", large)
        page.click(".zz-officeform .zz-btn--primary")
        expect(page.locator(".zz-summary")).to_contain_text("文件超过 10 MB")

    def test_a_process_that_dies_is_told(
        self, page: Page, counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A reader that breaks off leaves a refusal, not a bar that runs for ever."""
        monkeypatch.setenv("ZHIZHAO_KEY_PASSPHRASE", "another one")
        hand_in(page, counter, write_csv(tmp_path / "断.csv", lines_of([a_row(461)])))
        expect(page.locator("#standing")).to_have_attribute("data-state", "refused")
        expect(page.locator(".zz-note--bad")).to_contain_text("处理中断")

    def test_names_are_only_text(self, page: Page, counter: Counter, tmp_path: Path) -> None:
        """A file name with markup, a turned line or 300 characters is shown as text, in one place, without overflow."""
        seen = watch(page)
        rows = [a_row(471, 名称="<script>alert(1)</script>有限公司", 未知列="x")]
        content = write_csv(tmp_path / "x.csv", lines_of(rows)).read_bytes()
        for name in ("<script>alert(1)</script>.csv", "a\u202etxt.csv", "名" * 300 + ".csv"):
            page.goto(counter.base + "/office/uploads", wait_until="networkidle")
            page.set_input_files("#f-file", {"name": name, "mimeType": "text/csv", "buffer": content})
            page.click(".zz-officeform .zz-btn--primary")
            expect(page.locator("#standing")).to_have_attribute("data-state", "tried", timeout=DONE)
            expect(page.locator("h1")).to_have_text(shown_name(name))
            assert "\u202e" not in page.content()
            assert page.locator("main script").count() == 0
            page.set_viewport_size(PHONE)
            assert_no_overflow(page)
            page.set_viewport_size(DESKTOP)
        seen.assert_quiet()


def test_kept_privately(page: Page, counter: Counter, tmp_path: Path) -> None:
    """The file lies under a made-up name in a folder of the owner alone, and no address serves it."""
    address = hand_in(page, counter, write_csv(tmp_path / "私.csv", lines_of([a_row(481)])))
    file = UploadFolder(counter.house.parts.settings.data_path()).file(address.rpartition("/")[2])
    assert file.name == FILE
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert page.request.get(f"{address}/{FILE}").status == 404


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_pages_in_every_mode(
    browser: Browser, counter: Counter, tokens: tuple[str, str], tmp_path: Path, lang: str
) -> None:
    """axe, overflow, console: the form with its list, a tried file with bad rows for both people, a refused one."""
    context = browser.new_context(viewport=DESKTOP)
    counter.sign_in(context, tokens[0])
    page = context.new_page()
    rows = [a_row(number, 证件号码="1") for number in range(491, 494)]
    pages = [
        "/office/uploads",
        hand_in(page, counter, write_csv(tmp_path / "查.csv", lines_of([a_row(490, 住所=""), *rows]))),
        hand_in(page, counter, TestBadFiles.columns(tmp_path)),
    ]
    context.close()
    for theme, size in MODES:
        for token in tokens:
            context = browser.new_context(viewport=DESKTOP)
            reading(context, counter.base, theme=theme, size=size, lang=lang)
            counter.sign_in(context, token)
            _look(context, [path.removeprefix(counter.base) for path in pages], counter.base)
            context.close()


def _look(context: BrowserContext, paths: list[str], base: str) -> None:
    page = context.new_page()
    seen = watch(page)
    for viewport in (PHONE, DESKTOP):
        page.set_viewport_size(viewport)
        for path in paths:
            page.goto(base + path, wait_until="networkidle")
            assert_no_overflow(page)
            assert_axe_clean(page)
    seen.assert_quiet()
