"""A manager (证照管理员): the second person of a company, under a mandate of its principal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from factories.house import TestHouse, id_of, uscc_of
from zhizhao.catalogue.matter import Function
from zhizhao.kernel.clock import today
from zhizhao.mandate.grant import Grant, Role


async def plant_manager(house: TestHouse, number: int = 7, *, manager: int = 8, **changes: Any) -> Grant:
    """Give a person a manager's mandate for another's entity, accepted, for a month."""
    parts = house.parts
    now = parts.clock.now()
    one = Grant(
        mandate_id="mnd_0000000000000000000000",
        uscc=uscc_of(number),
        principal_lookup=parts.sealer.lookup_document("id_card", id_of(number)),
        grantee_lookup=parts.sealer.lookup_document("id_card", id_of(manager)),
        role=Role.MANAGER,
        matters=None,
        functions=frozenset({Function.PRESENT}),
        from_on=today(now),
        to_on=today(now) + timedelta(days=30),
        uses=None,
        used=0,
        granted_at=now,
        accepted_at=now,
        withdrawn_at=None,
    )
    made = replace(one, **changes)
    async with parts.database.write() as connection:
        await parts.mandates.insert(connection, made)
    return made
