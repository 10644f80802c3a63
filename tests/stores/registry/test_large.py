"""100,000 rows: taken with bounded memory, bad ones told, run twice (issue 2, item 6)."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from factories.numbers import NOWHERE
from factories.registers import a_row, open_register, write_csv, write_long_xlsx
from zhizhao.kernel.clock import HeldClock
from zhizhao.kernel.idcard import id_check_character
from zhizhao.kernel.uscc import check_character, organisation_check_character
from zhizhao.storage.database import Database

ROWS = 100_000
BAD_EVERY = 10_000
MEASURE = """
import resource, sys
from datetime import date
from pathlib import Path
from zhizhao.registry.intake.open_source import open_source
from zhizhao.registry.intake.row import RowReader
from zhizhao.registry.intake.sift import Sifter

class Told:
    def add(self, row, level, *, column, uscc, reason):
        pass

source = open_source(Path(sys.argv[1]))
sifter = Sifter(RowReader(today=date(2026, 11, 23)), Told())
for chunk in sifter.chunks(source):
    pass
print(sifter.rows, sifter.rejected, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def lines(count: int) -> Iterator[list[str]]:
    """Return head and lines, every ten-thousandth with a bad code."""
    row = a_row(1)
    yield list(row)
    for number in range(count):
        inner = f"91370811MA{number:06d}"
        inner += organisation_check_character(inner[8:16])
        good = number % BAD_EVERY != BAD_EVERY - 1
        row["统一社会信用代码"] = inner + (check_character(inner) if good else "?")
        row["名称"] = f"济宁示例第{number}机电设备有限公司"
        person = f"{NOWHERE}19800101{number % 1000:03d}"
        row["证件号码"] = person + id_check_character(person)
        yield list(row.values())


def measure(path: Path) -> tuple[int, int, int]:
    """Return rows, rejected rows and peak memory in MiB of a process that reads a file to its end."""
    done = subprocess.run([sys.executable, "-c", MEASURE, path], check=True, capture_output=True, text=True)
    rows, rejected, peak = map(int, done.stdout.split())
    return rows, rejected, peak


@pytest.mark.slow
def test_csv_streams(tmp_path: Path) -> None:
    """Five times the rows, nearly the same memory: only the codes seen are kept."""
    few = measure(write_csv(tmp_path / "few.csv", lines(ROWS // 5)))
    many = measure(write_csv(tmp_path / "many.csv", lines(ROWS)))
    assert many[:2] == (ROWS, ROWS // BAD_EVERY)
    assert many[2] - few[2] < 40


@pytest.mark.slow
def test_xlsx_is_bounded(tmp_path: Path) -> None:
    """A workbook's cells are in memory, within what the guard lets through."""
    rows, rejected, peak = measure(write_long_xlsx(tmp_path / "many.xlsx", lines(ROWS)))
    assert (rows, rejected) == (ROWS, ROWS // BAD_EVERY)
    assert peak < 640


@pytest.mark.slow
async def test_the_whole_import(sqlite_url: str, tmp_path: Path, held_clock: HeldClock) -> None:
    """Every good row is taken, every bad one told, and the second run changes nothing."""
    database = Database(sqlite_url)
    try:
        register = open_register(database, tmp_path, held_clock)
        path = write_csv(tmp_path / "many.csv", lines(ROWS))
        bad = ROWS // BAD_EVERY
        first = await register.take(path, chunk_rows=2000)
        assert first.figures == (ROWS, ROWS - bad, 0, 0, bad)
        assert [line[0] for line in first.told.lines] == [BAD_EVERY * n + 1 for n in range(1, bad + 1)]
        assert (await register.take(path, chunk_rows=2000)).figures == (ROWS, 0, 0, ROWS - bad, bad)
    finally:
        await database.close()
