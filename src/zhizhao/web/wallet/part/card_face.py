"""What a card shows beside its licence: the unit in short and the principal under the template's own label."""

from dataclasses import dataclass

from zhizhao.kernel.region import UnitUnknown, unit_of
from zhizhao.kernel.text import mask_name
from zhizhao.registry.template import face_data
from zhizhao.wallet.card import Card

NEWEST = "2022"
LABEL = "法定代表人"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFace:
    """One card as it is drawn."""

    card: Card
    unit: str
    """The registrar's unit in short, 任城区; the registrar's name for a place that is not ours."""
    principal_label: str
    principal: str
    """Masked."""


def card_face(card: Card) -> CardFace:
    """Return what is drawn for a card."""
    entity = card.entity
    template = face_data().templates.get(entity.template)
    labels = {item.field: item.label_zh for item in template.faces[NEWEST]} if template else {}
    return CardFace(
        card=card,
        unit=_unit(entity.division, entity.registrar),
        principal_label=labels.get(template.person_field, LABEL) if template else LABEL,
        principal=mask_name(entity.principal.name),
    )


def _unit(division: str, registrar: str) -> str:
    try:
        return unit_of(division).name
    except UnitUnknown:
        return registrar
