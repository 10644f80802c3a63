"""What of a face goes out under a mask."""

import pytest

from factories.licences import an_entity
from zhizhao.licence.make_face import make_face
from zhizhao.licence.mask import PRINCIPAL, PRINCIPAL_FIELDS, fields_on, goes_out, masked_items, shows_principal
from zhizhao.registry.template import PERSON_FIELDS

TRADER = make_face(an_entity(template="F", kind="8"))
COMPANY = make_face(an_entity())


def test_the_roles_are_the_registers() -> None:
    """No template has a person field that the mask does not know."""
    assert frozenset(PERSON_FIELDS) == PRINCIPAL_FIELDS


@pytest.mark.parametrize("field", PERSON_FIELDS)
def test_the_common_role_covers_every_kind(field: str) -> None:
    """Asked for the legal representative, an individual business gives its operator; not the other way round."""
    assert goes_out(field, {PRINCIPAL})
    assert goes_out(field, {field})
    assert shows_principal({field})
    assert goes_out(PRINCIPAL, {field}) == (field == PRINCIPAL)


class TestMask:
    """Reading order of the face, order of the mask."""

    def test_items_in_reading_order(self) -> None:
        """What is not granted is not there."""
        assert [i.field for i in masked_items(TRADER, ("place", PRINCIPAL, "name"))] == ["name", "operator", "place"]
        assert masked_items(TRADER, ()) == ()
        assert not shows_principal({"name"})

    def test_fields_that_this_face_has(self) -> None:
        """In the mask's order; the person under the template's own name; what the face lacks is not told."""
        assert fields_on(TRADER, ("uscc", "registered_capital", "name", PRINCIPAL)) == ("uscc", "name", "operator")
        assert fields_on(TRADER, ("operator", PRINCIPAL)) == ("operator",)
        assert fields_on(COMPANY, (PRINCIPAL, "issued_on")) == (PRINCIPAL, "issued_on")
        assert fields_on(COMPANY, ("operator",)) == ()
