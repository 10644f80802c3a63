"""The `infoXml` message: root `licence`, children `firm` with `type` and numbered elements (DOMAIN.md §8); streamed."""

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from zhizhao.registry.errors import IntakeRefused
from zhizhao.registry.intake.limits import DEEPEST, LARGEST_UNPACKED, LONGEST_CELL, MEGABYTE, MOST_ELEMENTS
from zhizhao.registry.intake.message_numbers import DOCUMENT, MESSAGE_KEYS, NEVER_KEPT, REGISTRAR
from zhizhao.registry.intake.source import Notes, Problem, RawRow

_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w.:-]+)[\"']", re.IGNORECASE)
_DIGEST = re.compile(r"[0-9A-Fa-f]{64}")
_NUMBERED = re.compile(r"attribute\d{1,4}")
SHAPE = "message-shape"
_CHINESE = frozenset({"gb2312", "gbk", "gb18030", "cp936", "x-gbk"})


class MessageSource:
    """A message of one or many firms."""

    def __init__(self, path: Path) -> None:
        """Look at size, encoding and root. Raises IntakeRefused."""
        self.notes = Notes()
        self.size = path.stat().st_size
        if self.size > LARGEST_UNPACKED:
            message = f"报文超过 {LARGEST_UNPACKED // MEGABYTE} MB，请分成几个文件"
            raise IntakeRefused(reason="message-too-large", message=message)
        self._path = path
        self._position = 0

    @property
    def position(self) -> int:
        """Return the bytes read."""
        return self._position

    def rows(self) -> Iterator[RawRow]:
        """Return the firms."""
        firms = _Firms()
        parser = DefusedExpatParser(forbid_dtd=True)
        parser.setContentHandler(firms)
        number = 0
        try:
            with self._path.open("rb") as file:
                for block in self._blocks(file):
                    parser.feed(block)
                    for firm in firms.take():
                        number += 1
                        yield self._row(number, firm)
            parser.close()
        except DefusedXmlException as cause:
            raise IntakeRefused(reason="xml-entities", message="报文含有 DTD 或 XML 实体，拒绝读取") from cause
        except (SAXParseException, UnicodeDecodeError) as cause:
            raise IntakeRefused(reason="xml-broken", message="报文不是完整的 XML，或编码与声明不符") from cause
        for firm in firms.take():
            number += 1
            yield self._row(number, firm)

    def _blocks(self, file: io.BufferedReader) -> Iterator[bytes | str]:
        """Return blocks for the parser; a Chinese encoding, which it does not know, is decoded here."""
        head = file.peek(200)[:200]
        declared = _DECLARED.search(head)
        name = declared[1].decode().lower() if declared else "utf-8"
        decoder = codecs.getincrementaldecoder("gb18030")() if name in _CHINESE else None
        while block := file.read(MEGABYTE):
            self._position += len(block)
            yield decoder.decode(block) if decoder else block

    def _row(self, number: int, firm: dict[str, str]) -> RawRow:
        values: dict[str, str] = {}
        for name, text in firm.items():
            if name in MESSAGE_KEYS:
                values[MESSAGE_KEYS[name]] = text
            elif name == DOCUMENT:
                values["@document_digest" if _DIGEST.fullmatch(text) else "@document"] = text
            elif _NUMBERED.fullmatch(name):
                if name not in NEVER_KEPT:
                    values[name] = text
            elif name not in self.notes.unknown_columns:
                self.notes.unknown_columns.append(name)
        if registrar := values.get(REGISTRAR):
            values.setdefault("@registrar", registrar)
        values.setdefault("@division", values.get("uscc", "")[2:8])  # senders leave 504 out; the code holds a division
        return RawRow(number, values, tuple(Problem(name, "同一字段出现两次") for name in firm if name.endswith("!")))


class _Firms(ContentHandler):
    """Collects the elements of each firm as they end."""

    def __init__(self) -> None:
        super().__init__()
        self._path: list[str] = []
        self._firm: dict[str, str] | None = None
        self._text: list[str] = []
        self._length = 0
        self._done: list[dict[str, str]] = []

    def take(self) -> list[dict[str, str]]:
        """Return the firms that ended since the last call."""
        done, self._done = self._done, []
        return done

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 the parser's own spelling
        """Begin a firm or one of its elements. Raises IntakeRefused: another shape."""
        del attrs
        self._path.append(name)
        if len(self._path) == 1 and name != "licence":
            raise IntakeRefused(reason=SHAPE, message=f"根元素应为 licence，实为 {name[:40]}")
        if len(self._path) > DEEPEST:
            raise IntakeRefused(reason=SHAPE, message="元素嵌套过深")
        if len(self._path) == 2 and name == "firm":  # noqa: PLR2004 a child of the root
            self._firm = {}
        self._text = []
        self._length = 0

    def characters(self, content: str) -> None:
        """Collect text. Raises IntakeRefused: longer than any field."""
        self._length += len(content)
        if self._length > LONGEST_CELL:
            raise IntakeRefused(reason=SHAPE, message=f"有字段超过 {LONGEST_CELL} 个字符")
        self._text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 the parser's own spelling
        """End an element of a firm, or the firm."""
        self._path.pop()
        if self._firm is None:
            return
        if len(self._path) == 1:
            self._done.append(self._firm)
            self._firm = None
        elif len(self._path) == 2:  # noqa: PLR2004 a child of the firm
            text = "".join(self._text).strip()
            if text:
                self._firm[f"{name}!" if name in self._firm else name] = text
            if len(self._firm) > MOST_ELEMENTS:
                raise IntakeRefused(reason=SHAPE, message=f"一个 firm 超过 {MOST_ELEMENTS} 个字段")
