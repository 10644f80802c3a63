"""Accounts in each store: one user name each, one administration each, secrets sealed."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from factories.counters import SECRET, plant_account
from factories.house import TestHouse
from zhizhao.staff.account import Role
from zhizhao.staff.errors import DutiesConflict, UsernameTaken
from zhizhao.staff.store import ROLE


class TestAddAccount:
    """`add_account` and what the database itself refuses."""

    async def test_kept_and_listed(self, house: TestHouse) -> None:
        """Roles, unit and name come back; the list is by user name."""
        second = await plant_account(house, "zhao.an", Role.REGISTRAR_CLERK, Role.COUNTER_CLERK)
        first = await plant_account(house, "an.li", Role.OVERSEER)
        async with house.parts.database.read() as reader:
            assert await house.parts.staff.all(reader) == [first, second]

    async def test_a_user_name_is_taken_once(self, house: TestHouse) -> None:
        """The second account of a name is refused and leaves nothing."""
        await plant_account(house)
        with pytest.raises(UsernameTaken):
            await plant_account(house)

    async def test_two_administrations_are_refused_by_the_verb(self, house: TestHouse) -> None:
        """The verb names the rule."""
        with pytest.raises(DutiesConflict):
            await plant_account(house, "an.li", Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)

    async def test_two_administrations_are_refused_by_the_database(self, house: TestHouse) -> None:
        """Whoever goes past the verb meets the unique index (SECURITY.md §4)."""
        account = await plant_account(house, "an.li", Role.SYSTEM_ADMIN)
        with pytest.raises(IntegrityError):
            async with house.parts.database.write() as tx:
                await tx.execute(insert(ROLE).values(account_id=account.account_id, role="audit_admin"))

    async def test_control_another_role_beside_it_is_fine(self, house: TestHouse) -> None:
        """Control: the index looks at the three administrations only."""
        account = await plant_account(house, "an.li", Role.SYSTEM_ADMIN)
        async with house.parts.database.write() as tx:
            await tx.execute(insert(ROLE).values(account_id=account.account_id, role="overseer"))

    async def test_the_secret_of_the_numbers_is_sealed(self, house: TestHouse) -> None:
        """The column does not hold it in clear."""
        await plant_account(house)
        async with house.parts.database.read() as reader:
            credentials = await house.parts.staff.by_username(reader, "wang.yan")
        assert credentials is not None
        assert credentials.totp_secret is not None
        assert SECRET.encode() not in credentials.totp_secret
