"""Reads a display: one statement over the tables of licence and registry, because anybody may ask (P10).

The tables belong to their slices and are handed in by `app`; what this file knows of them are column names.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, and_, bindparam, select

from zhizhao.display.shown import Shown
from zhizhao.kernel.clock import from_micros
from zhizhao.licence.face import parse_face
from zhizhao.licence.status import STATUS_OF_CODE
from zhizhao.registry.entity import EntityStatus, Mark
from zhizhao.registry.errors import RegisterNeverFed
from zhizhao.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Where what a display shows is kept."""

    displays: Table
    """Display id → entity."""
    licences: Table
    versions: Table
    positions: Table
    """Of the status list: a version's own present status."""
    entities: Table
    as_of: Table


class DisplayStore:
    """Reads what display pages show; writes nothing."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        self._statement = _statement(tables, database)

    async def shown(self, display_id: str) -> Shown | None:
        """Return what a display id shows now; None: no such display. Raises RegisterNeverFed."""
        rows = await self._database.glance(self._statement, display_id=display_id)
        if not rows:
            return None
        face, code, status, marks, as_of, now = rows[0]
        if as_of is None:
            raise RegisterNeverFed
        return Shown(
            face=parse_face(face),
            entity_status=EntityStatus(status),
            marks=frozenset(map(Mark, marks.split())),
            licence_status=STATUS_OF_CODE[code],
            as_of=from_micros(as_of),
            checked_at=from_micros(now),
        )


def _statement(tables: Tables, database: Database) -> Select[Any]:
    """Return the statement: from the id to its entity, the current version, its place in the list, the register."""
    display, licence, version = tables.displays.c, tables.licences.c, tables.versions.c
    position, entity = tables.positions.c, tables.entities.c
    as_of = select(tables.as_of.c.as_of).scalar_subquery()
    whole = (
        tables.displays.join(tables.licences, licence.uscc == display.uscc)
        .join(tables.versions, and_(version.uscc == licence.uscc, version.version == licence.version))
        .join(
            tables.positions,
            and_(position.list_number == version.list_number, position.list_index == version.list_index),
        )
        .join(tables.entities, entity.uscc == display.uscc)
    )
    wanted = (version.face, position.status, entity.status, entity.marks, as_of, database.now_column())
    return select(*wanted).select_from(whole).where(display.display_id == bindparam("display_id"))
