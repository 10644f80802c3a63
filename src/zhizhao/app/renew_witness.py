"""Let a witness begin anew whose memory was lost, on the record (SECURITY.md §2 T11).

An empty witness cannot tell a ledger that was rewritten from one that was not. So nothing is issued on its word alone:
a person says how the memory was lost, and that statement stands in the ledger for ever.
"""

from zhizhao.app.parts import Parts
from zhizhao.ledger.countersign import countersign
from zhizhao.ledger.entry import Act, new_entry
from zhizhao.ledger.errors import WitnessRefused
from zhizhao.ledger.seal import seal
from zhizhao.ledger.witness import FileWitness


async def renew_witness(parts: Parts, reason: str) -> int:
    """Return how many leaves the witness holds now. Raises WitnessRefused: it remembers all it was shown."""
    witness = FileWitness(parts.settings.witness_path())
    last = await witness.last()
    async with parts.database.write() as connection:
        before = await parts.ledger.last_witnessed(connection)
        if last is not None and (before is None or last.size >= before.size):
            raise WitnessRefused(reason="it remembers and goes on by itself", witnessed=last.size)
        entry = new_entry(
            parts.clock,
            act=Act.OPERATOR_WITNESS_RENEWED,
            actor=parts.actor,
            object_id="witness",
            because=reason,
            facts={"witnessed": before.size if before else 0, "left": last.size if last else 0},
        )
        await parts.ledger.append(connection, entry)
    await seal(parts.database, store=parts.ledger, keys=parts.keys)
    return await countersign(parts.database, store=parts.ledger, keys=parts.keys, witness=witness, anew=True)
