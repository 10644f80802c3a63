"""A glance on both stores: one statement, nothing written, a connection that died is replaced, a failure is named."""

import asyncio

import pytest
from sqlalchemy import bindparam, column, select, table, text

from factories.postgres import Postgres, free_port
from zhizhao.storage.database import Database
from zhizhao.storage.errors import StoreUnreachable, TextNotKept

WORDS = table("note", column("id"), column("word"))
WORD = select(WORDS.c.word).where(WORDS.c.word == bindparam("word")).order_by(WORDS.c.id)


async def test_it_sees_what_was_committed(notes: Database) -> None:
    """In its own connection: not the open transaction of somebody else, and at once what that one committed."""
    async with notes.write() as connection:
        await connection.execute(text("INSERT INTO note VALUES (1, '执照')"))
        assert list(await notes.glance(WORD, word="执照")) == []
    assert [tuple(row) for row in await notes.glance(WORD, word="执照")] == [("执照",)]
    assert list(await notes.glance(WORD, word="' OR 1=1 --")) == []


async def test_many_at_once(notes: Database) -> None:
    """Forty at once get their own answers."""
    async with notes.write() as connection:
        for number in range(40):
            await connection.execute(text("INSERT INTO note VALUES (:n, :w)"), {"n": number, "w": f"w{number}"})
    found = await asyncio.gather(*(notes.glance(WORD, word=f"w{number}") for number in range(40)))
    assert [rows[0][0] for rows in found] == [f"w{number}" for number in range(40)]


async def test_a_connection_that_died_is_replaced(postgres: Postgres, postgres_url: str) -> None:
    """After the server ended every session the next glance is answered, without an error in between."""
    database = Database(postgres_url)
    try:
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
        await asyncio.gather(*(database.glance(WORD, word="x") for _ in range(4)))
        postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'zhizhao'")
        assert list(await database.glance(WORD, word="x")) == []
    finally:
        await database.close()


async def test_failures_have_names(postgres_url: str) -> None:
    """No server: unreachable; a character that no text column holds: refused."""
    nobody = Database(f"postgresql+asyncpg://zhizhao@127.0.0.1:{free_port()}/x")
    with pytest.raises(StoreUnreachable):
        await nobody.glance(WORD, word="x")
    await nobody.close()
    database = Database(postgres_url)
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
    with pytest.raises(TextNotKept):
        await database.glance(WORD, word="a\0b")
    await database.close()
