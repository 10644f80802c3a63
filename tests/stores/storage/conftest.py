"""A small table to write to."""

import pytest
from sqlalchemy import text

from zhizhao.storage.database import Database


@pytest.fixture
async def notes(database: Database) -> Database:
    """Give a store with a table `note(id, text)`."""
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, word TEXT NOT NULL)"))
    return database
