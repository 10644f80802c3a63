"""Matters with their revisions and days of effect, and the one number that tells caches that something changed.

A reference table: small, read by everybody, written rarely. Revisions are append-only; what is in force on a day is
the highest revision of a code whose days include it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Integer, Row, Table, insert, select, update

from zhizhao.catalogue.matter import Function, Matter
from zhizhao.catalogue.tree import MatterTree, make_tree
from zhizhao.kernel.clock import from_micros, today
from zhizhao.storage.append_only import make_append_only
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.hot import HotConnection
from zhizhao.storage.schema import Day, Moment, String, metadata
from zhizhao.storage.sqltext import insert_once

MATTERS = make_append_only(
    Table(
        "catalogue_matters",
        metadata,
        Column("code", String, primary_key=True),
        Column("revision", Integer, primary_key=True),
        Column("name", String, nullable=False),
        Column("path", String, nullable=False),
        Column("purpose", String, nullable=False),
        Column("fields", String, nullable=False),
        Column("functions", String, nullable=False),
        Column("statuses", String, nullable=False),
        Column("documents_not_required", String, nullable=False),
        Column("effective_from", Day, nullable=False),
        Column("effective_until", Day, nullable=True),
        Column("recorded_at", Moment, nullable=False),
    )
)
VERSION = Table(
    "catalogue_version",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
_texts = msgspec.json.Decoder(tuple[str, ...])
_path = msgspec.json.Decoder(tuple[str, str, str])
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One revision of a matter with the days on which it is in force."""

    matter: Matter
    revision: int
    """1, 2, 3 … per code."""
    effective_from: date
    """First day, Asia/Shanghai."""
    effective_until: date | None
    """Last day, included; None: open."""


def _revision(row: Row[Any]) -> Revision:
    matter = Matter(
        code=row.code,
        name=row.name,
        path=_path.decode(row.path),
        purpose=row.purpose,
        fields=_texts.decode(row.fields),
        functions=frozenset(Function(name) for name in _texts.decode(row.functions)),
        statuses=frozenset(_texts.decode(row.statuses)),
        documents_not_required=_texts.decode(row.documents_not_required),
    )
    return Revision(
        matter=matter,
        revision=row.revision,
        effective_from=row.effective_from,
        effective_until=row.effective_until,
    )


def _row(revision: Revision, recorded_at: datetime) -> dict[str, Any]:
    matter = revision.matter
    return {
        "code": matter.code,
        "revision": revision.revision,
        "name": matter.name,
        "path": _encode(matter.path).decode(),
        "purpose": matter.purpose,
        "fields": _encode(matter.fields).decode(),
        "functions": _encode(sorted(matter.functions)).decode(),
        "statuses": _encode(sorted(matter.statuses)).decode(),
        "documents_not_required": _encode(matter.documents_not_required).decode(),
        "effective_from": revision.effective_from,
        "effective_until": revision.effective_until,
        "recorded_at": recorded_at,
    }


class CatalogueStore:
    """Reads the tree, cached by version and day; one tiny query tells whether the cache still holds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._day: date | None = None
        self.known: MatterTree | None = None
        """The newest tree that this process has seen; None until the first reading."""

    async def tree(self, connection: Transaction) -> MatterTree:
        """Return the matters in force today; read anew only when the version or the day has changed."""
        version = (await connection.execute(select(VERSION.c.version))).scalar_one_or_none() or 0
        day = today(await self._database.now(connection))
        if self.known is None or self.known.version != version or self._day != day:
            found = [revision.matter for revision in await self.in_force(connection, day)]
            self.known, self._day = make_tree(version, found), day
        return self.known

    async def tree_hot(self, hot: HotConnection) -> MatterTree | None:
        """Return the cached tree when it still holds, None when `tree` must read it anew; one query a batch."""
        rows = await hot.fetch(
            f"SELECT version, {self._database.now_sql()} FROM catalogue_version"  # noqa: S608 our own text of the store's clock
        )
        if not rows or self.known is None:
            return None
        version, micros = rows[0]
        return self.known if (version, today(from_micros(micros))) == (self.known.version, self._day) else None

    async def matter(self, connection: Transaction, code: str) -> Matter | None:
        """Return the matter of a code that is in force today; None when there is none."""
        return (await self.tree(connection)).get(code)

    async def all(self, connection: Transaction) -> list[Matter]:
        """Return the matters in force today, in code order."""
        return list(await self.tree(connection))

    async def in_force(self, connection: Transaction, day: date) -> list[Revision]:
        """Return the revisions in force on a day, one per code."""
        rows = await connection.execute(select(MATTERS).order_by(MATTERS.c.code, MATTERS.c.revision))
        newest = {
            row.code: row
            for row in rows
            if row.effective_from <= day and (row.effective_until is None or day <= row.effective_until)
        }
        return [_revision(row) for row in newest.values()]

    async def revisions(self, connection: Transaction, code: str) -> list[Revision]:
        """Return every revision of a matter, oldest first."""
        rows = await connection.execute(select(MATTERS).where(MATTERS.c.code == code).order_by(MATTERS.c.revision))
        return [_revision(row) for row in rows]

    async def codes(self, connection: Transaction) -> set[str]:
        """Return every code that was ever given out, in force or not."""
        return set((await connection.execute(select(MATTERS.c.code).distinct())).scalars())

    async def add(self, connection: Transaction, revisions: Sequence[Revision]) -> None:
        """Append revisions and move the version, so that every worker reads the tree anew."""
        now = await self._database.now(connection)
        await connection.execute(insert_once(connection, VERSION), {"one": 1, "version": 0})
        await connection.execute(update(VERSION).values(version=VERSION.c.version + 1))
        await connection.execute(insert(MATTERS), [_row(revision, now) for revision in revisions])

    async def today(self, connection: Transaction) -> date:
        """Return the store's calendar day, Asia/Shanghai."""
        return today(await self._database.now(connection))
