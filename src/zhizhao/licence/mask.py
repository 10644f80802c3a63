"""What of a face goes out under a field mask (SECURITY.md §3.6).

`legal_representative` in a mask means the person in charge whatever the kind calls the role (INTERFACES.md §3), so a
relying party that asks for it also gets 经营者 or 执行事务合伙人; the template's own field name works as well.
"""

from collections.abc import Collection
from typing import Final

from zhizhao.licence.face import FaceItem, LicenceFace

PRINCIPAL: Final = "legal_representative"
PRINCIPAL_FIELDS: Final = frozenset(
    {PRINCIPAL, "executing_partner", "investor", "operator", "principal", "chief_representative"}
)

AROUND: Final = frozenset({"uscc", "registrar", "issued_on"})
"""What stands on every face around its items."""


def goes_out(field: str, mask: Collection[str]) -> bool:
    """Say whether a face field is covered by the mask."""
    return field in mask or (field in PRINCIPAL_FIELDS and PRINCIPAL in mask)


def fields_on(face: LicenceFace, mask: Collection[str]) -> tuple[str, ...]:
    """Return the granted fields that this face really has, the person in charge under the template's own name."""
    own = {item.field for item in face.items}
    granted = [field for field in mask if field in own or field in AROUND]
    person = next((field for field in own & PRINCIPAL_FIELDS if PRINCIPAL in mask and field not in granted), None)
    return (*granted, person) if person else tuple(granted)


def masked_items(face: LicenceFace, mask: Collection[str]) -> tuple[FaceItem, ...]:
    """Return the items that go out, in reading order."""
    return tuple(item for item in face.items if goes_out(item.field, mask))


def shows_principal(mask: Collection[str]) -> bool:
    """Say whether the name of the person in charge goes out."""
    return not PRINCIPAL_FIELDS.isdisjoint(mask)
