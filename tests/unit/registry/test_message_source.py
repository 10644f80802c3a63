"""The `infoXml` message: shape, entities, encodings, doubles."""

from pathlib import Path

import pytest

from factories.registers import a_firm, write_message
from zhizhao.registry.errors import IntakeRefused
from zhizhao.registry.intake.message_source import MessageSource
from zhizhao.registry.intake.open_source import is_message, is_workbook, open_source

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
FIRM = "<licence><firm><type>%s</type></firm></licence>"
BOMBS = {
    "billion laughs": f'<!DOCTYPE licence [<!ENTITY l0 "ha">{LAUGHS}]>{FIRM % "&l9;"}',
    "external entity": f'<!DOCTYPE licence [<!ENTITY x SYSTEM "file:///etc/passwd">]>{FIRM % "&x;"}',
    "external subset": '<!DOCTYPE licence SYSTEM "http://127.0.0.1:9/x.dtd"><licence/>',
    "parameter entity": '<!DOCTYPE licence [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><licence/>',
    "bare doctype": "<!DOCTYPE licence><licence/>",
}


def reason(text: str, tmp_path: Path) -> object:
    """Return why a message is refused."""
    path = tmp_path / "in.xml"
    path.write_text(text, "utf-8")
    with pytest.raises(IntakeRefused) as refused:
        list(MessageSource(path).rows())
    assert refused.value.facts["message"]
    assert "root:" not in str(refused.value)
    return refused.value.facts["reason"]


@pytest.mark.parametrize("bomb", BOMBS)
def test_entities_are_refused(bomb: str, tmp_path: Path) -> None:
    """Every form of DTD and entity, with one reason."""
    assert reason(BOMBS[bomb], tmp_path) == "xml-entities"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<other/>", "message-shape"),
        ("<licence><firm>", "xml-broken"),
        ("<licence></firm></licence>", "xml-broken"),
        ("<licence><firm><a>" + "<b>" * 20, "message-shape"),
        (f"<licence><firm><type>{'x' * 200_000}</type></firm></licence>", "message-shape"),
        (f"<licence><firm>{''.join(f'<a{n}>x</a{n}>' for n in range(2100))}</firm></licence>", "message-shape"),
        ("<licence><firm><type>a\x01b</type></firm></licence>", "xml-broken"),
    ],
)
def test_other_shapes(text: str, expected: str, tmp_path: Path) -> None:
    """What is no message."""
    assert reason(text, tmp_path) == expected


def test_a_good_message(tmp_path: Path) -> None:
    """Negative control: many firms, in order, with unknown elements told once."""
    path = write_message(tmp_path / "in.xml", [a_firm(number, remark="x") for number in range(1, 4)])
    source = MessageSource(path)
    rows = list(source.rows())
    assert [row.number for row in rows] == [1, 2, 3]
    assert source.notes.unknown_columns == ["remark"]
    assert source.position == source.size
    assert rows[0].values["@kind"] == "1"
    assert "attribute52" not in rows[0].values
    assert "attribute52" not in str(rows[0].values)


def test_division_from_the_code(tmp_path: Path) -> None:
    """Senders leave 504 out."""
    firm = a_firm(1)
    del firm["attribute504"]
    (row,) = MessageSource(write_message(tmp_path / "in.xml", [firm])).rows()
    assert row.values["@division"] == "370811"


def test_a_registrar_without_display_name(tmp_path: Path) -> None:
    """41 counts where 42 is missing."""
    firm = a_firm(1, attribute41="济宁市场监管局（演示）")
    del firm["attribute42"]
    (row,) = MessageSource(write_message(tmp_path / "in.xml", [firm])).rows()
    assert row.values["@registrar"] == "济宁市场监管局（演示）"


def test_a_field_twice(tmp_path: Path) -> None:
    """Nobody could say which of the two counts."""
    path = tmp_path / "in.xml"
    path.write_text(
        "<licence><firm><attribute18>甲</attribute18><attribute18>乙</attribute18></firm></licence>", "utf-8"
    )
    (row,) = MessageSource(path).rows()
    assert [problem.reason for problem in row.problems] == ["同一字段出现两次"]


def test_told_apart_by_content(tmp_path: Path) -> None:
    """A message named .csv is a message; an empty or unreadable file is told."""
    path = write_message(tmp_path / "in.csv", [a_firm(1)])
    path.write_bytes(b"\xef\xbb\xbf\r\n" + path.read_bytes().removeprefix(b'<?xml version="1.0" encoding="UTF-8"?>'))
    source = open_source(path)
    assert is_message(source)
    assert not is_workbook(source)
    assert len(list(source.rows())) == 1
    (tmp_path / "empty.csv").touch()
    for name in ("empty.csv", "absent.csv"):
        with pytest.raises(IntakeRefused):
            open_source(tmp_path / name)
