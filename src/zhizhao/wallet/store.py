"""Tables of people, devices, copies and seen DPoP proofs; names and numbers are sealed.

Whatever may happen once is one conditional statement with RETURNING (SECURITY.md §3.1); life and expiry are the
store's clock. `id_lookup` is the keyed MAC of a document number, made by the caller.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    Row,
    Table,
    UniqueConstraint,
    case,
    delete,
    select,
    update,
)

from zhizhao.kernel.clock import from_micros
from zhizhao.kernel.idcard import Document, DocumentKind
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.hot import HotConnection
from zhizhao.storage.schema import BigInt, Bytes, Moment, String, metadata
from zhizhao.storage.sqltext import insert_once, upsert
from zhizhao.wallet.device import Device, DeviceState, Standing, sources_of
from zhizhao.wallet.entitlement import HolderRole
from zhizhao.wallet.holding import Copy, Holding
from zhizhao.wallet.person import Person
from zhizhao.wallet.pin import DELAYS, PinTry, PinView
from zhizhao.wallet.proving.proof import Proof
from zhizhao.wallet.proving.store import ProofStore

if TYPE_CHECKING:
    from zhizhao.trust.sealing import Sealer

PERSON = Table(
    "wallet_person",
    metadata,
    Column("person_id", String, primary_key=True),
    Column("document_kind", String, nullable=False),
    Column("id_lookup", Bytes(32), nullable=False, unique=True),
    Column("name", Bytes, nullable=False),
    Column("number", Bytes, nullable=False),
    Column("devices_made", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
)
DEVICE = Table(
    "wallet_device",
    metadata,
    Column("device_id", String, primary_key=True),
    Column("person_id", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("label", String, nullable=False),
    Column("thumbprint", String, nullable=False, unique=True),
    Column("public_jwk", String, nullable=False),
    Column("state", String, nullable=False),
    Column("pin_hash", String, nullable=False),
    Column("pin_failures", Integer, nullable=False),
    Column("next_try_at", BigInt, nullable=False),
    Column("proved_at", Moment, nullable=False),
    Column("enrolled_at", Moment, nullable=False),
    Column("ended_at", Moment),
    UniqueConstraint("person_id", "number"),
)
COPY = Table(
    "wallet_copy",
    metadata,
    Column("uscc", String, primary_key=True),
    Column("device_id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("role", String, nullable=False),
    Column("mandate_id", String),
    Column("declaration", String, nullable=False),
    Column("declared_at", Moment, nullable=False),
    Column("downloaded_at", Moment, nullable=False),
    Index("ix_wallet_copy_device_id", "device_id"),
)
SEEN = Table(
    "wallet_dpop_seen",
    metadata,
    Column("thumbprint", String, primary_key=True),
    Column("jti_hash", Bytes(32), primary_key=True),
    Column("expires_at", Moment, nullable=False),
)
HOLDING = """
SELECT d.device_id, c.uscc, d.person_id, p.id_lookup, d.state, c.version, c.role, c.mandate_id
  FROM {source} JOIN wallet_device d ON d.device_id = a.device_id JOIN wallet_person p ON p.person_id = d.person_id
  JOIN wallet_copy c ON c.uscc = a.uscc AND c.device_id = a.device_id
"""
HOLDING_POSTGRESQL = HOLDING.format(source="unnest($1::text[], $2::text[]) AS a(device_id, uscc)")
HOLDING_SQLITE = HOLDING.format(source="(SELECT ?1 AS device_id, ?2 AS uscc) a")
SEE_POSTGRESQL = """
INSERT INTO wallet_dpop_seen (thumbprint, jti_hash, expires_at)
SELECT * FROM unnest($1::text[], $2::bytea[], $3::bigint[]) AS a(t, j, e) ORDER BY t, j
ON CONFLICT DO NOTHING RETURNING thumbprint, jti_hash
"""
SEE_SQLITE = """
INSERT INTO wallet_dpop_seen (thumbprint, jti_hash, expires_at) VALUES (?1, ?2, ?3)
ON CONFLICT DO NOTHING RETURNING thumbprint, jti_hash
"""


STANDING = """
SELECT d.device_id, d.person_id, d.number, d.label, d.thumbprint, d.public_jwk, d.state, d.pin_failures, d.proved_at,
       d.enrolled_at, d.ended_at, p.name, p.document_kind, p.id_lookup
  FROM wallet_device d JOIN wallet_person p ON p.person_id = d.person_id WHERE d.thumbprint {one_of}
"""
STANDING_POSTGRESQL = STANDING.format(one_of="= ANY($1::text[])")
STANDING_SQLITE = STANDING.format(one_of="IN (SELECT value FROM json_each(?1))")
DEVICE_COLUMNS = tuple(c for c in DEVICE.c if c.name not in {"pin_hash", "next_try_at"})
MICROSECONDS = 1_000_000


class WalletStore:
    """Reads and writes of the wallet; seals names and numbers on the way in, opens them on the way out."""

    def __init__(self, database: Database, sealer: "Sealer") -> None:
        self._now = database.now_column()
        self._sealer = sealer
        self.proofs = ProofStore(database, sealer)
        """Slips and proofs."""

    # ---------------------------------------------------------------- people

    async def person(self, connection: Transaction, person_id: str) -> Person | None:
        """Return the person of an internal id."""
        return await self._one_person(connection, PERSON.c.person_id == person_id)

    async def person_by_document(self, connection: Transaction, id_lookup: bytes) -> Person | None:
        """Return the person with a document."""
        return await self._one_person(connection, PERSON.c.id_lookup == id_lookup)

    async def _one_person(self, connection: Transaction, which: ColumnElement[bool]) -> Person | None:
        columns = (PERSON.c.person_id, PERSON.c.name, PERSON.c.document_kind, PERSON.c.id_lookup)
        row = (await connection.execute(select(*columns).where(which))).one_or_none()
        if row is None:
            return None
        return Person(
            person_id=row.person_id,
            name=self._opened(PERSON, "name", row.id_lookup, row.name),
            document_kind=DocumentKind(row.document_kind),
            id_lookup=row.id_lookup,
        )

    async def document_of(self, connection: Transaction, person_id: str) -> Document:
        """Return a person's document; for the rules of a new PIN only."""
        columns = (PERSON.c.number, PERSON.c.id_lookup, PERSON.c.document_kind)
        row = (await connection.execute(select(*columns).where(PERSON.c.person_id == person_id))).one()
        number = self._opened(PERSON, "number", row.id_lookup, row.number)
        return Document(kind=DocumentKind(row.document_kind), number=number)

    async def count_device(self, connection: Transaction, proof: Proof, *, new_id: str) -> tuple[str, int]:
        """Make the person if new and take the next device number; return (person id, number), one row locked."""
        row = {
            "person_id": new_id,
            "document_kind": proof.document.kind,
            "id_lookup": proof.id_lookup,
            "name": self._sealed(PERSON, "name", proof.id_lookup, proof.name),
            "number": self._sealed(PERSON, "number", proof.id_lookup, proof.document.number),
            "devices_made": 0,
            "created_at": self._now,
        }
        await connection.execute(insert_once(connection, PERSON).values(row))
        values = {"devices_made": PERSON.c.devices_made + 1, "name": row["name"]}
        counted = update(PERSON).where(PERSON.c.id_lookup == proof.id_lookup).values(values)
        found = (await connection.execute(counted.returning(PERSON.c.person_id, PERSON.c.devices_made))).one()
        return found.person_id, int(found.devices_made)

    # ---------------------------------------------------------------- devices

    async def add_device(self, connection: Transaction, device: Device, *, pin_hash: str) -> bool:
        """Add a device; say whether its key was free."""
        row = {
            "device_id": device.device_id,
            "person_id": device.person_id,
            "number": device.number,
            "label": device.label,
            "thumbprint": device.thumbprint,
            "public_jwk": json.dumps(dict(device.public_jwk)),
            "state": device.state,
            "pin_hash": pin_hash,
            "pin_failures": 0,
            "next_try_at": 0,
            "proved_at": device.proved_at,
            "enrolled_at": device.enrolled_at,
        }
        return (await connection.execute(insert_once(connection, DEVICE).values(row))).rowcount == 1

    async def device_by_key(self, connection: Transaction, thumbprint: str) -> Device | None:
        """Return the device with a key."""
        row = (await connection.execute(select(*DEVICE_COLUMNS).where(DEVICE.c.thumbprint == thumbprint))).one_or_none()
        return None if row is None else _device(row)

    async def devices_of(self, connection: Transaction, person_id: str) -> list[Device]:
        """Return a person's devices, the newest first."""
        query = select(*DEVICE_COLUMNS).where(DEVICE.c.person_id == person_id).order_by(DEVICE.c.number.desc())
        return [_device(row) for row in await connection.execute(query)]

    async def retire_below(self, connection: Transaction, person_id: str, *, number: int) -> list[str]:
        """Retire a person's devices up to a number; return those that lived."""
        old = (DEVICE.c.person_id == person_id) & (DEVICE.c.number <= number)
        return await self._move(connection, old, DeviceState.RETIRED)

    async def revoke(self, connection: Transaction, person_id: str, *, device_id: str) -> bool:
        """Sign one of a person's devices off; say whether it lived."""
        own = (DEVICE.c.person_id == person_id) & (DEVICE.c.device_id == device_id)
        return bool(await self._move(connection, own, DeviceState.REVOKED))

    async def freeze(self, connection: Transaction, person_id: str) -> list[str]:
        """Freeze every active device of a person; return them."""
        return await self._move(connection, DEVICE.c.person_id == person_id, DeviceState.FROZEN)

    async def unfreeze(self, connection: Transaction, device_id: str, *, proved_at: datetime) -> bool:
        """Make a frozen device active after its owner was proved; say whether it was frozen."""
        moved = await self._move(connection, DEVICE.c.device_id == device_id, DeviceState.ACTIVE)
        await self.note_proved(connection, device_id, proved_at=proved_at)
        return bool(moved)

    async def note_proved(self, connection: Transaction, device_id: str, *, proved_at: datetime) -> None:
        """Note when a device's owner was last proved."""
        await connection.execute(update(DEVICE).where(DEVICE.c.device_id == device_id).values(proved_at=proved_at))

    async def _move(self, connection: Transaction, which: ColumnElement[bool], to: DeviceState) -> list[str]:
        values: dict[str, Any] = {"state": to}
        if to in {DeviceState.RETIRED, DeviceState.REVOKED}:
            values["ended_at"] = self._now
        statement = update(DEVICE).where(which, DEVICE.c.state.in_(sources_of(to))).values(values)
        return list((await connection.execute(statement.returning(DEVICE.c.device_id))).scalars())

    # ---------------------------------------------------------------- PIN

    async def take_try(self, connection: Transaction, device_id: str, *, limit: int) -> PinTry | None:
        """Count one try for a device's PIN before it is looked at; None: locked, or to wait, or not active."""
        count = DEVICE.c.pin_failures + 1
        delay = case(DELAYS, value=count, else_=DELAYS[max(DELAYS)]) * MICROSECONDS
        open_ = (DEVICE.c.state == DeviceState.ACTIVE, DEVICE.c.pin_failures < limit, DEVICE.c.next_try_at <= self._now)
        statement = update(DEVICE).where(DEVICE.c.device_id == device_id, *open_)
        statement = statement.values(pin_failures=count, next_try_at=self._now + delay)
        taken = await connection.execute(statement.returning(DEVICE.c.pin_hash, DEVICE.c.pin_failures))
        row = taken.one_or_none()
        return None if row is None else PinTry(pin_hash=row.pin_hash, failures=row.pin_failures)

    async def pin_view(self, connection: Transaction, device_id: str) -> PinView:
        """Return why no try is given now."""
        wait = DEVICE.c.next_try_at - self._now
        row = (
            await connection.execute(select(DEVICE.c.pin_failures, wait).where(DEVICE.c.device_id == device_id))
        ).one()
        return PinView(failures=row[0], wait_seconds=max(0, -(-int(row[1]) // MICROSECONDS)))

    async def forgive(self, connection: Transaction, device_id: str, *, pin_hash: str) -> bool:
        """Forget the wrong tries after a right one; False when the device or its PIN changed meanwhile."""
        same = (DEVICE.c.device_id == device_id, DEVICE.c.pin_hash == pin_hash, DEVICE.c.state == DeviceState.ACTIVE)
        statement = update(DEVICE).where(*same).values(pin_failures=0, next_try_at=0)
        return (await connection.execute(statement)).rowcount == 1

    async def set_pin(self, connection: Transaction, device_id: str, *, pin_hash: str) -> None:
        """Give a device another PIN and a clean count."""
        values = {"pin_hash": pin_hash, "pin_failures": 0, "next_try_at": 0}
        await connection.execute(update(DEVICE).where(DEVICE.c.device_id == device_id).values(values))

    # ---------------------------------------------------------------- copies

    async def keep_copy(self, connection: Transaction, copy: Copy) -> None:
        """Bind a version to a device, in place of an earlier one."""
        row = {name: getattr(copy, name) for name in COPY.c.keys()}  # noqa: SIM118 a collection of columns, not a dict
        update_ = [name for name in row if name not in {"uscc", "device_id"}]
        await connection.execute(upsert(connection, COPY, key=("uscc", "device_id"), update=update_).values(row))

    async def copies_on(self, connection: Transaction, device_id: str) -> list[Copy]:
        """Return the copies on a device."""
        rows = await connection.execute(select(*COPY.c).where(COPY.c.device_id == device_id).order_by(COPY.c.uscc))
        return [_copy(row) for row in rows]

    async def copy(self, connection: Transaction, uscc: str, *, device_id: str) -> Copy | None:
        """Return one copy on a device."""
        query = select(*COPY.c).where(COPY.c.uscc == uscc, COPY.c.device_id == device_id)
        row = (await connection.execute(query)).one_or_none()
        return None if row is None else _copy(row)

    # ---------------------------------------------------------------- retention

    async def forget(self, connection: Transaction) -> int:
        """Delete what is past its life: DPoP proofs, proofs of persons, slips; say how many rows went."""
        seen = await connection.execute(delete(SEEN).where(SEEN.c.expires_at < self._now))
        return seen.rowcount + await self.proofs.forget(connection)

    # ---------------------------------------------------------------- hot paths

    async def holding_hot(self, hot: HotConnection, asks: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Holding]:
        """Return by (device id, uscc) who holds the copy there and how the device stands; absent: no copy."""
        if hot.is_sqlite:
            rows = [row for rows in await hot.fetch_each(HOLDING_SQLITE, asks) for row in rows]
        else:
            rows = list(await hot.fetch(HOLDING_POSTGRESQL, [d for d, _ in asks], [u for _, u in asks]))
        return {(r[0], r[1]): _holding(r) for r in rows}

    async def standing_hot(self, hot: HotConnection, thumbprints: Sequence[str]) -> dict[str, Standing]:
        """Return by thumbprint the device of a key and its owner; a key without a device is absent."""
        keys = sorted(set(thumbprints))
        wanted: object = json.dumps(keys) if hot.is_sqlite else keys
        rows = await hot.fetch(STANDING_SQLITE if hot.is_sqlite else STANDING_POSTGRESQL, wanted)
        return {row[4]: self._standing(row) for row in rows}

    def _standing(self, row: Sequence[Any]) -> Standing:
        lookup = bytes(row[13])
        device = Device(
            device_id=row[0],
            person_id=row[1],
            number=row[2],
            label=row[3],
            thumbprint=row[4],
            public_jwk=json.loads(row[5]),
            state=DeviceState(row[6]),
            pin_failures=row[7],
            proved_at=from_micros(row[8]),
            enrolled_at=from_micros(row[9]),
            ended_at=None if row[10] is None else from_micros(row[10]),
        )
        name = self._opened(PERSON, "name", lookup, bytes(row[11]))
        person = Person(person_id=row[1], name=name, document_kind=DocumentKind(row[12]), id_lookup=lookup)
        return Standing(device, person)

    async def see_hot(self, hot: HotConnection, seen: Sequence[tuple[str, bytes, int]]) -> set[tuple[str, bytes]]:
        """Note DPoP proofs (thumbprint, SHA-256 of jti, expiry in microseconds); return those that were new."""
        if hot.is_sqlite:
            rows = [row for rows in await hot.fetch_each(SEE_SQLITE, seen) for row in rows]
        else:
            rows = list(await hot.fetch(SEE_POSTGRESQL, *(list(column) for column in zip(*seen, strict=True))))
        return {(r[0], bytes(r[1])) for r in rows}

    def _sealed(self, table: Table, column: str, row: bytes, text: str) -> bytes:
        return self._sealer.seal(text, table=table.name, column=column, row=row.hex())

    def _opened(self, table: Table, column: str, row: bytes, sealed: bytes) -> str:
        return self._sealer.open(sealed, table=table.name, column=column, row=row.hex())


def _device(row: Row[Any]) -> Device:
    values = dict(row._mapping)  # noqa: SLF001 SQLAlchemy's documented accessor of a row's names
    return Device(**{**values, "public_jwk": json.loads(values["public_jwk"]), "state": DeviceState(values["state"])})


def _copy(row: Row[Any]) -> Copy:
    values = dict(row._mapping)  # noqa: SLF001 as above
    return Copy(**{**values, "role": HolderRole(values["role"])})


def _holding(row: Sequence[Any]) -> Holding:
    return Holding(
        device_id=row[0],
        person_id=row[2],
        id_lookup=bytes(row[3]),
        device_state=DeviceState(row[4]),
        version=row[5],
        role=HolderRole(row[6]),
        mandate_id=row[7],
    )
