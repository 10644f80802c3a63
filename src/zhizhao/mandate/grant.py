"""A grant (授权): who may use an entity's licence, for what, from when until when.

DOMAIN.md §4.2. Dates are calendar dates in Asia/Shanghai, both ends included (SECURITY.md §3.3).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from zhizhao.catalogue.matter import Function
from zhizhao.mandate.errors import GrantMalformed


class Role(StrEnum):
    """In which role a person acts for an entity; a wire format (INTERFACES.md §3): add, never rename."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    """Also the kind's equivalent: executing partner, investor, operator, person in charge."""
    MANAGER = "manager"
    """证照管理员."""
    AGENT = "agent"
    """办事人."""


GRANTED_ROLES = frozenset({Role.MANAGER, Role.AGENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One grant as it stands; a person is named by the keyed look-up of the document, never in clear."""

    mandate_id: str
    """`mnd_…`."""
    uscc: str
    principal_lookup: bytes
    """HMAC of the grantor's document: the grant carries only while this is the entity's principal."""
    grantee_lookup: bytes
    """HMAC of the grantee's document."""
    role: Role
    """`manager` or `agent`."""
    matters: frozenset[str] | None
    """Codes (精准授权); None: every matter (全业务授权)."""
    functions: frozenset[Function]
    from_on: date
    """First day. A grant that begins later may be downloaded, not used."""
    to_on: date
    """Last day, included."""
    uses: int | None
    """How often it may be used; None: without limit."""
    used: int
    granted_at: datetime
    accepted_at: datetime | None
    """When the grantee took it on; None: not yet."""
    withdrawn_at: datetime | None
    """When it ended before its time: withdrawn, resigned or dropped."""


def checked(grant: Grant) -> Grant:
    """Return the grant itself when it keeps the rules of its noun. Raises GrantMalformed."""
    wrong = {
        "role": grant.role not in GRANTED_ROLES,
        "matters": grant.matters is not None and not grant.matters,
        "functions": not grant.functions,
        "dates": grant.to_on < grant.from_on,
        "uses": grant.uses is not None and not 0 <= grant.used <= grant.uses,
        "grantee": grant.grantee_lookup == grant.principal_lookup,
    }
    for reason, is_wrong in wrong.items():
        if is_wrong:
            raise GrantMalformed(mandate=grant.mandate_id, reason=reason)
    return grant
