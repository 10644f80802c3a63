"""Proving a person, and what needs nothing but a proof: information, proofs, the phone's own loss."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from zhizhao.kernel.clock import Clock, rfc3339
from zhizhao.kernel.text import mask_name
from zhizhao.wallet.admit import Admitted
from zhizhao.wallet.holding import DECLARATION_VERSION
from zhizhao.wallet.pin import DIGITS
from zhizhao.wallet.proving.proof import RealNameClaim, SlipClaim
from zhizhao.web.guards import PUBLIC
from zhizhao.web.wallet.api.bodies import InfoBody, ProofBody, RealNameProofBody, SlipProofBody
from zhizhao.web.wallet.callers import WALLET
from zhizhao.web.wallet.verbs import WalletVerbs


@get("/info", permission=PUBLIC, tags=["begin"])
async def info(clock: NamedDependency[Clock], wallet_verbs: NamedDependency[WalletVerbs]) -> InfoBody:
    """Say what a client must know before it begins."""
    return InfoBody(
        declaration=DECLARATION_VERSION,
        real_name=wallet_verbs.real_name,
        code_seconds=wallet_verbs.code_seconds,
        pin_digits=DIGITS,
        time=rfc3339(clock.now()),
    )


@post("/proofs", tags=["begin"], **WALLET)
async def prove(
    data: JSONBody[SlipProofBody | RealNameProofBody],
    holder: NamedDependency[Admitted],
    wallet_verbs: NamedDependency[WalletVerbs],
) -> ProofBody:
    """Prove a person to the key of the DPoP proof, by a slip or by a real-name check.

    A slip is spent by the first key whose document number fits; that key may repeat the request and gets the same
    proof. The proof is used once: to register a device, set a new PIN, revive a frozen device or unfreeze a licence.
    """
    if isinstance(data, SlipProofBody):
        claim: SlipClaim | RealNameClaim = SlipClaim(code=data.slip, document_number=data.id_number)
    else:
        claim = RealNameClaim(name=data.name, document_number=data.id_number)
    proof = await wallet_verbs.prove(claim, holder.proof.thumbprint)
    return ProofBody(
        proof=proof.proof_id,
        kind=proof.kind.value,
        name=mask_name(proof.name),
        expires_at=rfc3339(proof.expires_at),
    )
