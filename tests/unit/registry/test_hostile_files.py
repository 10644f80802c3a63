"""Files that somebody bent on purpose: nothing but a refusal or rows may come out (SECURITY.md §6, F3)."""

import io
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.registers import TODAY, Told, a_firm, a_row, table, write_csv, write_message, write_xlsx
from zhizhao.registry.errors import IntakeRefused
from zhizhao.registry.intake.open_source import is_message, open_source
from zhizhao.registry.intake.row import RowReader
from zhizhao.registry.intake.sift import Sifter

hostile = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def rows_of(raw: bytes) -> int:
    """Return how many rows a file gives up to its end or refusal; anything else that comes out fails the test."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "in"
        path.write_bytes(raw)
        told = Told()
        try:
            source = open_source(path)
            sifter = Sifter(RowReader(today=TODAY, is_message=is_message(source)), told)
            for _ in sifter.chunks(source):
                pass
        except IntakeRefused as refused:
            assert refused.facts["message"]  # noqa: PT017 every refusal has its sentence
            return 0
        return sifter.rows


@cache
def good(kind: str) -> bytes:
    """Return a good file of a kind."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "in"
        lines = table([a_row(1), a_row(2)])
        if kind == "csv":
            return write_csv(path, lines).read_bytes()
        if kind == "xml":
            return write_message(path, [a_firm(1), a_firm(2)]).read_bytes()
        return write_xlsx(path.with_suffix(".xlsx"), lines).read_bytes()


def bent(raw: bytes) -> st.SearchStrategy[bytes]:
    """Return versions of some bytes with a piece replaced, cut out or put in."""
    pieces = st.one_of(
        st.binary(max_size=12),
        st.sampled_from(
            [b"<", b">", b"&", b'"', b"'", b"\0", b"\r\n", b"<!DOCTYPE x>", b"</c>", b"<f>", b'r="XFD1"', b",,"]
        ),
    )
    return st.builds(
        lambda at, length, piece: raw[:at] + piece + raw[at + length :],
        st.integers(0, len(raw)),
        st.integers(0, 40),
        pieces,
    )


def test_good_files_give_rows() -> None:
    """Negative control: the files that are bent below are good."""
    assert [rows_of(good(kind)) for kind in ("csv", "xml", "xlsx")] == [2, 2, 2]


@hostile
@given(
    st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
)
def test_anything(raw: bytes) -> None:
    """Any bytes at all."""
    rows_of(raw)


@hostile
@given(st.sampled_from(["csv", "xml", "xlsx"]).flatmap(lambda kind: bent(good(kind))))
def test_bent_files(raw: bytes) -> None:
    """A good file with one piece changed."""
    rows_of(raw)


@hostile
@given(st.data())
def test_bent_parts_of_a_workbook(data: st.DataObject) -> None:
    """A whole archive whose one part was changed: the guard, the cell reader and the table reader all meet it."""
    with zipfile.ZipFile(io.BytesIO(good("xlsx"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = data.draw(bent(parts[name]))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for one, part in parts.items():
            archive.writestr(one, part)
    rows_of(target.getvalue())
