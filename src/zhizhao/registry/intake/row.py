"""Turn one raw row into a draft of an entity, or into everything that is wrong with it, cell by cell.

The same reader serves spreadsheet, CSV and message, so that one filter decides everywhere (SECURITY.md §3.11).
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache, partial
from typing import TypeVar

from zhizhao.kernel.idcard import (
    LABELS,
    Document,
    DocumentKind,
    DocumentMalformed,
    IdNumberMalformed,
    guess_document,
    looks_like_id_number,
    normalise_number,
    parse_document,
)
from zhizhao.kernel.text import TextRefused, clean_name, clean_text, lone_latin_lookalikes, squeeze
from zhizhao.kernel.uscc import UsccMalformed, check_registry_uscc
from zhizhao.registry.draft import EntityDraft
from zhizhao.registry.entity import EntityStatus
from zhizhao.registry.errors import KindUnknown, RowRefused
from zhizhao.registry.intake import reasons
from zhizhao.registry.intake.columns import labels_by_key
from zhizhao.registry.intake.facts import PERSON_KEYS, read_facts, read_person
from zhizhao.registry.intake.source import Problem
from zhizhao.registry.intake.values import StatusList, read_date, read_division, read_marks, read_status
from zhizhao.registry.kind import GROUP, INDIVIDUAL_BUSINESS, EntityKind, derive_kind, kind_of, template_of

T = TypeVar("T")
LONGEST_NAME = 200
LONGEST_LINE = 100
LONGEST_EXTRA = 2000
_NO_NAME = frozenset({"***", "*", "无", "无字号", "无名称", "无字号名称"})
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fa50-9()（）·]+")
_LOST_DIGITS = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_DOCUMENT_KINDS = {squeeze(label): kind for kind, label in LABELS.items()} | {"身份证": DocumentKind.ID_CARD}
_clean_line = lru_cache(maxsize=4096)(clean_name)
_derive_kind = lru_cache(maxsize=4096)(derive_kind)


class RowReader:
    """Reads rows by the rules of one import."""

    def __init__(
        self,
        *,
        today: date,
        kind_templates: Mapping[str, str] | None = None,
        status_list: StatusList = StatusList.NONE,
        is_message: bool = False,
    ) -> None:
        self._today = today
        self._kind_templates = kind_templates or {}
        self._status_list = status_list
        self._is_message = is_message
        """A message states no status and may bring further numbers, which are kept."""

    def read(self, values: Mapping[str, str]) -> EntityDraft:
        """Return the draft of a row's cells. Raises RowRefused with every problem of the row."""
        row = _Row(values)
        uscc = row.uscc()
        kind = self._kind(row, uscc=uscc)
        template = self._template(row, kind=kind)
        facts = read_facts(values, template=template, problems=row.problems, warnings=row.warnings)
        person, person_column = read_person(values, template=template, warnings=row.warnings)
        draft = EntityDraft(
            uscc=uscc,
            kind=kind.code if kind else "",
            name=row.name(may_be_missing=kind is None or kind.code == INDIVIDUAL_BUSINESS),
            status=self._status(row),
            marks=(row.take("@marks", read_marks) or frozenset()) if "@marks" in values else None,
            template=template,
            entity_type=row.line("entity_type", required=template != "I"),
            facts=facts,
            extra=row.extra() if self._is_message else {},
            registrar=row.line("@registrar"),
            division=row.take("@division", read_division, required=True) or "",
            registered_on=row.take("@registered_on", read_date),
            approved_on=row.take("@approved_on", read_date),
            principal_name=row.person(person, column=person_column, required=kind is not None and kind.code != GROUP),
            document=row.document(on=self._today),
            document_digest=row.digest(),
            warnings=tuple(dict.fromkeys(row.warnings)),
        )
        if row.problems:
            raise RowRefused(uscc=uscc or None, problems=tuple(row.problems))
        return draft

    def _status(self, row: "_Row") -> EntityStatus | None:
        return row.take("@status", partial(read_status, status_list=self._status_list), required=not self._is_message)

    def _kind(self, row: "_Row", *, uscc: str) -> EntityKind | None:
        """Return the kind stated or derived; None with a problem noted."""
        stated = row.values.get("@kind")
        try:
            if stated:
                kind = kind_of(stated)
            elif uscc and (entity_type := row.values.get("entity_type")):
                kind = _derive_kind(uscc[:2], entity_type)
            else:
                return None
        except KindUnknown:
            row.refuse("@kind", reasons.KIND if stated else reasons.KIND_NOT_DERIVED)
            return None
        if uscc and kind.uscc_prefix and uscc[:2] != kind.uscc_prefix:
            row.warnings.append("kind-prefix")
        return kind

    def _template(self, row: "_Row", *, kind: EntityKind | None) -> str:
        if kind is None:
            return ""
        try:
            return template_of(kind, overrides=self._kind_templates, stated=row.values.get("@template", ""))
        except KindUnknown:
            row.refuse("@template", reasons.TEMPLATE)
            return ""


class _Row:
    """The cells of a row while they are read, and what is wrong with them."""

    __slots__ = ("problems", "values", "warnings")

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.problems: list[Problem] = []
        self.warnings: list[str] = []

    def refuse(self, key: str, reason: str) -> None:
        self.problems.append(Problem(labels_by_key().get(key, key), reason))

    def uscc(self) -> str:
        text = self.values.get("uscc", "")
        if _LOST_DIGITS.fullmatch(text):
            self.refuse("uscc", reasons.NUMBER_PRECISION)
            return ""
        try:
            code, warnings = check_registry_uscc(text)
        except UsccMalformed as refused:
            self.refuse("uscc", reasons.uscc(refused.facts) if text else "不能为空")
            return ""
        self.warnings.extend(warnings)
        return code

    def name(self, *, may_be_missing: bool) -> str | None:
        text = self.values.get("name", "")
        if may_be_missing and (not text or squeeze(text) in _NO_NAME):
            return None
        try:
            name = clean_name(text, longest=LONGEST_NAME)
        except TextRefused as refused:
            self.refuse("name", reasons.text(refused.facts))
            return None
        if not _PLAIN_NAME.fullmatch(name):
            if "<" in name or ">" in name:
                self.warnings.append("name-markup")
            if lone_latin_lookalikes(name):
                self.warnings.append("name-lookalike")
        return name

    def line(self, key: str, *, required: bool = True) -> str:
        text = self.values.get(key, "")
        if not text and not required:
            return ""
        try:
            return _clean_line(text, longest=LONGEST_LINE)
        except TextRefused as refused:
            self.refuse(key, reasons.text(refused.facts))
            return ""

    def person(self, text: str, *, column: str, required: bool) -> str:
        if not text:
            if required:
                many = any(self.values.get(key) for key in PERSON_KEYS)
                self.refuse(column, reasons.PERSON_DIFFERS if many else reasons.PERSON_MISSING)
            return ""
        try:
            return clean_name(text, longest=LONGEST_LINE)
        except TextRefused as refused:
            self.refuse(column, reasons.text(refused.facts))
            return ""

    def take(self, key: str, read: Callable[[str], T], *, required: bool = False) -> T | None:
        text = self.values.get(key)
        if not text:
            if required:
                self.refuse(key, "不能为空")
            return None
        try:
            return read(text)
        except ValueError as refused:
            self.refuse(key, str(refused))
            return None

    def document(self, *, on: date) -> Document | None:
        text = self.values.get("@document")
        if not text:
            if "@document_digest" not in self.values:
                self.warnings.append("document-missing")
            return None
        if _LOST_DIGITS.fullmatch(text):
            self.refuse("@document", reasons.NUMBER_PRECISION)
            return None
        try:
            return self._document(text, on=on)
        except IdNumberMalformed as refused:
            self.refuse("@document", reasons.id_number(refused.facts))
        except DocumentMalformed:
            self.refuse("@document", reasons.DOCUMENT)
        except KeyError:
            self.refuse("@document_kind", reasons.DOCUMENT_KIND)
        return None

    def _document(self, text: str, *, on: date) -> Document:
        stated = self.values.get("@document_kind")
        if stated:
            return parse_document(_DOCUMENT_KINDS[squeeze(stated)], text, on=on)
        return guess_document(text, on=on)

    def extra(self) -> dict[str, str]:
        """Return what a message sent under other numbers, without anything that could be an identity number."""
        kept = {}
        for key, text in self.values.items():
            if not key.startswith("attribute"):
                continue
            if looks_like_id_number(normalise_number(text)):
                self.warnings.append("extra-dropped")
                continue
            try:
                kept[key] = clean_text(text, longest=LONGEST_EXTRA)
            except TextRefused as refused:
                self.refuse(key, reasons.text(refused.facts))
        return kept

    def digest(self) -> bytes | None:
        text = self.values.get("@document_digest")
        return bytes.fromhex(text) if text else None
