"""The face of a licence (照面): what is printed on it, by template and version, as text.

DOMAIN.md §7. The version of the template is chosen by the day on which the face was made, never by today, so a
licence of 2020 keeps its term when it is shown in 2030.
"""

from datetime import date
from enum import StrEnum

import msgspec

MISSING_NAME = "***"
"""Printed where an individual business has no trade name (DOMAIN.md §7.3)."""


class Side(StrEnum):
    """Column of the sheet."""

    LEFT = "left"
    RIGHT = "right"


class FaceItem(msgspec.Struct, frozen=True, kw_only=True):
    """One printed item; its text is the registered text, never a number."""

    field: str
    """Our field name, as in `face_templates.json`."""
    label: str
    """The printed Chinese label of this template and version."""
    text: str
    side: Side


class LicenceFace(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed on one version of a licence, in reading order: left column, then right column."""

    template: str
    """Letter A to I."""
    version: str
    """Version of the template, `2019` or `2022`."""
    made_on: date
    """Day of the registration that made this face; printed under the registrar."""
    uscc: str
    name: str
    """The printed name; `***` where there is none."""
    kind: str
    """Code of `entity_kinds.json`."""
    items: tuple[FaceItem, ...]
    registrar: str
    legal_representative: str
    """Name of the principal, whatever the template calls the role."""
    principal_label: str
    """What the template calls the role: 法定代表人, 经营者 …"""

    def text(self, field: str) -> str | None:
        """Return the text of one item; None when the face has no such item."""
        return next((item.text for item in self.items if item.field == field), None)

    @property
    def made_on_text(self) -> str:
        """Return the printed day, `2020年02月22日`."""
        return chinese_date(self.made_on)


def chinese_date(day: date) -> str:
    """Return `2020年02月22日`, the form of every printed date (DOMAIN.md §7.3)."""
    return f"{day.year:04d}年{day.month:02d}月{day.day:02d}日"


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(LicenceFace)


def face_json(face: LicenceFace) -> str:
    """Return the stored form of a face; a wire format of `licence_versions`: add fields with a default only."""
    return _encoder.encode(face).decode()


def parse_face(text: str | bytes) -> LicenceFace:
    """Return the face from its stored form."""
    return _decoder.decode(text)
