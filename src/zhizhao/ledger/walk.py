"""Walk along the leaves and recompute: hashes, chain, tiles, roots. Pure; the reading is `check.py`'s.

The walk stops at the first row that is not what the row before promises, and leaves the diagnosis to `diagnose.py`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from zhizhao.ledger.edge import Growth, Tile

_sha256 = hashlib.sha256


class _Named(msgspec.Struct):
    id: str


_decode = msgspec.json.Decoder(_Named).decode


def names(body: bytes, entry_id: bytes) -> bool:
    """Say whether a body is that of the entry of this id."""
    try:
        return _decode(body).id == entry_id.hex()
    except msgspec.DecodeError:
        return False


@dataclass(slots=True)
class Steps:
    """What one stretch of the walk gave."""

    tiles: list[Tile] = field(default_factory=list)
    """Tiles that the leaves complete, as they must be stored."""
    roots: dict[int, bytes] = field(default_factory=dict)
    """Root at each size that was asked for."""
    stopped: bool = False
    """The row at `growth.edge.size` is not the one that must follow."""


def walk(rows: Sequence[Any], growth: Growth, *, sizes: Iterable[int]) -> Steps:
    """Add rows (number, entry id, chain, body, leaf hash) to a tree, noting its root at `sizes`, in rising order."""
    steps = Steps()
    start = 0
    for size in (*sizes, growth.edge.size + len(rows)):
        stretch = rows[start : start + size - growth.edge.size]
        start += len(stretch)
        if not _stretch(stretch, growth, tiles=steps.tiles):
            steps.stopped = True
            return steps
        if growth.edge.size == size:
            steps.roots[size] = growth.edge.root()
    return steps


def _stretch(rows: Sequence[Any], growth: Growth, *, tiles: list[Tile]) -> bool:
    """Add rows as long as they are right; say whether all were."""
    number, chain = growth.edge.size, growth.chain
    append = growth.edge.append
    for found, entry_id, stored, body, leaf in rows:
        if found != number or body is None or _sha256(b"\x00" + body).digest() != leaf or not names(body, entry_id):
            return False
        link = _sha256(chain + leaf).digest()
        if link != stored:
            return False
        chain = growth.chain = link
        if done := append(leaf):
            tiles += done
        number += 1
    return True
