"""CSV: encodings, separators, quoting, and files that are no CSV; each refusal with its own word."""

import codecs
from pathlib import Path

import pytest

from factories.registers import a_row, table, write_csv
from zhizhao.registry.errors import IntakeRefused
from zhizhao.registry.intake import reasons
from zhizhao.registry.intake.csv_source import CsvSource, find_encoding

LINES = table([a_row(1), a_row(2)])


def reason(path: Path) -> object:
    """Return why a file is refused, opened or read."""
    with pytest.raises(IntakeRefused) as refused:
        list(CsvSource(path).rows())
    assert refused.value.facts["message"]
    return refused.value.facts["reason"]


class TestEncodings:
    """UTF-8 with or without BOM, GB 18030."""

    @pytest.mark.parametrize(
        ("written", "found"),
        [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("gbk", "gb18030")],
    )
    def test_found(self, tmp_path: Path, written: str, found: str) -> None:
        """The whole file decodes; the rows read the same."""
        path = write_csv(tmp_path / "a.csv", LINES, encoding=written)
        assert find_encoding(path) == found
        assert [row.values["name"] for row in CsvSource(path).rows()] == [line[1] for line in LINES[1:]]

    def test_characters_that_gb18030_moved(self, tmp_path: Path) -> None:
        """GB 18030-2022 gave 0xFE51 a code point of its own; Python's codec says private use, we do not."""
        path = write_csv(tmp_path / "a.csv", table([a_row(1, 名称="甲乙有限公司")]), encoding="gb18030")
        path.write_bytes(path.read_bytes().replace("甲乙".encode("gb18030"), b"\xfe\x51\xfe\x51"))
        (row,) = CsvSource(path).rows()
        assert row.values["name"] == "\U00020087\U00020087有限公司"
        assert b"\xfe\x51".decode("gb18030") == "\ue816"  # the codec's answer, which this guards against

    def test_other_encodings(self, tmp_path: Path) -> None:
        """UTF-16, bytes of neither encoding, NUL."""
        path = tmp_path / "a.csv"
        path.write_bytes(codecs.BOM_UTF16_LE + "统一社会信用代码".encode("utf-16-le"))
        assert reason(path) == "csv-encoding"
        path.write_bytes("统一社会信用代码".encode() + b"\xff\xff\n")
        assert reason(path) == "csv-encoding"
        path.write_bytes(b"a,b\0c\n")
        assert reason(path) == "csv-not-text"


class TestShape:
    """Where rows are, and what stands in them."""

    def test_titles_above_and_blank_rows(self, tmp_path: Path) -> None:
        """The head is found below titles; row numbers are those of a spreadsheet."""
        lines = [["济宁市经营主体名录（演示）"], [], LINES[0], LINES[1], ["", " ", ""], LINES[2]]
        rows = list(CsvSource(write_csv(tmp_path / "a.csv", lines)).rows())
        assert [row.number for row in rows] == [4, 6]

    def test_a_cell_of_two_lines_is_one_row(self, tmp_path: Path) -> None:
        """Row numbers count records, as a spreadsheet does."""
        lines = table([a_row(1, 经营范围="甲\n乙"), a_row(2)])
        rows = list(CsvSource(write_csv(tmp_path / "a.csv", lines)).rows())
        assert [row.number for row in rows] == [2, 3]
        assert rows[0].values["scope"] == "甲\n乙"

    def test_quoted_codes(self, tmp_path: Path) -> None:
        """`="…"` is the text inside; another formula stays text and is never computed."""
        lines = table([a_row(1, 区划代码='="370811"', 住所="=1+1")])
        (row,) = CsvSource(write_csv(tmp_path / "a.csv", lines)).rows()
        assert (row.values["@division"], row.values["domicile"]) == ("370811", "=1+1")

    def test_short_and_long_rows(self, tmp_path: Path) -> None:
        """A short row ends in empty cells; more cells than headings are told, for an unquoted comma moves columns."""
        lines = [LINES[0], LINES[1][:9], [*LINES[2], "多"], [*LINES[2], ""]]
        rows = list(CsvSource(write_csv(tmp_path / "a.csv", lines)).rows())
        assert "@document" not in rows[0].values
        assert [problem.reason for problem in rows[1].problems] == [reasons.MORE_CELLS]
        assert rows[2].problems == ()

    def test_no_head(self, tmp_path: Path) -> None:
        """No line is a head: the missing column is named."""
        assert reason(write_csv(tmp_path / "a.csv", [["甲", "乙"], ["1", "2"]])) == "missing-columns"

    def test_broken_quotes_and_endless_cells(self, tmp_path: Path) -> None:
        """A quote that never closes swallows the rest; it is told, not taken."""
        path = write_csv(tmp_path / "a.csv", LINES)
        path.write_bytes(path.read_bytes() + b'"91370811')
        assert reason(path) == "csv-broken"
        path = write_csv(tmp_path / "b.csv", LINES)
        path.write_bytes(path.read_bytes() + b'"' + b"x\n" * 100_000)
        assert reason(path) == "csv-broken"

    def test_marks_column(self, tmp_path: Path) -> None:
        """An empty cell of a column that is there says: no marks."""
        rows = list(CsvSource(write_csv(tmp_path / "a.csv", table([a_row(1, 标记="争议"), a_row(2)]))).rows())
        assert [row.values["@marks"] for row in rows] == ["争议", ""]
        (plain, _) = CsvSource(write_csv(tmp_path / "b.csv", LINES)).rows()
        assert "@marks" not in plain.values

    def test_position(self, tmp_path: Path) -> None:
        """Progress ends at the file's size."""
        source = CsvSource(write_csv(tmp_path / "a.csv", LINES))
        list(source.rows())
        assert source.position == source.size
