"""Matters with their revisions and days of effect, and the one number that tells caches that something changed.

A reference table: small, read by everybody, written rarely. Revisions are append-only. On a day the highest revision
that has begun decides: while its own last day has not passed it is in force, after that the matter is retired.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Column, Integer, Table, insert, select, update

from zhizhao.catalogue.matter import Function, Matter
from zhizhao.catalogue.revision import Revision
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


class _Columns(NamedTuple):
    """A row in the order of the table; SQLite's driver gives days as text."""

    code: str
    revision: int
    name: str
    path: str
    purpose: str
    fields: str
    functions: str
    statuses: str
    documents_not_required: str
    effective_from: date | str
    effective_until: date | str | None
    recorded_at: object


MATTERS_HOT = f"SELECT {', '.join(_Columns._fields)} FROM catalogue_matters ORDER BY code, revision"  # noqa: S608 our own names
VERSION_HOT = "SELECT coalesce(max(version), 0), {now} FROM catalogue_version"


def _day(stored: date | str) -> date:
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


def _revision(row: _Columns) -> Revision:
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
        effective_from=_day(row.effective_from),
        effective_until=None if row.effective_until is None else _day(row.effective_until),
    )


def in_force(rows: Iterable[_Columns], day: date) -> list[Revision]:
    """Return the revisions in force on a day: per code the highest that has begun, unless its last day has passed."""
    newest = {row.code: _revision(row) for row in rows if _day(row.effective_from) <= day}
    return [one for one in newest.values() if one.effective_until is None or day <= one.effective_until]


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
            self._keep(version, day, await self.in_force(connection, day))
        assert self.known is not None  # noqa: S101 kept just above
        return self.known

    async def snapshot_hot(self, hot: HotConnection) -> Callable[[str], Matter | None]:
        """Return what finds a matter in force now, for a batch: one tiny query while the cache holds."""
        found = await hot.fetch(VERSION_HOT.format(now=self._database.now_sql()))
        version, micros = found[0]
        day = today(from_micros(micros))
        if self.known is None or (self.known.version, self._day) != (version, day):
            rows = [_Columns(*row) for row in await hot.fetch(MATTERS_HOT)]
            self._keep(version, day, in_force(rows, day))
        assert self.known is not None  # noqa: S101 kept just above
        return self.known.get

    def _keep(self, version: int, day: date, revisions: Sequence[Revision]) -> None:
        self.known, self._day = make_tree(version, [revision.matter for revision in revisions]), day

    async def matter(self, connection: Transaction, code: str) -> Matter | None:
        """Return the matter of a code that is in force today; None when there is none."""
        return (await self.tree(connection)).get(code)

    async def all(self, connection: Transaction) -> list[Matter]:
        """Return the matters in force today, in code order."""
        return list(await self.tree(connection))

    async def in_force(self, connection: Transaction, day: date) -> list[Revision]:
        """Return the revisions in force on a day, one per code."""
        rows = await connection.execute(select(MATTERS).order_by(MATTERS.c.code, MATTERS.c.revision))
        return in_force([_Columns(*row) for row in rows], day)

    async def revisions(self, connection: Transaction, code: str) -> list[Revision]:
        """Return every revision of a matter, oldest first."""
        rows = await connection.execute(select(MATTERS).where(MATTERS.c.code == code).order_by(MATTERS.c.revision))
        return [_revision(_Columns(*row)) for row in rows]

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
