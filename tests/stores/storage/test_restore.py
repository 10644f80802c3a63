"""The second store: filled or refused as a whole, and the two change places or nothing changes."""

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from factories.postgres import Postgres
from zhizhao.storage.backup import decompressed, snapshot
from zhizhao.storage.database import Database
from zhizhao.storage.errors import BackupRefused, UnsafeStore
from zhizhao.storage.restore import SecondStore


async def notes(url: str) -> list[str]:
    """Return the notes of a store."""
    database = Database(url)
    try:
        async with database.read() as connection:
            return list((await connection.execute(text("SELECT word FROM note ORDER BY word"))).scalars())
    finally:
        await database.close()


async def noted(url: str, *words: str, make: bool = False) -> None:
    """Write notes into a store."""
    database = Database(url)
    async with database.write() as connection:
        if make:
            await connection.execute(text("CREATE TABLE note (word TEXT NOT NULL)"))
        for word in words:
            await connection.execute(text("INSERT INTO note VALUES (:w)"), {"w": word})
    await database.close()


async def content_of(url: str, spool: Path) -> bytes:
    """Take a snapshot."""
    database = Database(url)
    async with snapshot(database, spool=spool) as taken:
        content = b"".join(taken.content())
    await database.close()
    return content


@pytest.fixture
async def second(request: pytest.FixtureRequest, database_url: str) -> SecondStore:
    """Give a second store beside a live one; what a server makes is dropped at the end."""
    store = SecondStore(database_url, stamp="1")
    if store.kind == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        name = make_url(database_url).database

        def drop() -> None:
            for other in (f"{name}_restoring_1", f"{name}_replaced_1"):
                postgres.sql(f"DROP DATABASE IF EXISTS {other} WITH (FORCE)")

        request.addfinalizer(drop)  # noqa: PT021 after the store itself
    return store


class TestSecondStore:
    """Beside the live store."""

    async def test_fill_and_swap(self, second: SecondStore, database_url: str, tmp_path: Path) -> None:
        """What the snapshot held is live, what was live is kept."""
        await noted(database_url, "old", "字", make=True)
        content = await content_of(database_url, tmp_path)
        await noted(database_url, "new")
        await second.fill(iter([content]))
        assert await notes(second.url) == ["old", "字"]
        kept = await second.swap()
        await second.discard()
        assert await notes(database_url) == ["old", "字"]
        assert kept is not None
        assert await notes(make_url(database_url).set(database=kept).render_as_string(hide_password=False)) == [
            "new",
            "old",
            "字",
        ]

    async def test_discard_leaves_nothing(self, second: SecondStore, database_url: str, tmp_path: Path) -> None:
        """A second store that was not wanted is gone, the live one untouched; twice does no harm."""
        await noted(database_url, "old", make=True)
        await second.fill(iter([await content_of(database_url, tmp_path)]))
        await second.discard()
        await second.discard()
        assert not await SecondStore(second.url, stamp="2").has_live()
        assert await notes(database_url) == ["old"]

    async def test_a_store_in_use_is_not_swapped(self, second: SecondStore, database_url: str, tmp_path: Path) -> None:
        """Somebody reads the live store: refused, and the live store is the live store."""
        await noted(database_url, "old", make=True)
        await second.fill(iter([await content_of(database_url, tmp_path)]))
        reader = Database(database_url)
        async with reader.read() as connection:
            await connection.execute(text("SELECT * FROM note"))
            with pytest.raises(UnsafeStore):
                await second.swap()
            if second.kind == "postgresql":
                with pytest.raises(UnsafeStore):
                    await second.require_unused()
        await reader.close()
        assert await notes(database_url) == ["old"]

    @pytest.mark.parametrize("bad", ["nonsense", "much nonsense", "cut", "not compressed"])
    async def test_bad_content_is_refused(
        self, second: SecondStore, database_url: str, tmp_path: Path, bad: str
    ) -> None:
        """What is no store of this kind, or not whole, makes none."""
        await noted(database_url, "old", make=True)
        whole = await content_of(database_url, tmp_path)
        contents = {
            "nonsense": zlib.compress(b"SELECT nonsense;"),
            "much nonsense": zlib.compress(b"SELECT nonsense;\n" * 1_000_000),
            "cut": whole[:-20],
            "not compressed": b"CREATE TABLE note (word TEXT);",
        }
        with pytest.raises(BackupRefused):
            await second.fill(iter([contents[bad]]))
        await second.discard()
        assert await notes(database_url) == ["old"]

    async def test_a_source_that_fails_half_way_commits_nothing(
        self, second: SecondStore, database_url: str, tmp_path: Path
    ) -> None:
        """The content stops with an error (a chunk that does not open): nothing of it is kept."""
        await noted(database_url, *(f"{n:06}" for n in range(200)), make=True)
        whole = await content_of(database_url, tmp_path)

        def failing() -> Iterator[bytes]:
            yield whole[:-10]
            raise BackupRefused(reason="changed")

        with pytest.raises(BackupRefused, match="changed"):
            await second.fill(failing())
        if second.kind == "postgresql":
            with pytest.raises(Exception, match="note"):
                await notes(second.url)

    async def test_odd_names_are_refused(self) -> None:
        """A database's name goes into statements; only plain names do."""
        for name in ('x"; DROP DATABASE y', "a" * 60, "1x"):
            with pytest.raises(BackupRefused):
                SecondStore(f"postgresql+asyncpg://u@h/{name}", stamp="1")


class TestDecompressed:
    """Undoing the compression."""

    @pytest.mark.parametrize("step", [1, 7, 100_000])
    def test_whatever_the_pieces(self, step: int) -> None:
        """Pieces of any size, and output far larger than the input."""
        content = bytes(3_000_000) + b"end"
        packed = zlib.compress(content)
        pieces = (packed[at : at + step] for at in range(0, len(packed), step))
        assert b"".join(decompressed(pieces)) == content
