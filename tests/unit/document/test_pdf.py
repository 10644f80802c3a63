"""The drawn sheet shows what it was given, whole, and nothing runs into anything else."""

import asyncio
import itertools
import re
from pathlib import Path

import pytest

from factories.changed import changed
from factories.documents import (
    ADDRESS,
    BASE_URL,
    DISPLAY,
    PRESENTATION,
    SCOPE,
    archive,
    face,
    licence,
    occasion,
    press,
    settings,
)
from factories.pages import codes_of, outside, overlaps, picture_of, squeeze, text_of
from zhizhao.document.attachment import receipt_attachment
from zhizhao.document.errors import FontsMissing, GlyphMissing, SheetRefused
from zhizhao.document.pdf import Press
from zhizhao.document.sheet import Row, Sheet

LONG_NAME = "样张示例" * 16
LETTERS = "ABCDEFGH"
WORDS = (SCOPE * 12)[:2400]


def shown(sheet: Sheet, pdf: bytes) -> None:
    """Every fact is there, whole and in order; a scope that moved is named on the first sheet."""
    text = squeeze(text_of(pdf))
    rows = itertools.chain.from_iterable(itertools.zip_longest(sheet.left, sheet.right))
    start = "".join(squeeze(row.label + row.text) for row in rows if row)
    assert start in text
    assert sheet.scope is not None
    label, scope = squeeze(sheet.scope.label), squeeze(sheet.scope.text)
    if label + scope not in text:
        assert f"{label}全文共{len(sheet.scope.text)}字，载于续页。" in text
        pages = [squeeze(page) for page in text_of(pdf).split("\f")[1:-1]]
        foot = squeeze(sheet.annual)
        flowed = "".join(page.split(foot, 1)[1] for page in pages)
        assert flowed == label + scope
    expected = (
        sheet.uscc,
        "营业执照",
        "（副本）",
        "登记机关" + sheet.registrar + sheet.made_on,
        squeeze(sheet.publicity),
    )
    for part in expected:
        assert part in text
    for row in sheet.panel.rows if sheet.panel else ():
        assert squeeze(row.label + row.text) in text


@pytest.mark.parametrize("version", ["2019", "2022"])
@pytest.mark.parametrize("letter", LETTERS)
class TestEveryTemplate:
    """All templates, both versions, short to very long."""

    @pytest.mark.parametrize("name", ["", LONG_NAME], ids=["no name", "64 characters"])
    def test_shows_its_facts_without_overlap(self, letter: str, version: str, name: str) -> None:
        """Text equals the data at every length, with and without the archive panel."""
        for length, draw in itertools.product((1, 260, 520, 900, 1300, 2400), (licence, archive)):
            scope = WORDS[:length]
            sheet = draw(face(letter, version, name=name, scope=scope, business_scope=scope))
            pdf = press().render_now(sheet)
            shown(sheet, pdf)
            assert overlaps(pdf) == [], (length, draw.__name__)
            assert outside(pdf, margin_mm=28) == [], (length, draw.__name__)

    def test_codes_are_read_at_150_dpi(self, letter: str, version: str) -> None:
        """The face's code and the archive copy's code, 25 mm or wider."""
        found = codes_of(picture_of(press().render_now(archive(face(letter, version))), 150), 150)
        verification = f"{BASE_URL}/verify?p={PRESENTATION}"
        assert found.keys() == {f"{BASE_URL}/d/{DISPLAY}", verification}
        assert found[verification] >= 25


class TestRoom:
    """What has no room flows on; nothing is cut."""

    @pytest.mark.parametrize("length", [60, 300])
    def test_long_texts_everywhere(self, length: int) -> None:
        """Every field at once as long as the register allows."""
        sheet = licence(face("H", name="名" * length, parent_name="外" * length, parent_address=ADDRESS * 6))
        pdf = press().render_now(sheet)
        text = squeeze(text_of(pdf))
        for row in (*sheet.left, *sheet.right):
            assert row.text in text or f"全文共{len(row.text)}字" in text
        assert text.count("名") >= length
        assert overlaps(pdf) == []
        assert outside(pdf, margin_mm=28) == []

    def test_moved_facts_stand_whole_on_the_further_sheet(self) -> None:
        """Rows that fit nowhere follow the scope."""
        sheet = licence(face("H", parent_name="外" * 900, parent_address="址" * 900, business_place="所" * 900))
        text = squeeze(text_of(press().render_now(sheet)))
        for character in "外址所":
            assert text.count(character) >= 900

    def test_panel_grows_with_its_purpose(self) -> None:
        """200 characters of purpose and long names stay whole beside the code."""
        about = occasion(
            purpose="办理" * 100, relying_party="接收单位名称" * 12, place="窗口" * 20, case_number="X" * 64
        )
        sheet = archive(about=about)
        pdf = press().render_now(sheet)
        shown(sheet, pdf)
        assert overlaps(pdf) == []
        assert outside(pdf, margin_mm=28) == []
        assert f"{BASE_URL}/verify?p={PRESENTATION}" in codes_of(picture_of(pdf, 150), 150)

    def test_partial_face_has_no_empty_rows(self) -> None:
        """A copy with two granted fields prints two."""
        whole = face()
        few = changed(whole, items=tuple(i for i in whole.items if i.field in {"name", "domicile"}))
        text = squeeze(text_of(press().render_now(archive(few, occasion(is_partial=True)))))
        assert "经营范围" not in text
        assert "名称济宁市星河示例软件科技有限公司住所" in text

    def test_control_a_cut_scope_is_noticed(self) -> None:
        """The comparison fails when one character is missing."""
        sheet = licence()
        assert sheet.scope is not None
        pdf = press().render_now(changed(sheet, scope=Row(sheet.scope.label, sheet.scope.text[:-2])))
        with pytest.raises(AssertionError):
            shown(sheet, pdf)


class TestCharacters:
    """No box is ever printed."""

    @pytest.mark.parametrize("name", ["曲阜𬭚𠮷工艺", "䶮㛃𫘜𰻝示例", "（有限合伙）·\uff21\uff22\u3007"])
    def test_rare_characters_are_printed(self, name: str) -> None:
        """Plane 2 and 3 characters of GB 18030 that the fonts have."""
        text = squeeze(text_of(press().render_now(licence(face("B", name=name)))))
        assert name in text

    @pytest.mark.parametrize(("field", "text"), [("name", "示例𮧵店"), ("scope", "销售𮧵")])
    def test_missing_glyph_is_refused_by_name(self, field: str, text: str) -> None:
        """The refusal names the character and its code point."""
        with pytest.raises(GlyphMissing) as refusal:
            press().render_now(licence(face("A", **{field: text})))
        assert refusal.value.facts == {"character": "𮧵", "code_point": "U+2E9F5"}

    def test_missing_glyph_in_the_panel_is_refused(self) -> None:
        """What the clerk typed is checked as well."""
        with pytest.raises(GlyphMissing):
            press().render_now(archive(about=occasion(purpose="𮧵")))

    def test_typed_markup_is_text(self) -> None:
        """Nothing in a fact is read as typst or JSON."""
        nasty = '#panic("x") \\" $x$ *b* _i_ @r <l> {"a": 1} 【】'
        text = squeeze(text_of(press().render_now(licence(face("A", name=nasty)))))
        assert squeeze(nasty) in text


class TestMarks:
    """What a sheet says about itself."""

    def test_demo_mode_marks_the_sheet(self) -> None:
        """Banner and seal place say 演示."""
        text = squeeze(text_of(press().render_now(licence())))
        assert text.startswith("演示系统·非官方·数据均为虚构")
        assert "印章位置（演示）" in text

    def test_production_has_no_banner(self) -> None:
        """Outside the demonstration nothing says 演示 that the data do not say."""
        plain = settings(demo=False, publicity_note="公示", annual_report_note="年报")
        sheet = changed(licence(settings=plain), registrar="登记机关")
        text = squeeze(text_of(press().render_now(sheet)))
        assert text.startswith("照统一社会信用代码")
        assert "印章位置" in text
        assert "（演示）" not in text

    def test_watermark_is_seen_and_not_read(self) -> None:
        """It is on the picture in all four corners, and not in the text."""
        marked, plain = (press().render_now(archive(watermark=choice)) for choice in (True, False))
        assert text_of(marked) == text_of(plain)
        one, other = picture_of(marked, 40), picture_of(plain, 40)
        width, height = one.size
        for x, y in itertools.product((0, width // 2), (0, height // 2)):
            box = (x, y, x + width // 2, y + height // 2)
            assert one.crop(box).tobytes() != other.crop(box).tobytes()

    def test_evidence_travels_inside(self) -> None:
        """PDF/A-3 with the receipt as an embedded file."""
        pdf = press().render_now(archive(attachments=(receipt_attachment("a.b.c"),)))
        assert b"receipt.jwt" in pdf or b"/EmbeddedFile" in pdf
        assert re.search(rb"<pdfaid:part>3</pdfaid:part>", pdf)

    def test_pictures_have_alternative_texts(self) -> None:
        """Codes and border are described for those who do not see them."""
        drawing = "".join(path.read_text("utf-8") for path in Path("src/zhizhao/document/sheets").glob("*.typ"))
        assert drawing.count("image(") == drawing.count("alt:")


class TestPress:
    """The kept compiler."""

    def test_equal_sheets_give_equal_bytes(self) -> None:
        """No clock and no randomness goes into a drawing."""
        assert press().render_now(archive()) == press().render_now(archive())

    async def test_renders_side_by_side(self) -> None:
        """Two callers share the thread; each gets its own sheet."""
        own = Press()
        first, second = await asyncio.gather(
            own.render(licence(face("A", name="甲示例"))), own.render(licence(face("A", name="乙示例")))
        )
        own.close()
        assert "甲示例" in text_of(first)
        assert "乙示例" in text_of(second)

    def test_missing_fonts_name_the_package(self, tmp_path: Path) -> None:
        """An empty folder is refused with what to install."""
        with pytest.raises(FontsMissing) as refusal:
            Press(str(tmp_path)).render_now(licence())
        assert refusal.value.facts["install"] == "apt-get install fonts-noto-cjk"

    def test_a_grown_process_gets_a_new_compiler(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Memory that grows too far ends the compiler, and the next sheet is drawn all the same."""
        sizes = iter([100, 100, 400, 100, 100])
        monkeypatch.setattr("zhizhao.document.pdf._resident_mib", lambda: next(sizes))
        own = Press()
        kept = [own._compiler for _ in range(3) if own.render_now(licence())]
        assert kept[0] is not None
        assert kept[1] is kept[0]
        assert kept[2] is None
        assert own.render_now(licence())

    def test_too_long_a_code_is_refused(self) -> None:
        """A code that no phone could read from paper is not printed."""
        with pytest.raises(SheetRefused):
            press().render_now(changed(licence(), url="https://demo.zhizhao.example/" + "x" * 200))
