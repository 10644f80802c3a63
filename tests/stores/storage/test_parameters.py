"""What a failing statement says: never the values it was given (SECURITY.md §9)."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from zhizhao.storage.database import Database

SECRET = "370811199001011234"
INSERT = text("INSERT INTO note VALUES (1, :words)")


async def refusal(connection: AsyncConnection) -> str:
    """Return what the store says to a row that is there already."""
    await connection.execute(INSERT, {"words": SECRET})
    with pytest.raises(IntegrityError) as told:
        await connection.execute(INSERT, {"words": SECRET})
    await connection.rollback()
    return str(told.value)


async def test_values_stay_out_of_messages(notes: Database) -> None:
    """A duplicate key is told without the row."""
    async with notes.write() as connection:
        assert SECRET not in await refusal(connection)


async def test_control_an_engine_without_the_setting_tells_them(notes: Database) -> None:
    """The control: the driver's default repeats every value."""
    engine = create_async_engine(notes.url)
    async with engine.connect() as connection:
        assert SECRET in await refusal(connection)
    await engine.dispose()
