"""The error file: beside the input, text whatever it begins with, nothing of an earlier run left."""

import csv
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from zhizhao.kernel.text import formula_safe
from zhizhao.registry.errors import IntakeRefused
from zhizhao.registry.intake.error_file import ERROR, HEAD, ErrorFile

DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", " =1", '=cmd|"/c calc"!A1')  # noqa: RUF001 full-width forms


@pytest.mark.parametrize("as_workbook", [True, False], ids=["xlsx", "csv"])
def test_cells_are_text(tmp_path: Path, *, as_workbook: bool) -> None:
    """No cell is a formula in any program."""
    errors = ErrorFile(tmp_path / "名录.xlsx", as_workbook=as_workbook)
    for number, text in enumerate(DANGEROUS, start=2):
        errors.add(number, ERROR, column=text, uscc="", reason=text)
    path = errors.close()
    assert path is not None
    if as_workbook:
        sheet = load_workbook(path).active
        assert sheet is not None
        cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value]
        assert {cell.data_type for cell in cells} == {"s"}
        assert [cell.value for cell in cells if cell.column == 5] == list(DANGEROUS)
        with zipfile.ZipFile(path) as archive:
            assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    else:
        lines = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
        assert tuple(lines[0]) == HEAD
        assert all(line[4].startswith("'") for line in lines[1:])
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_formula_safe_leaves_plain_text() -> None:
    """Negative control: what is harmless stays as it is."""
    for text in ("", "济宁", "第 3 行", "1+1", "'=1"):
        assert formula_safe(text) == text


@pytest.mark.parametrize("as_workbook", [True, False], ids=["xlsx", "csv"])
def test_no_errors_no_file(tmp_path: Path, *, as_workbook: bool) -> None:
    """A clean run leaves none, and takes an earlier run's away, but nobody else's file."""
    source = tmp_path / "名录.csv"
    source.write_text("x", "utf-8")
    first = ErrorFile(source, as_workbook=as_workbook)
    first.add(2, ERROR, column="名称", uscc="", reason="不能为空")
    path = first.close()
    assert path == first.path
    assert first.path.exists()
    assert first.path.name in {"名录.errors.xlsx", "名录.errors.csv"}
    assert ErrorFile(source, as_workbook=as_workbook).close() is None
    assert sorted(one.name for one in tmp_path.iterdir()) == ["名录.csv"]


@pytest.mark.parametrize("as_workbook", [True, False], ids=["xlsx", "csv"])
def test_a_folder_that_takes_no_file(tmp_path: Path, *, as_workbook: bool) -> None:
    """Told, not swallowed."""
    errors = ErrorFile(tmp_path / "absent" / "名录.csv", as_workbook=as_workbook)
    with pytest.raises(IntakeRefused) as refused:
        errors.add(2, ERROR, column="名称", uscc="", reason="不能为空")
    assert refused.value.facts["reason"] == "error-file"
    (tmp_path / "a.errors.csv").mkdir()
    with pytest.raises(IntakeRefused):
        ErrorFile(tmp_path / "a.csv", as_workbook=False)
