"""Grants in the store: readings, one-time moments, uses that are never overdrawn."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from factories.grants import GRANT, OTHER, PERSON, USCC, a_grant
from zhizhao.mandate.grant import Grant
from zhizhao.mandate.store import GrantStore
from zhizhao.storage.database import Database

FRESH = a_grant(accepted_at=None)
WIDE = a_grant(mandate_id="mnd_1111111111111111111111", matters=None, uses=None, used=0)


@pytest.fixture
def store(database: Database) -> GrantStore:
    """Give an empty store."""
    return GrantStore(database)


async def keep(database: Database, store: GrantStore, *grants: Grant) -> None:
    """Keep grants."""
    async with database.write() as connection:
        for grant in grants:
            await store.insert(connection, grant)


class TestReading:
    """Row and noun agree on every path."""

    async def test_what_is_kept_is_read(self, database: Database, store: GrantStore) -> None:
        """By id, by grantee, by entity, hot; nothing where there is nothing."""
        await keep(database, store, GRANT, WIDE, a_grant(mandate_id="mnd_2", uscc="X", grantee_lookup=OTHER))
        async with database.read() as connection:
            assert await store.get(connection, GRANT.mandate_id) == GRANT
            assert await store.get(connection, "mnd_x") is None
            assert set(await store.by_grantee(connection, PERSON)) == {GRANT, WIDE}
            assert await store.by_grantee(connection, b"?" * 32) == []
            assert set(await store.of_entity(connection, USCC)) == {GRANT, WIDE}
        async with database.hot.transaction() as hot:
            found = await store.grants_hot(hot, [GRANT.mandate_id, WIDE.mandate_id, "mnd_x"])
        assert found == {GRANT.mandate_id: GRANT, WIDE.mandate_id: WIDE}

    async def test_newest_first(self, database: Database, store: GrantStore) -> None:
        """As people read lists."""
        later = replace(WIDE, granted_at=GRANT.granted_at + timedelta(days=1), withdrawn_at=GRANT.granted_at)
        await keep(database, store, GRANT, later)
        async with database.read() as connection:
            assert await store.by_grantee(connection, PERSON) == [later, GRANT]
            assert await store.of_entity(connection, USCC) == [later, GRANT]


class TestMoments:
    """Accepted once, withdrawn once, by the store's clock."""

    async def test_accept_then_withdraw(self, database: Database, store: GrantStore) -> None:
        """Each once; what is withdrawn cannot be accepted."""
        await keep(database, store, FRESH)
        async with database.write() as connection:
            before = await store.now(connection)
            assert await store.accept(connection, FRESH)
            assert not await store.accept(connection, FRESH)
            accepted = await store.get(connection, FRESH.mandate_id)
            assert accepted is not None
            assert accepted.accepted_at is not None
            assert accepted.accepted_at >= before
            assert await store.withdraw(connection, FRESH)
            assert not await store.withdraw(connection, FRESH)
            ended = await store.get(connection, FRESH.mandate_id)
            assert ended is not None
            assert ended.withdrawn_at is not None

    async def test_withdrawn_before_acceptance(self, database: Database, store: GrantStore) -> None:
        """The grantee comes too late."""
        await keep(database, store, FRESH)
        async with database.write() as connection:
            assert await store.withdraw(connection, FRESH)
            assert not await store.accept(connection, FRESH)

    async def test_two_at_once_withdraw_once(self, database: Database, store: GrantStore) -> None:
        """One statement decides."""
        await keep(database, store, FRESH)

        async def withdraw() -> bool:
            async with database.write() as connection:
                return await store.withdraw(connection, FRESH)

        assert sum(await asyncio.gather(*(withdraw() for _ in range(8)))) == 1


class TestUses:
    """A limit is never overdrawn."""

    async def test_in_one_batch(self, database: Database, store: GrantStore) -> None:
        """Two left, four asked; without a limit every one; a withdrawn or unknown grant none."""
        gone = a_grant(mandate_id="mnd_3", withdrawn_at=GRANT.granted_at)
        await keep(database, store, GRANT, WIDE, gone)
        keys = sorted(
            [(USCC, GRANT.mandate_id)] * 4 + [(USCC, WIDE.mandate_id)] * 2 + [(USCC, "mnd_3"), ("X", WIDE.mandate_id)]
        )
        async with database.hot.transaction() as hot:
            took = await store.spend_hot(hot, keys)
        counted = {key: [t for k, t in zip(keys, took, strict=True) if k == key] for key in keys}
        assert counted == {
            (USCC, GRANT.mandate_id): [True, True, False, False],
            (USCC, WIDE.mandate_id): [True, True],
            (USCC, "mnd_3"): [False],
            ("X", WIDE.mandate_id): [False],
        }
        async with database.read() as connection:
            kept = await store.get(connection, GRANT.mandate_id)
        assert kept is not None
        assert kept.used == kept.uses == 3

    async def test_from_many_batches(self, database: Database, store: GrantStore) -> None:
        """Eight batches race for two uses."""
        await keep(database, store, GRANT)

        async def spend() -> list[bool]:
            async with database.hot.transaction() as hot:
                return await store.spend_hot(hot, [(USCC, GRANT.mandate_id)])

        assert sum(took for (took,) in await asyncio.gather(*(spend() for _ in range(8)))) == 2
