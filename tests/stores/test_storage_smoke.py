"""Both stores open, tell the time and keep what was committed."""

from zhizhao.storage.database import Database


async def test_the_store_tells_the_time(database: Database) -> None:
    """The store's clock answers on both engines."""
    async with database.read() as connection:
        assert (await database.now(connection)).year >= 2026
    async with database.hot.transaction() as hot:
        assert (await hot.fetch("SELECT 1"))[0][0] == 1
