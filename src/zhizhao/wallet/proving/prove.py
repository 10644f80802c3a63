"""Prove a person to the holder of a key: by a slip from a window, or by a real-name check online."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from zhizhao.kernel.actor import SYSTEM, Actor, ActorKind
from zhizhao.kernel.clock import Clock
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.kernel.idcard import Document, guess_document
from zhizhao.kernel.ids import public_id
from zhizhao.kernel.text import clean_name
from zhizhao.ledger.entry import Act, Entry, new_entry
from zhizhao.storage.database import Transaction
from zhizhao.trust.keys import KeyProvider
from zhizhao.trust.sealing import Sealer
from zhizhao.wallet.begin import Begin
from zhizhao.wallet.errors import (
    RealNameUnavailable,
    SlipExpired,
    SlipMismatch,
    SlipUnknown,
    SlipUsed,
    SlipVoid,
)
from zhizhao.wallet.proving.lookup import document_lookup, slip_macs
from zhizhao.wallet.proving.make_slip import LONGEST_NAME
from zhizhao.wallet.proving.proof import Proof, ProofKind, RealNameClaim, SlipClaim
from zhizhao.wallet.real_name import RealNameProvider
from zhizhao.wallet.slip import SlipTry, parse_slip_code

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore
    from zhizhao.wallet.store import WalletStore


async def prove(
    begin: Begin,
    claim: SlipClaim | RealNameClaim,
    *,
    thumbprint: str,
    seconds: int,
    provider: RealNameProvider | None,
    store: "WalletStore",
    sealer: Sealer,
    keys: KeyProvider,
    ledger: "LedgerStore",
    clock: Clock,
) -> Proof:
    """Return a proof of the person, bound to one key and good for `seconds`.

    A slip: (1) shape of code and document, which spends nothing; (2) one statement spends a live slip whose document
    this is, or counts a wrong try, and is committed either way; (3) what gave no try is named. The key that spent a
    slip gets the same proof again, so a lost answer costs nobody a slip. A real-name check: (1), then the provider.
    Raises SlipMalformed, IdNumberMalformed, DocumentMalformed, SlipMismatch, SlipUnknown, SlipUsed, SlipExpired,
    SlipVoid, RealNameUnavailable, RealNameRefused.
    """
    document = guess_document(claim.document_number)  # (1)
    draft = _Draft(document, document_lookup(sealer, document), thumbprint, seconds)
    if isinstance(claim, SlipClaim):
        return await _by_slip(begin, claim, draft=draft, store=store, keys=keys, ledger=ledger, clock=clock)
    if provider is None:
        raise RealNameUnavailable
    name = clean_name(claim.name, longest=LONGEST_NAME)
    await provider.check(name, document)
    async with begin() as connection:
        proof = draft.proof(ProofKind.REAL_NAME, name, at=await store.proofs.now(connection))
        await store.proofs.add_proof(connection, proof)
        await ledger.append(connection, _proved(clock, proof, source=type(provider).__name__))
    return proof


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is known of a proof before its person is."""

    document: Document
    lookup: bytes
    thumbprint: str
    seconds: int

    def proof(self, kind: ProofKind, name: str, *, at: datetime) -> Proof:
        return Proof(
            proof_id=public_id("prf"),
            kind=kind,
            thumbprint=self.thumbprint,
            name=name,
            document=self.document,
            id_lookup=self.lookup,
            proved_at=at,
            expires_at=at + timedelta(seconds=self.seconds),
        )


async def _by_slip(
    begin: Begin,
    claim: SlipClaim,
    *,
    draft: _Draft,
    store: "WalletStore",
    keys: KeyProvider,
    ledger: "LedgerStore",
    clock: Clock,
) -> Proof:
    macs = slip_macs(keys, parse_slip_code(claim.code))  # (1)
    async with begin() as connection:  # (2) committed whatever comes of it
        tried = await store.proofs.try_slip(connection, macs, id_lookup=draft.lookup, thumbprint=draft.thumbprint)
        if tried is not None and tried.spent_at is not None:
            proof = draft.proof(ProofKind.SLIP, tried.name, at=tried.spent_at)
            await store.proofs.add_proof(connection, proof, slip_mac=tried.mac)
            await ledger.append(connection, _proved(clock, proof, source=tried.slip_id))
            return proof
        refusal: Proof | ZhizhaoError
        if tried is None:
            refusal = await _why_no_try(connection, macs, draft=draft, store=store)  # (3)
        else:
            refusal = await _missed(connection, tried, ledger=ledger, clock=clock)
    if isinstance(refusal, Proof):
        return refusal
    raise refusal


async def _missed(connection: Transaction, tried: SlipTry, *, ledger: "LedgerStore", clock: Clock) -> ZhizhaoError:
    """Return the refusal of a wrong document; the try that voids the slip goes to the ledger."""
    if tried.tries_left:
        return SlipMismatch(slip=tried.slip_id, tries_left=tried.tries_left)
    entry = new_entry(clock, act=Act.WALLET_SLIP_VOIDED, actor=SYSTEM, object_id=tried.slip_id)
    await ledger.append(connection, entry)
    return SlipVoid(slip=tried.slip_id)


async def _why_no_try(
    connection: Transaction, macs: tuple[bytes, ...], *, draft: _Draft, store: "WalletStore"
) -> Proof | ZhizhaoError:
    """Return the proof that this key already got from the slip, else the reason of the refusal."""
    view = await store.proofs.slip_view(connection, macs)
    if view is None:
        return SlipUnknown()
    if view.redeemed_by is not None:
        known = await store.proofs.proof_of_slip(connection, macs, thumbprint=draft.thumbprint)
        same = known is not None and known.id_lookup == draft.lookup
        return known if known is not None and same else SlipUsed()
    if view.tries_left <= 0:
        return SlipVoid()
    return SlipExpired()


def _proved(clock: Clock, proof: Proof, *, source: str) -> Entry:
    facts = {"kind": proof.kind.value, "source": source}
    actor = Actor(ActorKind.PERSON, proof.thumbprint)
    return new_entry(clock, act=Act.WALLET_PERSON_PROVED, actor=actor, object_id=proof.proof_id, facts=facts)
