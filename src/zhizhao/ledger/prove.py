"""Prove that an entry is in the tree, and that a later tree contains an earlier one; each reads O(log n) rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhizhao.ledger.edge import Place, place_of
from zhizhao.ledger.errors import LedgerBroken
from zhizhao.ledger.tree import Node, Plan, complete_root, plan_consistency, plan_inclusion, plan_root, resolve
from zhizhao.storage.database import Transaction

if TYPE_CHECKING:
    from zhizhao.ledger.store import LedgerStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """That a leaf is in the tree of a size; checked with `tree.require_inclusion` or any RFC 6962 verifier."""

    number: int
    """The leaf's number, from 0."""
    size: int
    """Leaves in the tree; a signed head of this size holds the root."""
    path: tuple[bytes, ...]
    """Audit path of RFC 6962 §2.1.1."""


async def prove_inclusion(connection: Transaction, number: int, *, size: int, store: "LedgerStore") -> Inclusion:
    """Return the audit path of a leaf in the tree of `size` leaves. Raises ProofInvalid: no such leaf there."""
    plan = plan_inclusion(number, size)
    return Inclusion(number=number, size=size, path=await _hashes(connection, plan, size=size, store=store))


async def prove_consistency(connection: Transaction, old: int, *, size: int, store: "LedgerStore") -> tuple[bytes, ...]:
    """Return the proof of RFC 6962 §2.1.2 that the first `old` of `size` leaves are the earlier tree."""
    return await _hashes(connection, plan_consistency(old, size), size=size, store=store)


async def root_at(connection: Transaction, size: int, *, store: "LedgerStore") -> bytes:
    """Return the root of the first `size` leaves, one at least."""
    (root,) = await _hashes(connection, [plan_root(size)], size=size, store=store)
    return root


async def _hashes(connection: Transaction, plan: Plan, *, size: int, store: "LedgerStore") -> tuple[bytes, ...]:
    nodes = {node for row in plan for node in row}
    found = await _nodes(connection, nodes, size=size, store=store)
    return resolve(plan, found.__getitem__)


async def _nodes(
    connection: Transaction, nodes: Iterable[Node], *, size: int, store: "LedgerStore"
) -> dict[Node, bytes]:
    """Read complete subtrees: from full tiles, and at the edge from the roots of the tiles below or the leaves."""
    places = {node: place_of(node) for node in nodes}
    full = [place for place in places.values() if place.is_full(size)]
    edge = [place for place in places.values() if not place.is_full(size)]
    leaves = [at for place in edge if not place.level for at in place.positions]
    rows = await store.pieces(
        connection,
        tiles={(place.level, place.tile) for place in full},
        roots={(place.level - 1, at) for place in edge if place.level for at in place.positions},
        leaves=range(min(leaves), max(leaves) + 1) if leaves else range(0),
    )
    found = {(kind, level, number): content for kind, level, number, content in rows}
    try:
        return {node: complete_root(_row(place, found, full=place.is_full(size))) for node, place in places.items()}
    except KeyError as cause:
        raise LedgerBroken(reason="a tile or leaf of the tree is missing; run audit check", place=cause.args) from cause


def _row(place: Place, found: Mapping[tuple[str, int, int], bytes], *, full: bool) -> Sequence[bytes]:
    if full:
        return place.cut(found["tile", place.level, place.tile])
    if place.level:
        return [found["root", place.level - 1, at] for at in place.positions]
    return [found["leaf", 0, at] for at in place.positions]
