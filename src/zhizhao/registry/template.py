"""The items of a face by template and version, as packaged data (DOMAIN.md §7.2, §7.4).

The register needs them to know which texts an entity must have, by which labels they come in, and which of the person
fields the template asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

import msgspec

PERSON_FIELDS = (
    "legal_representative",
    "executing_partner",
    "investor",
    "operator",
    "principal",
    "chief_representative",
)
"""Fields that hold the person of DOMAIN.md §4.1; a template has exactly one of them."""
DATE_FIELDS = frozenset({"established_on", "registered_on"})
"""Fields that hold one calendar date, printed as `2020年02月22日`."""
TERM_FIELDS = frozenset({"business_term", "operating_term", "partnership_term", "residence_term"})


class FaceVersion(msgspec.Struct, frozen=True):
    """One version of all sheets, by the days on which faces were made."""

    id: str
    printed_from: date
    printed_until: date | None


class FaceField(msgspec.Struct, frozen=True):
    """One printed item."""

    field: str
    label_zh: str
    side: str


class FaceTemplate(msgspec.Struct, frozen=True):
    """One sheet with its items per version, in reading order."""

    template: str
    entity_zh: str
    entity_en: str
    entity_kinds: tuple[str, ...]
    faces: Mapping[str, tuple[FaceField, ...]]

    @property
    def person_field(self) -> str:
        """Return the field that holds the person."""
        return next(item.field for item in self.faces["2022"] if item.field in PERSON_FIELDS)

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields of every version, each once."""
        return tuple(dict.fromkeys(item.field for items in self.faces.values() for item in items))


@dataclass(frozen=True, slots=True)
class FaceData:
    """The whole of `face_templates.json` that programs read."""

    versions: tuple[FaceVersion, ...]
    templates: Mapping[str, FaceTemplate]


class _File(msgspec.Struct):
    versions: tuple[FaceVersion, ...]
    templates: tuple[FaceTemplate, ...]


@cache
def face_data() -> FaceData:
    """Return the packaged templates by letter."""
    raw = resources.files("zhizhao.registry").joinpath("data/face_templates.json").read_bytes()
    read = msgspec.json.decode(raw, type=_File)
    return FaceData(read.versions, {one.template: one for one in read.templates})


@cache
def label_fields() -> Mapping[str, str]:
    """Return the field for every printed label of every template; the plain use of a label wins over a special one.

    注册资本 is `registered_capital`; template B of 2022 prints it over `registered_fund`, which `face_texts` sees to.
    """
    found: dict[str, str] = {}
    for template in face_data().templates.values():
        for version in sorted(template.faces):
            for item in template.faces[version]:
                found.setdefault(item.label_zh, item.field)
    return found


@cache
def field_labels() -> Mapping[str, str]:
    """Return one Chinese label for every field, for messages."""
    found: dict[str, str] = {}
    for template in face_data().templates.values():
        for items in template.faces.values():
            for item in items:
                found.setdefault(item.field, item.label_zh)
    return found
