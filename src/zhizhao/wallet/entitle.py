"""Ask the register, at this moment, which licences a person may hold and use."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhizhao.kernel.text import comparable
from zhizhao.registry.entity import Entity
from zhizhao.storage.database import Transaction
from zhizhao.wallet.entitlement import Entitlement, HolderRole
from zhizhao.wallet.person import Person

if TYPE_CHECKING:
    from zhizhao.registry.store import RegistryStore

Grants = Callable[[Transaction, Person], Awaitable[Sequence[Entitlement]]]
"""What mandates add; the floor above hands it in, because the wallet does not know mandates."""


@dataclass(frozen=True, slots=True)
class Entitled:
    """An entitlement with the entity it is for, as the register says now."""

    entitlement: Entitlement
    entity: Entity


async def no_grants(connection: Transaction, person: Person) -> Sequence[Entitlement]:
    """Return nothing: an installation without mandates."""
    del connection, person
    return ()


async def entitle(
    connection: Transaction, person: Person, *, registry: "RegistryStore", grants: Grants = no_grants
) -> tuple[Entitled, ...]:
    """Return what the register and mandates give this person, ordered by USCC; nothing is remembered (DOMAIN.md §4.4).

    The register's principal is this person when the document's MAC and the name both agree. A person who is both
    representative and grantee is the representative.
    """
    led = await registry.led_by(connection, person.id_lookup)
    found = {
        entity.uscc: Entitled(Entitlement(entity.uscc, HolderRole.LEGAL_REPRESENTATIVE), entity)
        for entity in led
        if entity.principal and comparable(entity.principal.name) == comparable(person.name)
    }
    for grant in await grants(connection, person):
        if grant.uscc not in found and (entity := await registry.get(connection, grant.uscc)):
            found[grant.uscc] = Entitled(grant, entity)
    return tuple(found[uscc] for uscc in sorted(found))
