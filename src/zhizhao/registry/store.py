"""The register's tables and statements: entities as they are, versions as they were, feeds, and as of when it all is.

`registry_entity`, `registry_version` are keyed by `uscc`; the one row of `registry_as_of` and `registry_feed` are small
and the same on every node. History is append-only by trigger.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from zhizhao.kernel.clock import from_micros, to_micros
from zhizhao.kernel.page import LARGEST_PAGE, Page
from zhizhao.registry.content import parse_content
from zhizhao.registry.entity import Entity, EntityStatus, Mark, Standing
from zhizhao.registry.errors import ChangedMeanwhile, RegisterNeverFed
from zhizhao.registry.feed import Feed
from zhizhao.registry.history import Version
from zhizhao.registry.recorded import Head, Kept, Recorded, entity_of, searched_columns
from zhizhao.registry.search import Search, next_cursor
from zhizhao.storage.append_only import make_append_only
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.hot import HotConnection
from zhizhao.storage.schema import BigInt, Bytes, Moment, String, metadata
from zhizhao.storage.sqltext import insert_many, insert_once

Ordered = Text().with_variant(Text(collation="C"), "postgresql")
"""Text compared byte by byte on both engines, so that a prefix is a range of the index."""

ENTITY = Table(
    "registry_entity",
    metadata,
    Column("uscc", Ordered, primary_key=True),
    Column("version", BigInt, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("marks", String, nullable=False),
    Column("division", String, nullable=False),
    Column("search_name", Ordered, nullable=False),
    Column("principal_lookup", Bytes(32), index=True),
    Column("principal_number", Bytes),
    Column("content", String, nullable=False),
    Column("content_hash", Bytes(32), nullable=False),
    Column("chain", Bytes(32), nullable=False),
    Column("warnings", String, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Index("ix_registry_entity_search", "search_name", "uscc"),
)
"""The present version. What stands in its columns stands in `content` too; `check_history` compares both."""
VERSION = make_append_only(
    Table(
        "registry_version",
        metadata,
        Column("uscc", Ordered, primary_key=True),
        Column("version", BigInt, primary_key=True, autoincrement=False),
        Column("recorded_at", Moment, nullable=False),
        Column("actor", String, nullable=False),
        Column("because", String, nullable=False),
        Column("content", String, nullable=False),
        Column("chain", Bytes(32), nullable=False),
    )
)
"""Every version, the present one too; holds no document number, only its MAC."""
AS_OF = Table(
    "registry_as_of",
    metadata,
    Column("one", BigInt, primary_key=True, autoincrement=False),
    Column("as_of", Moment, nullable=False),
)
"""One row: the time that the register's data are as of, the last feed or act."""
FEED = Table(
    "registry_feed",
    metadata,
    Column("feed_id", Bytes(16), primary_key=True),
    Column("source", String, nullable=False),
    Column("digest", Bytes(32), nullable=False),
    Column("actor", String, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("tally", String, nullable=False),
)
"""Every import, finished or not."""

_ENTITY_COLUMNS = (
    ENTITY.c.uscc,
    ENTITY.c.version,
    ENTITY.c.content,
    ENTITY.c.principal_number,
    ENTITY.c.warnings,
    ENTITY.c.recorded_at,
)
_CHANGING = tuple(column.name for column in ENTITY.columns if column.name != "uscc")
_VERSION_COLUMNS = tuple(column.name for column in VERSION.columns)
_REPLACE = (
    update(ENTITY)
    .where(ENTITY.c.uscc == bindparam("key_uscc"), ENTITY.c.version == bindparam("key_version"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_STANDING = (
    "SELECT a.as_of, e.uscc, e.status, e.marks, e.version, e.principal_lookup"
    " FROM registry_as_of a LEFT JOIN registry_entity e ON e.uscc "
)
_STANDING_POSTGRESQL = _STANDING + "= ANY($1::text[])"
_STANDING_SQLITE = _STANDING + "IN (SELECT value FROM json_each(?1))"  # noqa: S608 our own words


def _marks(text: str) -> frozenset[Mark]:
    return frozenset(map(Mark, text.split()))


class RegistryStore:
    """Reads and writes entities and their history; rows become nouns here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self, connection: Transaction) -> datetime:
        """Return the store's present moment, by which versions are stamped."""
        return await self._database.now(connection)

    async def get(self, connection: Transaction, uscc: str) -> Entity | None:
        """Return one entity in its present version."""
        return (await self.get_many(connection, [uscc])).get(uscc)

    async def get_many(self, connection: Transaction, usccs: Sequence[str]) -> dict[str, Entity]:
        """Return the entities of these codes that are known."""
        rows = await connection.execute(select(*_ENTITY_COLUMNS).where(ENTITY.c.uscc.in_(usccs)))
        return {row.uscc: _entity(row) for row in rows}

    async def led_by(self, connection: Transaction, id_lookup: bytes) -> list[Entity]:
        """Return the entities whose principal has this document (MAC of `Sealer.lookup_document`), by code."""
        found = select(*_ENTITY_COLUMNS).where(ENTITY.c.principal_lookup == id_lookup).order_by(ENTITY.c.uscc)
        return [_entity(row) for row in await connection.execute(found)]

    async def search(
        self, connection: Transaction, text: str, *, limit: int = LARGEST_PAGE, after: str | None = None
    ) -> Page[Entity]:
        """Return a page of entities whose code, or else whose name, begins with the text; `after` is a cursor."""
        wanted = Search.read(text, after=after)
        key = (ENTITY.c.uscc,) if wanted.by_code else (ENTITY.c.search_name, ENTITY.c.uscc)
        limit = min(limit, LARGEST_PAGE)
        statement = select(*_ENTITY_COLUMNS).where(_begins(wanted)).order_by(*key).limit(limit + 1)
        rows = [_entity(row) for row in await connection.execute(_continued(statement, wanted))]
        return Page(rows[:limit], next_cursor(rows[limit - 1], wanted) if len(rows) > limit else None)

    async def as_of(self, connection: Transaction) -> datetime:
        """Return the time that the register's data are as of. Raises RegisterNeverFed."""
        found: datetime | None = (await connection.execute(select(AS_OF.c.as_of))).scalar_one_or_none()
        if found is None:
            raise RegisterNeverFed
        return found

    async def standing_hot(self, hot: HotConnection, usccs: Sequence[str]) -> tuple[datetime, dict[str, Standing]]:
        """Return as of when the register is, and what a redemption must know of these entities; unknown ones left out.

        One statement, inside the batch. Raises RegisterNeverFed.
        """
        if hot.is_sqlite:
            rows = await hot.fetch(_STANDING_SQLITE, msgspec.json.encode(list(usccs)).decode())
        else:
            rows = await hot.fetch(_STANDING_POSTGRESQL, list(usccs))
        if not rows:
            raise RegisterNeverFed
        return from_micros(rows[0][0]), {
            uscc: Standing(status=EntityStatus(status), marks=_marks(marks), version=version, principal_lookup=lookup)
            for _, uscc, status, marks, version, lookup in rows
            if uscc is not None
        }

    async def heads(self, connection: Transaction, usccs: Sequence[str], *, lock: bool) -> dict[str, Head]:
        """Return version, hash, status and marks of the known ones; locked in the order of codes where rows lock."""
        columns = (
            ENTITY.c.uscc,
            ENTITY.c.version,
            ENTITY.c.content_hash,
            ENTITY.c.chain,
            ENTITY.c.status,
            ENTITY.c.marks,
        )
        found = select(*columns).where(ENTITY.c.uscc.in_(usccs)).order_by(ENTITY.c.uscc)
        if lock and not self._database.is_sqlite:
            found = found.with_for_update()
        return {
            uscc: Head(
                version=version,
                content_hash=content_hash,
                chain=chain,
                status=EntityStatus(status),
                marks=tuple(map(Mark, marks.split())),
            )
            for uscc, version, content_hash, chain, status, marks in await connection.execute(found)
        }

    async def kept(self, connection: Transaction, usccs: Sequence[str]) -> dict[str, Kept]:
        """Return content, sealed number and warnings of the known ones."""
        rows = await connection.execute(select(*_ENTITY_COLUMNS).where(ENTITY.c.uscc.in_(usccs)))
        return {
            row.uscc: Kept(
                content=parse_content(row.content), sealed=row.principal_number, warnings=tuple(row.warnings.split())
            )
            for row in rows
        }

    async def add(self, connection: Transaction, rows: Sequence[Recorded]) -> None:
        """Insert entities that are new with their first version. Raises ChangedMeanwhile: one is not new any more."""
        if not rows:
            return
        lines = [(row.uscc, *_stored(row).values()) for row in rows]
        try:
            await insert_many(connection, ENTITY, columns=("uscc", *_CHANGING), rows=lines)
            await self._add_versions(connection, rows)
        except IntegrityError as cause:
            raise ChangedMeanwhile from cause

    async def replace(self, connection: Transaction, rows: Sequence[Recorded]) -> None:
        """Give known entities a further version. Raises ChangedMeanwhile: somebody else gave one first."""
        for row in rows:
            values = {f"new_{name}": value for name, value in _stored(row).items()}
            values["new_recorded_at"] = row.recorded_at
            result = await connection.execute(
                _REPLACE, {**values, "key_uscc": row.uscc, "key_version": row.version - 1}
            )
            if result.rowcount != 1:
                raise ChangedMeanwhile(uscc=row.uscc)
        if rows:
            await self._add_versions(connection, rows)

    async def _add_versions(self, connection: Transaction, rows: Sequence[Recorded]) -> None:
        lines = [
            (row.uscc, row.version, to_micros(row.recorded_at), row.actor, row.because, row.stored.decode(), row.chain)
            for row in rows
        ]
        await insert_many(connection, VERSION, columns=_VERSION_COLUMNS, rows=lines)

    async def versions(self, connection: Transaction, uscc: str) -> list[Version]:
        """Return the history of an entity from version 1."""
        rows = await connection.execute(select(VERSION).where(VERSION.c.uscc == uscc).order_by(VERSION.c.version))
        return [
            Version(
                uscc=row.uscc,
                version=row.version,
                recorded_at=row.recorded_at,
                actor=row.actor,
                because=row.because,
                stored=row.content.encode(),
                chain=row.chain,
            )
            for row in rows
        ]

    async def kept_columns(self, connection: Transaction, uscc: str) -> Mapping[str, Any] | None:
        """Return the bare columns of an entity's row, for comparing them with its history."""
        row = (await connection.execute(select(ENTITY).where(ENTITY.c.uscc == uscc))).mappings().one_or_none()
        return dict(row) if row else None

    async def chains(self, connection: Transaction, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
        """Return the chain values of those versions, by code and number, that are there."""
        columns = (VERSION.c.uscc, VERSION.c.version, VERSION.c.chain)
        rows = await connection.execute(select(*columns).where(tuple_(*columns[:2]).in_(wanted)))
        return {(row.uscc, row.version): row.chain for row in rows}

    async def codes(self, connection: Transaction, *, after: str = "", limit: int = 1000) -> list[str]:
        """Return codes in order, for walking through the whole register."""
        found = select(ENTITY.c.uscc).where(ENTITY.c.uscc > after).order_by(ENTITY.c.uscc).limit(limit)
        return list((await connection.execute(found)).scalars())

    async def set_as_of(self, connection: Transaction, moment: datetime) -> None:
        """Move the time that the data are as of forward; never back."""
        first = await connection.execute(insert_once(connection, AS_OF), {"one": 1, "as_of": moment})
        if first.rowcount != 1:
            later = update(AS_OF).where(AS_OF.c.as_of < moment)
            await connection.execute(later.values(as_of=moment))

    async def open_feed(self, connection: Transaction, feed: Feed) -> None:
        """Note that an import began."""
        await connection.execute(
            insert(FEED),
            {
                "feed_id": feed.feed_id.bytes,
                "source": feed.source,
                "digest": feed.digest,
                "actor": feed.actor,
                "started_at": feed.started_at,
                "finished_at": None,
                "tally": "{}",
            },
        )

    async def close_feed(self, connection: Transaction, feed: Feed, *, at: datetime, tally: str) -> None:
        """Note that an import ended, with its figures."""
        done = update(FEED).where(FEED.c.feed_id == feed.feed_id.bytes).values(finished_at=at, tally=tally)
        await connection.execute(done)


def _entity(row: Any) -> Entity:
    return entity_of(
        row.uscc,
        parse_content(row.content),
        version=row.version,
        sealed=row.principal_number,
        warnings=tuple(row.warnings.split()),
        recorded_at=row.recorded_at,
    )


def _stored(row: Recorded) -> dict[str, Any]:
    """Return the columns of `_CHANGING` in their order and stored form."""
    content = row.content
    return {
        "version": row.version,
        **searched_columns(content),
        "principal_number": row.sealed,
        "content": row.stored.decode(),
        "content_hash": row.content_hash,
        "chain": row.chain,
        "warnings": " ".join(row.warnings),
        "recorded_at": to_micros(row.recorded_at),
    }


def _begins(wanted: Search) -> ColumnElement[bool]:
    column = ENTITY.c.uscc if wanted.by_code else ENTITY.c.search_name
    return and_(column >= wanted.prefix, column < wanted.past) if wanted.past else column >= wanted.prefix


def _continued(statement: Select[Any], wanted: Search) -> Select[Any]:
    if wanted.after is None:
        return statement
    name, uscc = wanted.after
    if wanted.by_code:
        return statement.where(ENTITY.c.uscc > uscc)
    later = (ENTITY.c.search_name > name) | ((ENTITY.c.search_name == name) & (ENTITY.c.uscc > uscc))
    return statement.where(later)
