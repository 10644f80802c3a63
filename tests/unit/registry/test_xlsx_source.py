"""Workbooks: formulas, merged cells, types of cells, and what the guard refuses before anything is read."""

import random
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from factories.registers import a_row, table, write_xlsx
from zhizhao.registry.errors import IntakeRefused
from zhizhao.registry.intake import limits, reasons
from zhizhao.registry.intake.open_source import is_workbook, open_source
from zhizhao.registry.intake.xlsx_cells import column_number, sheet_part
from zhizhao.registry.intake.xlsx_guard import look_through
from zhizhao.registry.intake.xlsx_source import XlsxSource

SHEET = "xl/worksheets/sheet1.xml"


def filled(path: Path, edit: Callable[[Worksheet], None] | None = None, *, rows: int = 3) -> Path:
    """Write a workbook of good rows, edited by hand."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for line in table([a_row(number) for number in range(1, rows + 1)]):
        sheet.append(line)
    if edit:
        edit(sheet)
    book.save(path)
    return path


def reworked(path: Path, change: Callable[[str, bytes], bytes], *, more: dict[str, bytes] | None = None) -> Path:
    """Rewrite every part of an archive, and add some."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (parts | (more or {})).items():
            archive.writestr(name, part)
    return path


def same(name: str, part: bytes) -> bytes:
    """Leave a part as it is."""
    del name
    return part


def refusal(path: Path) -> object:
    """Return why a workbook is refused."""
    with pytest.raises(IntakeRefused) as refused:
        list(open_source(path).rows())
    assert refused.value.facts["message"]
    return refused.value.facts["reason"]


class TestReading:
    """What cells of all types say."""

    def test_a_plain_workbook(self, tmp_path: Path) -> None:
        """Negative control of every refusal below: it is read, with no remark."""
        source = open_source(filled(tmp_path / "a.xlsx"))
        assert is_workbook(source)
        assert [row.number for row in source.rows()] == [2, 3, 4]
        assert (source.notes.remarks, source.position) == ([], source.size)

    def test_head_below_a_title_and_beside_an_empty_column(self, tmp_path: Path) -> None:
        """Titles above, an empty first column, blank rows between."""

        def edit(sheet: Worksheet) -> None:
            sheet.insert_rows(3)
            sheet.insert_rows(1, 2)
            sheet["B1"] = "济宁市经营主体名录（演示）"
            sheet.merge_cells("B1:F1")
            sheet.insert_cols(1)

        source = XlsxSource(filled(tmp_path / "a.xlsx", edit))
        rows = list(source.rows())
        assert [row.number for row in rows] == [4, 6, 7]
        assert rows[0].values["name"] == "济宁示例第1机电设备有限公司"
        assert source.notes.remarks == []

    def test_types(self, tmp_path: Path) -> None:
        """Dates, whole numbers, numbers that lost digits, booleans."""

        def edit(sheet: Worksheet) -> None:
            heads = {cell.value: cell.column for cell in sheet[1]}
            for label, value in (
                ("成立日期", date(2020, 2, 22)),
                ("核准日期", datetime(2024, 3, 5, 10, 0, tzinfo=UTC).replace(tzinfo=None)),
                ("区划代码", 370811),
                ("证件号码", 379900195506150115),
                ("注册资本", 2000.5),
                ("住所", True),
            ):
                sheet.cell(row=2, column=heads[label], value=value)

        (row, *_) = XlsxSource(filled(tmp_path / "a.xlsx", edit)).rows()
        assert row.values["established_on"] == "2020-02-22"
        assert row.values["@approved_on"] == "2024-03-05"
        assert row.values["@division"] == "370811"
        assert re.fullmatch(r"3\.799\d*e\+17", row.values["@document"])
        assert (row.values["registered_capital"], row.values["domicile"]) == ("2000.5", "是")

    def test_merged_cells(self, tmp_path: Path) -> None:
        """A merged registrar stands for each of its rows, a merged code does not; no rows come from a merge alone."""

        def edit(sheet: Worksheet) -> None:
            sheet.merge_cells("K2:K9")
            sheet.merge_cells("A3:A4")

        source = XlsxSource(filled(tmp_path / "a.xlsx", edit))
        rows = list(source.rows())
        assert len(rows) == 3
        assert len({row.values["@registrar"] for row in rows}) == 1
        assert ["uscc" in row.values for row in rows] == [True, True, False]
        assert source.notes.remarks == ["有 1 处合并单元格，合并的内容用于其中每一行"]

    def test_formulas_without_a_result(self, tmp_path: Path) -> None:
        """Told with row and column; the other rows are read."""

        def edit(sheet: Worksheet) -> None:
            sheet["B3"] = '=CONCATENATE("济宁","示例")'

        rows = list(XlsxSource(filled(tmp_path / "a.xlsx", edit)).rows())
        assert [[(one.column, one.reason) for one in row.problems] for row in rows] == [
            [],
            [("名称", reasons.FORMULA)],
            [],
        ]

    def test_formulas_with_a_result(self, tmp_path: Path) -> None:
        """Read as their result, with a remark; nothing is computed here."""
        path = filled(tmp_path / "a.xlsx", lambda sheet: sheet.__setitem__("B3", "=1+1"))
        kept = b'<c r="B3" t="str"><f>1+1</f><v>\xe7\xa4\xba\xe4\xbe\x8b</v></c>'
        reworked(path, lambda name, part: re.sub(rb'<c r="B3"[^>]*>.*?</c>', kept, part) if name == SHEET else part)
        source = XlsxSource(path)
        rows = list(source.rows())
        assert rows[1].values["name"] == "示例"
        assert source.notes.remarks == ["有 1 个单元格是公式，按文件里存放的结果读取"]

    def test_error_values(self, tmp_path: Path) -> None:
        """#N/A is told, not read as empty."""
        rows = list(XlsxSource(filled(tmp_path / "a.xlsx", lambda sheet: sheet.__setitem__("I2", "#N/A"))).rows())
        assert [(one.column, one.reason) for one in rows[0].problems] == [("住所", reasons.ERROR_CELL)]

    def test_other_sheets(self, tmp_path: Path) -> None:
        """The first sheet with a head counts, and the others are named; a hidden sheet is not read."""
        path = tmp_path / "a.xlsx"
        book = Workbook()
        first = book.active
        assert isinstance(first, Worksheet)
        first.title = "说明"
        first["A1"] = "填表说明"
        for title in ("藏", "名录"):
            sheet = book.create_sheet(title)
            for line in table([a_row(1)]):
                sheet.append(line)
        book["藏"].sheet_state = "hidden"
        book.save(path)
        source = XlsxSource(path)
        assert len(list(source.rows())) == 1
        assert source.notes.remarks == ["只读取第一个有表头的工作表，未读取：说明"]
        assert sheet_part(path, "名录") == "xl/worksheets/sheet3.xml"

    def test_column_letters(self) -> None:
        """A is 0, Z 25, AA 26."""
        assert [column_number(letters) for letters in (b"A", b"Z", b"AA", b"CZ")] == [0, 25, 26, 103]


class TestGuard:
    """What is refused, each with its own word."""

    def test_bombs(self, tmp_path: Path) -> None:
        """A sheet that unpacks to much more than its size, and one that is simply too large."""
        path = filled(tmp_path / "a.xlsx")
        zeros = b"<worksheet>" + b" " * (limits.LARGEST_RATIO * limits.MEGABYTE)
        assert refusal(reworked(path, same, more={"xl/worksheets/sheet9.xml": zeros})) == "xlsx-bomb"

    def test_a_bomb_that_lies_about_its_size(self, tmp_path: Path) -> None:
        """The archive says 11 bytes; what comes out is counted, or the archive is broken."""
        path = tmp_path / "a.xlsx"
        filled(path)
        reworked(path, same, more={"xl/media/image1.png": b"x" * 5_000_000})
        raw = bytearray(path.read_bytes())
        at = raw.rfind(b"xl/media/image1.png") - 46  # its central directory record
        raw[at + 24 : at + 28] = (11).to_bytes(4, "little")
        path.write_bytes(raw)
        assert refusal(path) == "xlsx-broken"

    def test_too_many_parts(self, tmp_path: Path) -> None:
        """Thousands of parts."""
        more = {f"xl/media/{number}.png": b"" for number in range(limits.MOST_PARTS)}
        assert refusal(reworked(filled(tmp_path / "a.xlsx"), same, more=more)) == "xlsx-bomb"

    def test_unpacked_limit(self, tmp_path: Path) -> None:
        """Negative control of the limits: the same file passes with them and fails with smaller ones."""
        path = filled(tmp_path / "a.xlsx")
        look_through(path, largest_unpacked=limits.PAGE_UNPACKED)
        with pytest.raises(IntakeRefused) as refused:
            open_source(path, largest_unpacked=1000)
        assert refused.value.facts["reason"] == "xlsx-bomb"

    @pytest.mark.parametrize(
        "corner",
        ["A250001", "A1048576", "XFD1", "DA1", "ZZ2"],
        ids=["row", "last row", "last column", "column", "wide"],
    )
    def test_far_corners(self, tmp_path: Path, corner: str) -> None:
        """One cell far away would make a reader keep millions of empty ones."""
        path = filled(tmp_path / "a.xlsx", lambda sheet: sheet.__setitem__(corner, "x"))
        assert refusal(path) == "xlsx-too-large"

    def test_near_corners(self, tmp_path: Path) -> None:
        """Negative control: the last allowed column and a high row pass."""
        path = filled(tmp_path / "a.xlsx", lambda sheet: sheet.__setitem__("CZ20000", "x"))
        assert len(list(open_source(path).rows())) == 3

    @pytest.mark.parametrize("spelling", [b"<c\tr = 'A9999999'>", b"<c\nr='XFD1'>", b'<c t="s" r="A300000">'])
    def test_corners_in_odd_spellings(self, tmp_path: Path, spelling: bytes) -> None:
        """Blanks and quotes that XML allows do not hide a corner."""
        path = filled(tmp_path / "a.xlsx")
        reworked(path, lambda _, part: re.sub(rb'<c r="A1"[^>]*>', spelling.replace(b"\\", b""), part))
        assert refusal(path) == "xlsx-too-large"

    def test_cells_without_a_place(self, tmp_path: Path) -> None:
        """A row of a hundred thousand cells without references would be a corner too."""
        path = filled(tmp_path / "a.xlsx")
        cells = b'<row r="9">' + b"<c><v>1</v></c>" * 50 + b"</row></sheetData>"
        reworked(path, lambda name, part: part.replace(b"</sheetData>", cells) if name == SHEET else part)
        assert refusal(path) == "xlsx-broken"

    @pytest.mark.parametrize("name", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/activeX/activeX1.xml"])
    def test_macros(self, tmp_path: Path, name: str) -> None:
        """Parts that hold programs."""
        assert refusal(reworked(filled(tmp_path / "a.xlsx"), same, more={name: b"<x/>"})) == "xlsx-macros"

    def test_a_macro_workbook_by_its_type(self, tmp_path: Path) -> None:
        """Declared macro-enabled, even without a project."""

        def change(_: str, part: bytes) -> bytes:
            plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
            return part.replace(plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")

        assert refusal(reworked(filled(tmp_path / "a.xlsx"), change)) == "xlsx-macros"

    @pytest.mark.parametrize(
        "name", ["xl/externalLinks/externalLink1.xml", "xl/connections.xml", "xl/embeddings/oleObject1.bin"]
    )
    def test_links_and_embedded_objects(self, tmp_path: Path, name: str) -> None:
        """Parts that reach outside."""
        assert refusal(reworked(filled(tmp_path / "a.xlsx"), same, more={name: b"<x/>"})) == "xlsx-links"

    def test_relationships_outside(self, tmp_path: Path) -> None:
        """A picture from outside is refused; a hyperlink is only text and passes (negative control)."""
        link = (
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            b'<Relationship Id="r1" '
            b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%b" '
            b'Target="http://127.0.0.1:9/x" TargetMode="External"/></Relationships>'
        )
        name = "xl/worksheets/_rels/sheet1.xml.rels"
        good = reworked(filled(tmp_path / "a.xlsx"), same, more={name: link % b"hyperlink"})
        assert len(list(open_source(good).rows())) == 3
        assert refusal(reworked(filled(tmp_path / "b.xlsx"), same, more={name: link % b"image"})) == "xlsx-links"

    @pytest.mark.parametrize(
        "part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "docProps/core.xml"]
    )
    @pytest.mark.parametrize(
        "bomb",
        [
            b'<!DOCTYPE x [<!ENTITY a "b">]>',
            b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
            b'<!ENTITY a SYSTEM "file:///x">',
        ],
    )
    def test_entities(self, tmp_path: Path, part: str, bomb: bytes) -> None:
        """In every part."""
        path = filled(tmp_path / "a.xlsx")
        assert refusal(reworked(path, lambda name, body: bomb + body if name == part else body)) == "xml-entities"

    def test_entities_in_utf16(self, tmp_path: Path) -> None:
        """Another encoding does not hide them."""
        path = filled(tmp_path / "a.xlsx")
        text = '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'.encode("utf-16")
        assert refusal(reworked(path, lambda name, part: text if name == SHEET else part)) == "xml-entities"

    def test_entities_across_a_block(self, tmp_path: Path) -> None:
        """The word is cut by the border of two blocks and found all the same."""
        path = filled(tmp_path / "a.xlsx")
        noise = random.Random(1).randbytes(limits.MEGABYTE // 2).hex().encode()
        head = b"<!--" + noise[: limits.MEGABYTE - 10] + b"-->"
        body = head + b"<!DOCTYPE x []><worksheet/>"
        assert body[limits.MEGABYTE - 8 : limits.MEGABYTE + 8].find(b"<!DOC") >= 0
        assert refusal(reworked(path, lambda name, part: body if name == SHEET else part)) == "xml-entities"

    def test_files_that_are_no_workbook(self, tmp_path: Path) -> None:
        """Old or encrypted workbooks, broken archives, archives of something else."""
        path = tmp_path / "a.xlsx"
        path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)
        assert refusal(path) == "xlsx-old-or-encrypted"
        path.write_bytes(b"PK\x03\x04" + b"x" * 600)
        assert refusal(path) == "xlsx-broken"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("word/document.xml", "<x/>")
        assert refusal(path) == "xlsx-broken"
        filled(path)
        assert refusal(reworked(path, lambda name, part: b"<x" if name == "xl/workbook.xml" else part)) == "xlsx-broken"
        good = filled(path).read_bytes()
        path.write_bytes(good[: len(good) // 2])
        assert refusal(path) == "xlsx-broken"

    def test_a_head_that_is_not_there(self, tmp_path: Path) -> None:
        """Told by the missing column."""
        assert refusal(write_xlsx(tmp_path / "a.xlsx", [["甲"], ["1"]])) == "missing-columns"
