"""Make the face of a licence from what the register states (DOMAIN.md §7.2 to §7.4). Pure."""

import re
from datetime import date
from typing import Final

from zhizhao.kernel.clock import today
from zhizhao.licence.errors import NotIssuable
from zhizhao.licence.face import MISSING_NAME, FaceItem, LicenceFace, Side, chinese_date
from zhizhao.registry.entity import Entity
from zhizhao.registry.template import DATE_FIELDS, FaceTemplate, face_data

_NUMERIC_DATE: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")


def make_face(entity: Entity) -> LicenceFace:
    """Return the face of the entity's present facts. Raises NotIssuable for a kind without a sheet.

    An item for which the register has no text is left out; only the name has a stand-in, `***`.
    """
    template = face_data().templates.get(entity.template)
    if template is None:
        raise NotIssuable(uscc=entity.uscc, kind=entity.kind, template=entity.template)
    made_on = entity.made_on or today(entity.recorded_at)
    version = face_version(made_on)
    items = tuple(
        FaceItem(field=one.field, label=one.label_zh, text=text, side=Side(one.side))
        for one in template.faces[version]
        if (text := _text(entity, one.field, person_field=template.person_field))
    )
    return LicenceFace(
        template=entity.template,
        version=version,
        made_on=made_on,
        uscc=entity.uscc,
        name=entity.name or MISSING_NAME,
        kind=entity.kind,
        items=items,
        registrar=entity.registrar,
        legal_representative=_text(entity, template.person_field, person_field=template.person_field),
        principal_label=_label(template, version, template.person_field),
    )


def face_version(made_on: date) -> str:
    """Return the version of all templates for a face made on a day; days before the first take the first."""
    versions = face_data().versions
    begun = [one.id for one in versions if one.printed_from <= made_on]
    return begun[-1] if begun else versions[0].id


def _text(entity: Entity, field: str, *, person_field: str) -> str:
    stated = entity.facts.get(field, "").strip()
    if field == "name":
        return entity.name or MISSING_NAME
    if field == "entity_type":
        return stated or entity.entity_type
    if field == person_field:
        return stated or entity.principal.name
    if field in DATE_FIELDS:
        return printed_date(stated) or _registered_on(entity, field)
    return stated


def _registered_on(entity: Entity, field: str) -> str:
    if field == "registered_on" and entity.registered_on is not None:
        return chinese_date(entity.registered_on)
    return ""


def printed_date(text: str) -> str:
    """Return a date as it is printed, `2020年02月22日`; a text of another form stays as registered."""
    numeric = _NUMERIC_DATE.fullmatch(text)
    if numeric is None:
        return text
    try:
        return chinese_date(date(*map(int, numeric.groups())))
    except ValueError:  # 2020-02-30: nobody's business to correct here
        return text


def _label(template: FaceTemplate, version: str, field: str) -> str:
    return next(one.label_zh for one in template.faces[version] if one.field == field)
