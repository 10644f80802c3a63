"""Admit one request of a phone: its DPoP proof is spent, its device is read, both in one batched transaction.

The hot start of every wallet request (PERFORMANCE.md §3.1). A proof counts as spent even if the request is refused
afterwards, so nothing that was seen once can be sent again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.storage.batcher import Batcher
from zhizhao.trust.dpop import Proof, verify_proof
from zhizhao.trust.errors import TokenOutOfTime, TokenRefused
from zhizhao.wallet.device import Standing
from zhizhao.wallet.errors import DpopOutOfTime, DpopRefused, DpopReplayed

if TYPE_CHECKING:
    from zhizhao.storage.database import Database
    from zhizhao.wallet.store import WalletStore

MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Ask:
    """What a phone sent: the proof for one method and address, and the token that came with it."""

    proof: str | None
    method: str
    url: str
    token: str | None


@dataclass(frozen=True, slots=True)
class Admitted:
    """A key whose holder sent this request, now; and its device, if it has one."""

    proof: Proof
    standing: Standing | None


class AdmitLine:
    """The one line on which this worker admits requests of phones."""

    def __init__(self, *, database: "Database", store: "WalletStore") -> None:
        self._database = database
        self._store = store
        self.batcher: Batcher[Proof, Admitted] = Batcher(self.run)

    async def admit(self, ask: Ask, *, now: datetime) -> Admitted:
        """Admit a request. Raises DpopRefused, DpopOutOfTime, DpopReplayed, StoreBusy."""
        if not ask.proof:
            raise DpopRefused(reason="no DPoP header, or more than one")
        try:
            proof = verify_proof(
                ask.proof, expected_method=ask.method, expected_url=ask.url, now=now, access_token=ask.token
            )
        except TokenOutOfTime as cause:
            raise DpopOutOfTime(**cause.facts) from cause
        except TokenRefused as cause:
            raise DpopRefused(refused=cause.code, **cause.facts) from cause
        return await self.batcher.submit(proof, owner=proof.thumbprint)

    async def run(self, proofs: Sequence[Proof]) -> list[Admitted | ZhizhaoError]:
        """Spend a batch of proofs in one transaction; of two equal ones in a batch the first wins."""
        names = [(p.thumbprint, hashlib.sha256(p.jti.encode()).digest()) for p in proofs]
        rows = sorted((*name, int(p.expires_at * MICROS)) for name, p in zip(names, proofs, strict=True))
        async with self._database.hot.transaction() as hot:
            fresh = await self._store.see_hot(hot, rows)
            standings = await self._store.standing_hot(hot, [p.thumbprint for p in proofs])
        answers: list[Admitted | ZhizhaoError] = []
        for name, proof in zip(names, proofs, strict=True):
            if name in fresh:
                fresh.discard(name)
                answers.append(Admitted(proof, standings.get(proof.thumbprint)))
            else:
                answers.append(DpopReplayed(thumbprint=proof.thumbprint))
        return answers
