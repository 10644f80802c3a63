"""The history cannot be changed unseen: triggers refuse, and what gets past them is found."""

from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from factories.numbers import made_up_uscc
from factories.registers import Register, a_row, draft_of
from zhizhao.registry.check_history import check_history
from zhizhao.registry.errors import EntityUnknown, HistoryBroken
from zhizhao.registry.store import ENTITY, VERSION
from zhizhao.storage.database import Transaction

USCC = made_up_uscc(1)


async def with_history(register: Register) -> None:
    """Record an entity with three versions."""
    for place in ("甲处", "乙处", "丙处"):
        await register.record(draft_of(a_row(1, 住所=place)))


async def check(register: Register, uscc: str = USCC) -> int:
    """Return how many versions were found good."""
    async with register.desk.database.read() as connection:
        return len(await check_history(connection, uscc, store=register.store))


async def drop_triggers(connection: Transaction) -> None:
    """Take the append-only triggers away, as an administrator with the database's password could."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("ALTER TABLE registry_version DISABLE TRIGGER USER"))
        return
    rows = await connection.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'registry_version'")
    )
    for (name,) in rows.all():
        await connection.execute(text(f'DROP TRIGGER "{name}"'))


class TestAppendOnly:
    """The program's own connection cannot change history."""

    @pytest.mark.parametrize(
        "statement", [update(VERSION).values(because="x"), delete(VERSION)], ids=["update", "delete"]
    )
    async def test_triggers_refuse(self, register: Register, statement: Any) -> None:
        """UPDATE and DELETE fail; the history is whole."""
        await with_history(register)
        with pytest.raises(DBAPIError):
            async with register.desk.database.write() as connection:
                await connection.execute(statement)
        assert await check(register) == 3


class TestCheckHistory:
    """`check_history` on both stores."""

    async def test_good_history(self, register: Register) -> None:
        """Negative control of everything below: an untouched history passes, and an unknown code is told."""
        await with_history(register)
        assert await check(register) == 3
        with pytest.raises(EntityUnknown):
            await check(register, made_up_uscc(2))

    @pytest.mark.parametrize(
        "column",
        [
            "status",
            "marks",
            "kind",
            "division",
            "search_name",
            "principal_lookup",
            "content",
            "content_hash",
            "version",
        ],
    )
    async def test_a_changed_row_is_found(self, register: Register, column: str) -> None:
        """Whoever edits the row in use is found by the history."""
        await with_history(register)
        async with register.desk.database.write() as connection:
            value: Any = {"status": "revoked", "marks": "disputed", "version": 2}.get(column, "x")
            if column in {"principal_lookup", "content_hash"}:
                value = bytes(32)
            await connection.execute(update(ENTITY).values({column: value}))
        with pytest.raises(HistoryBroken) as broken:
            await check(register)
        assert column in str(broken.value.facts["reason"])

    @pytest.mark.parametrize("column", ["content", "actor", "because", "recorded_at", "chain"])
    async def test_a_changed_version_is_found(self, register: Register, column: str) -> None:
        """Content, actor, reason and time of each version are chained."""
        await with_history(register)
        async with register.desk.database.write() as connection:
            await drop_triggers(connection)
            value = {"content": "content || ' '", "recorded_at": "recorded_at + 1"}.get(column, "because || 'x'")
            if column == "chain":
                await connection.execute(update(VERSION).where(VERSION.c.version == 2).values(chain=bytes(32)))
            else:
                await connection.execute(text(f"UPDATE registry_version SET {column} = {value} WHERE version = 2"))  # noqa: S608
        with pytest.raises(HistoryBroken) as broken:
            await check(register)
        assert broken.value.facts["version"] == 2

    async def test_a_removed_or_added_version_is_found(self, register: Register) -> None:
        """A gap, a cut tail, and a version that nobody recorded."""
        await with_history(register)
        for version in (2, 3):
            async with register.desk.database.write() as connection:
                await drop_triggers(connection)
                await connection.execute(delete(VERSION).where(VERSION.c.version == version))
                with pytest.raises(HistoryBroken):
                    await check_history(connection, USCC, store=register.store)
        async with register.desk.database.write() as connection:
            line = {"uscc": USCC, "version": 2, "recorded_at": None, "actor": "x", "because": "", "content": "{}"}
            kept = (await register.store.versions(connection, USCC))[0]
            await connection.execute(insert(VERSION), {**line, "recorded_at": kept.recorded_at, "chain": bytes(32)})
        with pytest.raises(HistoryBroken):
            await check(register)

    async def test_a_removed_row_is_found(self, register: Register) -> None:
        """The entity is gone, its history tells."""
        await with_history(register)
        async with register.desk.database.write() as connection:
            await connection.execute(delete(ENTITY))
        with pytest.raises(HistoryBroken):
            await check(register)
