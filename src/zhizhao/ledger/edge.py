"""Tiles: the tree stored in complete subtrees of 16, written once when full, so that rows never change.

A tile of level k holds 16 hashes of complete subtrees of height 4·k; it is itself a complete subtree of height
4·(k + 1). What is not yet a full tile is the edge: fewer than 16 hashes at each level.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from zhizhao.ledger.tree import EMPTY_ROOT, Node, complete_root, fold

HEIGHT = 4
WIDTH = 1 << HEIGHT
HASH = 32
FIRST_LINK = bytes(HASH)
"""What the chain of the first leaf is linked to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One complete subtree of 16 hashes."""

    level: int
    number: int
    root: bytes
    hashes: bytes
    """16 hashes of 32 bytes."""


@dataclass(slots=True)
class Edge:
    """The right edge of a growing tree: the hashes of each level that do not fill a tile yet."""

    size: int = 0
    levels: list[list[bytes]] = field(default_factory=list)

    def append(self, hashed: bytes) -> list[Tile]:
        """Add one leaf hash; return the tiles that it completes, lowest first."""
        done: list[Tile] = []
        level = 0
        self.size += 1
        while True:
            if level == len(self.levels):
                self.levels.append([])
            row = self.levels[level]
            row.append(hashed)
            if len(row) < WIDTH:
                return done
            hashed = complete_root(row)
            number = (self.size >> HEIGHT * (level + 1)) - 1
            done.append(Tile(level=level, number=number, root=hashed, hashes=b"".join(row)))
            row.clear()
            level += 1

    def root(self) -> bytes:
        """Return the root of the tree."""
        peaks: list[bytes] = []
        for row in reversed(self.levels):
            start = 0
            while start < len(row):
                run = 1 << ((len(row) - start).bit_length() - 1)
                peaks.append(complete_root(row[start : start + run]))
                start += run
        return fold(peaks) if peaks else EMPTY_ROOT


@dataclass(slots=True)
class Growth:
    """A tree that grows leaf by leaf, with the chain that pins each place."""

    edge: Edge = field(default_factory=Edge)
    chain: bytes = FIRST_LINK

    def append(self, leaf: bytes) -> list[Tile]:
        """Add one leaf hash; `chain` becomes that of the new leaf. Return the tiles that it completes."""
        self.chain = link(self.chain, leaf)
        return self.edge.append(leaf)


def link(before: bytes, leaf: bytes) -> bytes:
    """Return the chain at a leaf: SHA-256(chain before ‖ leaf hash)."""
    return hashlib.sha256(before + leaf).digest()


def edge_levels(size: int) -> list[range]:
    """Return, for each level of a tree, the positions of the hashes that do not fill a tile."""
    levels: list[range] = []
    count = size
    while count:
        levels.append(range(count - count % WIDTH, count))
        count >>= HEIGHT
    return levels


class Place(NamedTuple):
    """Where a complete subtree stands: a run of 1, 2, 4 or 8 positions of one level, inside one tile."""

    level: int
    start: int
    run: int

    @property
    def tile(self) -> int:
        """Return the number of the tile that holds the run, or will."""
        return self.start >> HEIGHT

    @property
    def positions(self) -> range:
        """Return the positions of the run."""
        return range(self.start, self.start + self.run)

    def is_full(self, size: int) -> bool:
        """Say whether that tile is complete in a tree of this size."""
        return (self.tile + 1) << HEIGHT * (self.level + 1) <= size

    def cut(self, hashes: bytes) -> list[bytes]:
        """Return the run's hashes from the tile's."""
        first = (self.start % WIDTH) * HASH
        return [hashes[at : at + HASH] for at in range(first, first + self.run * HASH, HASH)]


def place_of(node: Node) -> Place:
    """Return where a complete subtree stands."""
    height, index = node
    level, low = divmod(height, HEIGHT)
    return Place(level=level, start=index << low, run=1 << low)


def split(hashes: bytes) -> Sequence[bytes]:
    """Return the hashes of a tile one by one."""
    return [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
