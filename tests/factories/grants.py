"""Grants and facts for tests."""

from datetime import UTC, date, datetime
from typing import Any

from factories.changed import changed
from zhizhao.catalogue.matter import Function
from zhizhao.mandate.decision import Facts
from zhizhao.mandate.grant import Grant, Role

USCC = "91370800MAT000018U"
MATTER = "EG-SCJG-SPXK"
PRINCIPAL, PERSON, OTHER = b"p" * 32, b"g" * 32, b"o" * 32
"""Look-ups of the entity's principal, of who acts, of somebody else."""
TODAY = date(2026, 11, 23)
GRANTED_AT = datetime(2026, 11, 1, tzinfo=UTC)
GRANT = Grant(
    mandate_id="mnd_0000000000000000000000",
    uscc=USCC,
    principal_lookup=PRINCIPAL,
    grantee_lookup=PERSON,
    role=Role.AGENT,
    matters=frozenset({MATTER}),
    functions=frozenset({Function.PRESENT}),
    from_on=date(2026, 11, 1),
    to_on=date(2026, 11, 30),
    uses=3,
    used=1,
    granted_at=GRANTED_AT,
    accepted_at=GRANTED_AT,
    withdrawn_at=None,
)
AGENT = Facts(
    uscc=USCC,
    role=Role.AGENT,
    person_lookup=PERSON,
    entity_principal_lookup=PRINCIPAL,
    matter=MATTER,
    function=Function.PRESENT,
    on=TODAY,
    grant=GRANT,
)
"""Facts under which an agent may act."""
REPRESENTATIVE = changed(AGENT, role=Role.LEGAL_REPRESENTATIVE, person_lookup=PRINCIPAL, grant=None)
"""Facts under which a legal representative may act."""


def a_grant(**parts: Any) -> Grant:
    """Return the usual grant with some parts replaced."""
    return changed(GRANT, **parts)


def agents(**parts: Any) -> Facts:
    """Return the agent's facts with a grant some of whose parts are replaced."""
    return changed(AGENT, grant=a_grant(**parts))
