"""Licences, their versions and acts: tables and row ↔ noun.

Hot tables carry `uscc` in every key (HOUSE.md §5); display ids are keyed by themselves.
Versions and acts are append-only by trigger (SECURITY.md T10).
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Integer,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.licence.errors import VersionConflict
from zhizhao.licence.face import face_json, parse_face
from zhizhao.licence.licence import CurrentLicence, Due, Licence, LicenceHead, LifeEntry, as_it_was
from zhizhao.licence.positions.store import POSITIONS, Position, PositionStore
from zhizhao.licence.status import STATUS_OF_CODE, Hold, LicenceStatus, LifeAct, LifeState
from zhizhao.storage.append_only import make_append_only
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.hot import HotConnection
from zhizhao.storage.layout import lay_out
from zhizhao.storage.schema import BigInt, Bytes, Moment, String, metadata
from zhizhao.storage.sqltext import insert_once, upsert

LICENCES = Table(
    "licences",
    metadata,
    Column("uscc", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("holds", String, nullable=False),
    Column("registry_version", BigInt, nullable=False),
    Column("acts", Integer, nullable=False),
    Column("display_id", String, nullable=False),
)
VERSIONS = make_append_only(
    Table(
        "licence_versions",
        metadata,
        Column("uscc", String, primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("serial", String, nullable=False),
        Column("identifier", String, nullable=False),
        Column("face", String, nullable=False),
        Column("registry_version", BigInt, nullable=False),
        Column("issued_at", Moment, nullable=False),
        Column("list_number", Integer, nullable=False),
        Column("list_index", Integer, nullable=False),
        Column("credential", String, nullable=False),
        Column("sm2_signature", Bytes, nullable=False),
        Column("previous_hash", Bytes(32), nullable=False),
        Column("row_hash", Bytes(32), nullable=False),
    )
)
lay_out(VERSIONS, uncompressed=("face", "credential"))  # every redemption reads a face; a credential does not shrink
ACTS = make_append_only(
    Table(
        "licence_acts",
        metadata,
        Column("uscc", String, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("act", String, nullable=False),
        Column("version", Integer, nullable=False),
        Column("status", String, nullable=False),
        Column("because", String, nullable=True),
        Column("actor_kind", String, nullable=False),
        Column("actor_id", String, nullable=False),
        Column("happened_at", Moment, nullable=False),
    )
)
DISPLAYS = Table(
    "licence_displays",
    metadata,
    Column("display_id", String, primary_key=True),
    Column("uscc", String, nullable=False),
)
DUE = Table(
    "licence_due",
    metadata,
    Column("uscc", String, primary_key=True),
    Column("noted_at", Moment, nullable=False),
    Column("principal_changed", Boolean, nullable=False),
)
CURRENT_HOT_SQLITE = """
    SELECT l.uscc, v.identifier, l.version, l.status, l.holds, v.face, v.registry_version, v.list_number, v.list_index
    FROM licences l JOIN licence_versions v ON v.uscc = l.uscc AND v.version = l.version
    WHERE l.uscc IN (SELECT value FROM json_each(?1))"""
CURRENT_HOT_POSTGRESQL = """
    SELECT l.uscc, v.identifier, l.version, l.status, l.holds, v.face, v.registry_version, v.list_number, v.list_index
    FROM licences l JOIN licence_versions v ON v.uscc = l.uscc AND v.version = l.version
    WHERE l.uscc = ANY($1::text[])"""


def _holds(text: str) -> frozenset[Hold]:
    return frozenset(Hold(word) for word in text.split(",") if word)


def _state_columns(state: LifeState) -> dict[str, str]:
    return {"status": state.status.value, "holds": ",".join(sorted(state.holds))}


def _licence(row: Row[Any]) -> Licence:
    return Licence(
        uscc=row.uscc,
        serial=row.serial,
        version=row.version,
        identifier=row.identifier,
        status=STATUS_OF_CODE[row.position_status],
        holds=_holds(row.holds),
        face=parse_face(row.face),
        registry_version=row.registry_version,
        issued_at=row.issued_at,
        credential=row.credential,
        sm2_signature=row.sm2_signature,
        list_number=row.list_number,
        list_index=row.list_index,
        display_id=row.display_id,
        previous_hash=row.previous_hash,
        row_hash=row.row_hash,
    )


def _head(row: Row[Any]) -> LicenceHead:
    return LicenceHead(
        uscc=row.uscc,
        version=row.version,
        state=LifeState(withdrawn=row.status == LicenceStatus.WITHDRAWN, holds=_holds(row.holds)),
        registry_version=row.registry_version,
        acts=row.acts,
        display_id=row.display_id,
    )


_WHOLE = (
    select(VERSIONS, LICENCES.c.holds, LICENCES.c.display_id, POSITIONS.c.status.label("position_status"))
    .join(LICENCES, LICENCES.c.uscc == VERSIONS.c.uscc)
    .join(
        POSITIONS,
        and_(POSITIONS.c.list_number == VERSIONS.c.list_number, POSITIONS.c.list_index == VERSIONS.c.list_index),
    )
)


class LicenceStore:
    """Reads and writes licences; verbs of this slice alone write."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.positions = PositionStore(database)

    async def now(self, connection: Transaction) -> datetime:
        """Return the store's present moment, UTC."""
        return await self._database.now(connection)

    # Reading ------------------------------------------------------------------------------------------------------

    async def current(self, connection: Transaction, uscc: str) -> Licence | None:
        """Return the current version; None when nothing was ever issued."""
        return await self._one(connection, self._current().where(VERSIONS.c.uscc == uscc))

    async def version(self, connection: Transaction, uscc: str, number: int) -> Licence | None:
        """Return one version with its own present status."""
        return await self._one(connection, _WHOLE.where(VERSIONS.c.uscc == uscc, VERSIONS.c.version == number))

    async def versions(self, connection: Transaction, uscc: str) -> list[Licence]:
        """Return every version, oldest first, each with its own present status."""
        rows = await connection.execute(_WHOLE.where(VERSIONS.c.uscc == uscc).order_by(VERSIONS.c.version))
        return [_licence(row) for row in rows]

    async def by_display(self, connection: Transaction, display_id: str) -> Licence | None:
        """Return the current version of the licence whose face QR carries this id."""
        found = self._current().join(DISPLAYS, DISPLAYS.c.uscc == VERSIONS.c.uscc)
        return await self._one(connection, found.where(DISPLAYS.c.display_id == display_id))

    async def as_of(self, connection: Transaction, uscc: str, moment: datetime) -> Licence | None:
        """Return the version that was current at a moment, with the status it had then; None before the first."""
        found = _WHOLE.where(VERSIONS.c.uscc == uscc, VERSIONS.c.issued_at <= moment)
        version = await self._one(connection, found.order_by(VERSIONS.c.version.desc()).limit(1))
        return None if version is None else as_it_was(version, await self.acts(connection, uscc), moment)

    async def acts(self, connection: Transaction, uscc: str) -> list[LifeEntry]:
        """Return the history of a licence, oldest first."""
        rows = await connection.execute(select(ACTS).where(ACTS.c.uscc == uscc).order_by(ACTS.c.number))
        return [
            LifeEntry(
                number=row.number,
                act=LifeAct(row.act),
                version=row.version,
                status=LicenceStatus(row.status),
                because=row.because,
                actor=Actor(ActorKind(row.actor_kind), row.actor_id),
                happened_at=row.happened_at,
            )
            for row in rows
        ]

    async def heads(
        self, connection: Transaction, usccs: Sequence[str], *, lock: bool = False
    ) -> dict[str, LicenceHead]:
        """Return what stands of these licences; `lock` keeps the rows for this transaction, in key order."""
        statement = select(LICENCES).where(LICENCES.c.uscc.in_(usccs)).order_by(LICENCES.c.uscc)
        rows = await connection.execute(statement.with_for_update() if lock else statement)
        return {row.uscc: _head(row) for row in rows}

    async def last_hash(self, connection: Transaction, uscc: str, number: int) -> bytes:
        """Return the hash of a version row, which the next one is chained to."""
        statement = select(VERSIONS.c.row_hash).where(VERSIONS.c.uscc == uscc, VERSIONS.c.version == number)
        found: bytes = (await connection.execute(statement)).scalar_one()
        return found

    async def row_hashes(
        self, connection: Transaction, wanted: Sequence[tuple[str, int]]
    ) -> dict[tuple[str, int], bytes]:
        """Return the hashes of those version rows, by code and number, that are there."""
        columns = (VERSIONS.c.uscc, VERSIONS.c.version, VERSIONS.c.row_hash)
        rows = await connection.execute(select(*columns).where(tuple_(*columns[:2]).in_(wanted)))
        return {(row.uscc, row.version): row.row_hash for row in rows}

    async def places(self, connection: Transaction, uscc: str) -> dict[int, Position]:
        """Return the position of every version of a licence."""
        columns = (VERSIONS.c.version, VERSIONS.c.list_number, VERSIONS.c.list_index)
        rows = await connection.execute(select(*columns).where(VERSIONS.c.uscc == uscc))
        return {row.version: (row.list_number, row.list_index) for row in rows}

    async def current_hot(self, hot: HotConnection, usccs: Iterable[str]) -> dict[str, CurrentLicence]:
        """Return the current versions for a batch in one round trip; two bodies, SECURITY.md §3.1."""
        keys = list(usccs)
        argument: object = json.dumps(keys) if hot.is_sqlite else keys
        return {
            uscc: CurrentLicence(
                uscc=uscc,
                identifier=identifier,
                version=version,
                status=LicenceStatus(status),
                held=bool(holds),
                face_json=face,
                registry_version=registry_version,
                list_number=list_number,
                list_index=list_index,
            )
            for uscc, identifier, version, status, holds, face, registry_version, list_number, list_index in (
                await hot.fetch(CURRENT_HOT_SQLITE if hot.is_sqlite else CURRENT_HOT_POSTGRESQL, argument)
            )
        }

    @staticmethod
    def _current() -> Select[Any]:
        return _WHOLE.where(VERSIONS.c.version == LICENCES.c.version)

    @staticmethod
    async def _one(connection: Transaction, statement: Select[Any]) -> Licence | None:
        row = (await connection.execute(statement)).one_or_none()
        return None if row is None else _licence(row)

    # Writing ------------------------------------------------------------------------------------------------------

    async def found(self, connection: Transaction, heads: Sequence[LicenceHead]) -> set[str]:
        """Insert the licences that are not there yet; return the USCCs that this transaction founded."""
        rows = [
            {
                "uscc": head.uscc,
                "version": head.version,
                "registry_version": head.registry_version,
                "acts": head.acts,
                "display_id": head.display_id,
                **_state_columns(head.state),
            }
            for head in heads
        ]
        made = await connection.execute(insert_once(connection, LICENCES).returning(LICENCES.c.uscc), rows)
        founded = set(made.scalars())
        pages = [{"display_id": head.display_id, "uscc": head.uscc} for head in heads if head.uscc in founded]
        if pages:
            await connection.execute(insert(DISPLAYS), pages)
        return founded

    async def add_versions(self, connection: Transaction, licences: Sequence[Licence]) -> None:
        """Append version rows. Raises VersionConflict when one of them is there already."""
        rows = [
            {
                "uscc": one.uscc,
                "version": one.version,
                "serial": one.serial,
                "identifier": one.identifier,
                "face": face_json(one.face),
                "registry_version": one.registry_version,
                "issued_at": one.issued_at,
                "list_number": one.list_number,
                "list_index": one.list_index,
                "credential": one.credential,
                "sm2_signature": one.sm2_signature,
                "previous_hash": one.previous_hash,
                "row_hash": one.row_hash,
            }
            for one in licences
        ]
        try:
            await connection.execute(insert(VERSIONS), rows)
        except IntegrityError as cause:
            raise VersionConflict(usccs=[one.uscc for one in licences][:3]) from cause

    async def move(self, connection: Transaction, before: LicenceHead, after: LicenceHead) -> None:
        """Put a new head in the place of the one that was read. Raises VersionConflict when it was not the last."""
        statement = (
            update(LICENCES)
            .where(LICENCES.c.uscc == before.uscc, LICENCES.c.acts == before.acts)
            .values(
                version=after.version,
                registry_version=after.registry_version,
                acts=after.acts,
                **_state_columns(after.state),
            )
        )
        if (await connection.execute(statement)).rowcount != 1:
            raise VersionConflict(usccs=[before.uscc])

    async def add_acts(self, connection: Transaction, entries: Sequence[tuple[str, LifeEntry]]) -> None:
        """Append acts to the histories of licences."""
        rows = [
            {
                "uscc": uscc,
                "number": entry.number,
                "act": entry.act.value,
                "version": entry.version,
                "status": entry.status.value,
                "because": entry.because,
                "actor_kind": entry.actor.kind.value,
                "actor_id": entry.actor.id,
                "happened_at": entry.happened_at,
            }
            for uscc, entry in entries
        ]
        await connection.execute(insert(ACTS), rows)

    # What must still follow the register ------------------------------------------------------------------------------

    async def note_due(self, connection: Transaction, usccs: Iterable[str], *, principal_changed: bool = False) -> None:
        """Remember that these licences must follow the register; a noted change of principal is not forgotten."""
        now = await self.now(connection)
        rows = [{"uscc": u, "noted_at": now, "principal_changed": principal_changed} for u in sorted(set(usccs))]
        moves = ["noted_at", "principal_changed"] if principal_changed else ["noted_at"]
        if rows:
            await connection.execute(upsert(connection, DUE, key=["uscc"], update=moves), rows)

    async def due(self, connection: Transaction, *, limit: int, after: Due | None = None) -> list[Due]:
        """Return the licences that have waited longest, behind `after` where it is given."""
        wanted = select(DUE).order_by(DUE.c.noted_at, DUE.c.uscc).limit(limit)
        if after is not None:
            same_moment = (DUE.c.noted_at == after.noted_at) & (DUE.c.uscc > after.uscc)
            wanted = wanted.where((DUE.c.noted_at > after.noted_at) | same_moment)
        rows = await connection.execute(wanted)
        return [Due(row.uscc, row.noted_at, row.principal_changed) for row in rows]

    async def followed(self, connection: Transaction, done: Iterable[Due]) -> None:
        """Forget what was due and has been followed; what was noted again meanwhile stays."""
        statement = delete(DUE).where(DUE.c.uscc == bindparam("who"), DUE.c.noted_at <= bindparam("seen"))
        if rows := [{"who": one.uscc, "seen": one.noted_at} for one in done]:
            await connection.execute(statement, rows)
