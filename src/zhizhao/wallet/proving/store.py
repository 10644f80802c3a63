"""Tables of slips and proofs; names and numbers are sealed, codes are kept as keyed MACs only.

Whatever may happen once is one conditional statement with RETURNING (SECURITY.md §3.1); life and expiry are the
store's clock. `id_lookup` is the keyed MAC of a document number, made by the caller.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ColumnElement, Index, Integer, Row, Table, case, delete, insert, null, select, update

from zhizhao.kernel.idcard import Document, DocumentKind
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.schema import Bytes, Moment, String, metadata
from zhizhao.wallet.proving.proof import Proof, ProofKind
from zhizhao.wallet.slip import TRIES, Slip, SlipTry, SlipView

if TYPE_CHECKING:
    from zhizhao.trust.sealing import Sealer

SLIP = Table(
    "wallet_slip",
    metadata,
    Column("slip_mac", Bytes(32), primary_key=True),
    Column("slip_id", String, nullable=False),
    Column("document_kind", String, nullable=False),
    Column("id_lookup", Bytes(32), nullable=False),
    Column("name", Bytes, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("redeemed_at", Moment),
    Column("redeemed_by", String),
)
PROOF = Table(
    "wallet_proof",
    metadata,
    Column("proof_id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("thumbprint", String, nullable=False),
    Column("document_kind", String, nullable=False),
    Column("id_lookup", Bytes(32), nullable=False),
    Column("name", Bytes, nullable=False),
    Column("number", Bytes, nullable=False),
    Column("slip_mac", Bytes(32)),
    Column("proved_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("ix_wallet_proof_slip_mac", "slip_mac"),
)
SLIP_KEPT_MICROSECONDS = 7 * 24 * 3600 * 1_000_000
"""How long an expired slip still answers "used" or "expired" instead of "unknown"."""
PROOF_COLUMNS = tuple(c for c in PROOF.c if c.name not in {"slip_mac", "used_at"})


class ProofStore:
    """Reads and writes of slips and proofs."""

    def __init__(self, database: Database, sealer: "Sealer") -> None:
        self._database = database
        self._now = database.now_column()
        self._sealer = sealer

    async def now(self, connection: Transaction) -> datetime:
        """Return the store's present moment, UTC."""
        return await self._database.now(connection)

    async def add_slip(self, connection: Transaction, slip: Slip, *, mac: bytes, name: str, id_lookup: bytes) -> None:
        """Keep a slip by the MAC of its code."""
        row = {
            "slip_mac": mac,
            "slip_id": slip.slip_id,
            "document_kind": slip.document_kind,
            "id_lookup": id_lookup,
            "name": self._sealed(SLIP, "name", mac, name),
            "made_by": f"{slip.made_by.kind}:{slip.made_by.id}",
            "made_at": slip.made_at,
            "expires_at": slip.expires_at,
            "tries_left": TRIES,
        }
        await connection.execute(insert(SLIP).values(row))

    async def try_slip(
        self, connection: Transaction, macs: Sequence[bytes], *, id_lookup: bytes, thumbprint: str
    ) -> SlipTry | None:
        """Spend a live slip if the document is its own, else count the wrong try: one statement does either."""
        fits = SLIP.c.id_lookup == id_lookup
        live = (SLIP.c.redeemed_at.is_(None), SLIP.c.tries_left > 0, SLIP.c.expires_at > self._now)
        statement = update(SLIP).where(SLIP.c.slip_mac.in_(macs), *live)
        statement = statement.values(
            redeemed_at=case((fits, self._now), else_=null()),
            redeemed_by=case((fits, thumbprint), else_=null()),
            tries_left=SLIP.c.tries_left - case((fits, 0), else_=1),
        )
        columns = (SLIP.c.slip_mac, SLIP.c.slip_id, SLIP.c.name, SLIP.c.document_kind, SLIP.c.tries_left)
        row = (await connection.execute(statement.returning(*columns, SLIP.c.redeemed_at))).one_or_none()
        if row is None:
            return None
        return SlipTry(
            slip_id=row.slip_id,
            mac=row.slip_mac,
            name=self._opened(SLIP, "name", row.slip_mac, row.name),
            document_kind=DocumentKind(row.document_kind),
            tries_left=row.tries_left,
            spent_at=row.redeemed_at,
        )

    async def slip_view(self, connection: Transaction, macs: Sequence[bytes]) -> SlipView | None:
        """Return where a slip stands; None: there is none."""
        columns = ((SLIP.c.expires_at <= self._now).label("expired"), SLIP.c.tries_left, SLIP.c.redeemed_by)
        row = (await connection.execute(select(*columns).where(SLIP.c.slip_mac.in_(macs)))).one_or_none()
        if row is None:
            return None
        return SlipView(expired=bool(row.expired), tries_left=row.tries_left, redeemed_by=row.redeemed_by)

    async def add_proof(self, connection: Transaction, proof: Proof, *, slip_mac: bytes | None = None) -> None:
        """Keep a proof for the key that asked."""
        row = {
            "proof_id": proof.proof_id,
            "kind": proof.kind,
            "thumbprint": proof.thumbprint,
            "document_kind": proof.document.kind,
            "id_lookup": proof.id_lookup,
            "name": self._sealed(PROOF, "name", proof.id_lookup, proof.name),
            "number": self._sealed(PROOF, "number", proof.id_lookup, proof.document.number),
            "slip_mac": slip_mac,
            "proved_at": proof.proved_at,
            "expires_at": proof.expires_at,
        }
        await connection.execute(insert(PROOF).values(row))

    async def proof(self, connection: Transaction, proof_id: str, *, thumbprint: str) -> Proof | None:
        """Return a live proof of this key without using it."""
        query = select(*PROOF_COLUMNS).where(PROOF.c.proof_id == proof_id, *self._live(thumbprint))
        row = (await connection.execute(query)).one_or_none()
        return None if row is None else self._proof(row)

    async def proof_of_slip(self, connection: Transaction, macs: Sequence[bytes], *, thumbprint: str) -> Proof | None:
        """Return the live proof that this key got from this slip: the answer to a repeated request."""
        query = select(*PROOF_COLUMNS).where(PROOF.c.slip_mac.in_(macs), *self._live(thumbprint))
        row = (await connection.execute(query)).one_or_none()
        return None if row is None else self._proof(row)

    async def use_proof(self, connection: Transaction, proof_id: str, *, thumbprint: str) -> Proof | None:
        """Use a proof up; None: unknown, used, too old, or of another key."""
        statement = update(PROOF).where(PROOF.c.proof_id == proof_id, *self._live(thumbprint)).values(used_at=self._now)
        row = (await connection.execute(statement.returning(*PROOF_COLUMNS))).one_or_none()
        return None if row is None else self._proof(row)

    def _live(self, thumbprint: str) -> tuple[ColumnElement[bool], ...]:
        return PROOF.c.thumbprint == thumbprint, PROOF.c.used_at.is_(None), PROOF.c.expires_at > self._now

    def _proof(self, row: Row[Any]) -> Proof:
        number = self._opened(PROOF, "number", row.id_lookup, row.number)
        return Proof(
            proof_id=row.proof_id,
            kind=ProofKind(row.kind),
            thumbprint=row.thumbprint,
            name=self._opened(PROOF, "name", row.id_lookup, row.name),
            document=Document(kind=DocumentKind(row.document_kind), number=number),
            id_lookup=row.id_lookup,
            proved_at=row.proved_at,
            expires_at=row.expires_at,
        )

    async def forget(self, connection: Transaction) -> int:
        """Delete proofs past their life and slips a week past theirs; say how many rows went."""
        proofs = await connection.execute(delete(PROOF).where(PROOF.c.expires_at < self._now))
        slips = await connection.execute(delete(SLIP).where(SLIP.c.expires_at < self._now - SLIP_KEPT_MICROSECONDS))
        return proofs.rowcount + slips.rowcount

    def _sealed(self, table: Table, column: str, row: bytes, text: str) -> bytes:
        return self._sealer.seal(text, table=table.name, column=column, row=row.hex())

    def _opened(self, table: Table, column: str, row: bytes, sealed: bytes) -> str:
        return self._sealer.open(sealed, table=table.name, column=column, row=row.hex())
