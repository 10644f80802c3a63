"""The tree against a literal reading of RFC 6962 §2.1 and the published vectors of its implementations."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizhao.ledger import tree
from zhizhao.ledger.edge import WIDTH, Edge, Tile, edge_levels, place_of, split
from zhizhao.ledger.errors import ProofInvalid

# Test data of the certificate-transparency implementations: inputs, and the root after each of them.
VECTOR_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
VECTOR_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n]) word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = naive_split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_split(n: int) -> int:
    """Return the largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n]) word for word."""
    n = len(leaves)
    if n == 1:
        return []
    k = naive_split(n)
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: Sequence[bytes], *, known: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) word for word."""
    n = len(leaves)
    if m == n:
        return [] if known else [naive_root(leaves)]
    k = naive_split(n)
    if m <= k:
        return [*naive_subproof(m, leaves[:k], known=known), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], known=False), naive_root(leaves[:k])]


def bodies(count: int) -> list[bytes]:
    """Make distinct leaves."""
    return [b"leaf %d" % n for n in range(count)]


def grown(leaves: Sequence[bytes]) -> tuple[Edge, dict[tuple[int, int], Tile]]:
    """Grow an edge, keep the tiles it gave."""
    edge = Edge()
    tiles = {}
    for leaf in leaves:
        for tile in edge.append(tree.leaf_hash(leaf)):
            assert (tile.level, tile.number) not in tiles
            tiles[tile.level, tile.number] = tile
    return edge, tiles


def lookup(leaves: Sequence[bytes], node: tree.Node) -> bytes:
    """Hash a complete subtree the slow way."""
    height, index = node
    part = leaves[index << height : (index + 1) << height]
    assert len(part) == 1 << height
    return naive_root(part)


class TestRoots:
    """Every way to the root."""

    def test_published_vectors(self) -> None:
        """The roots after each published input."""
        leaves = [bytes.fromhex(text) for text in VECTOR_LEAVES]
        assert tree.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        for count, root in enumerate(VECTOR_ROOTS, 1):
            assert grown(leaves[:count])[0].root().hex() == root
            assert naive_root(leaves[:count]).hex() == root

    def test_published_inclusion_path(self) -> None:
        """The published audit path of the first leaf in the tree of eight."""
        leaves = [bytes.fromhex(text) for text in VECTOR_LEAVES]
        path = tree.resolve(tree.plan_inclusion(0, 8), lambda node: lookup(leaves, node))
        assert [step.hex() for step in path] == [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]

    @pytest.mark.parametrize("count", [*range(70), 255, 256, 257, 511, 4095, 4096, 4097])
    def test_edge_and_plan_give_the_naive_root(self, count: int) -> None:
        """The growing edge and the planned peaks agree with the recursive definition."""
        leaves = bodies(count)
        edge, tiles = grown(leaves)
        assert edge.root() == naive_root(leaves)
        if count:
            assert tree.fold([lookup(leaves, node) for node in tree.plan_root(count)]) == naive_root(leaves)
        assert [len(row) for row in edge.levels] == [len(r) for r in edge_levels(count)] + [0] * (
            len(edge.levels) - len(edge_levels(count))
        )
        assert len(tiles) == sum(count >> 4 * k for k in range(1, 8))

    def test_tiles_hold_the_subtrees(self) -> None:
        """A tile's hashes and root are those of the complete subtrees it stands for."""
        leaves = bodies(16 * 16 + 40)
        _, tiles = grown(leaves)
        for (level, number), tile in tiles.items():
            height = 4 * level
            assert split(tile.hashes) == [lookup(leaves, (height, number * WIDTH + n)) for n in range(WIDTH)]
            assert tile.root == lookup(leaves, (height + 4, number))

    @given(height=st.integers(0, 11), index=st.integers(0, 100))
    def test_place_of_a_node(self, height: int, index: int) -> None:
        """A complete subtree is a run inside one tile, covering the same leaves."""
        place = place_of((height, index))
        assert place.start << 4 * place.level == index << height
        assert place.run << 4 * place.level == 1 << height
        assert place.tile == (place.start + place.run - 1) // WIDTH


class TestInclusion:
    """Audit paths."""

    @pytest.mark.parametrize("size", [*range(1, 40), 63, 64, 65, 100])
    def test_every_leaf(self, size: int) -> None:
        """The planned path is the definition's and leads to the root."""
        leaves = bodies(size)
        root = naive_root(leaves)
        for number in range(size):
            path = tree.resolve(tree.plan_inclusion(number, size), lambda node: lookup(leaves, node))
            assert list(path) == naive_path(number, leaves)
            hashed = tree.leaf_hash(leaves[number])
            tree.require_inclusion(hashed, number=number, size=size, path=path, expected_root=root)

    @given(size=st.integers(1, 60), data=st.data())
    def test_any_change_is_refused(self, size: int, data: st.DataObject) -> None:
        """Another leaf, place, root, or a longer, shorter or changed path does not pass."""
        leaves = bodies(size)
        root = naive_root(leaves)
        number = data.draw(st.integers(0, size - 1))
        path = tuple(naive_path(number, leaves))
        hashed = tree.leaf_hash(leaves[number])
        wrong: list[tuple[bytes, int, tuple[bytes, ...], bytes]] = [
            (b"x" * 32, number, path, root),
            (hashed, number, (*path, root), root),
            (hashed, number, path, b"y" * 32),
            (hashed, size, path, root),
            (hashed, -1, path, root),
        ]
        wrong += [(hashed, other, path, root) for other in range(size) if other != number]
        wrong += [(hashed, number, path[:at] + path[at + 1 :], root) for at in range(len(path))]
        wrong += [(hashed, number, (*path[:at], b"z" * 32, *path[at + 1 :]), root) for at in range(len(path))]
        for leaf, place, steps, expected in wrong:
            with pytest.raises(ProofInvalid):
                tree.require_inclusion(leaf, number=place, size=size, path=steps, expected_root=expected)

    @pytest.mark.parametrize(("number", "size"), [(0, 0), (1, 1), (-1, 5), (9, 5)])
    def test_no_plan_for_no_leaf(self, number: int, size: int) -> None:
        """A leaf outside the tree has no path."""
        with pytest.raises(ProofInvalid):
            tree.plan_inclusion(number, size)


class TestConsistency:
    """Proofs that a tree only grew."""

    @pytest.mark.parametrize("size", [*range(1, 40), 64, 65])
    def test_every_earlier_size(self, size: int) -> None:
        """The planned proof is the definition's and is accepted."""
        leaves = bodies(size)
        for old in range(1, size + 1):
            path = tree.resolve(tree.plan_consistency(old, size), lambda node: lookup(leaves, node))
            assert list(path) == naive_subproof(old, leaves, known=True)
            tree.require_consistency(
                old=old,
                expected_old_root=naive_root(leaves[:old]),
                size=size,
                expected_root=naive_root(leaves),
                path=path,
            )

    @given(size=st.integers(2, 60), data=st.data())
    def test_another_history_is_refused(self, size: int, data: st.DataObject) -> None:
        """A tree in which one of the old leaves differs has no proof; nor has a damaged path."""
        leaves = bodies(size)
        old = data.draw(st.integers(1, size))
        victim = data.draw(st.integers(0, old - 1))
        forged = [*leaves[:victim], b"forged", *leaves[victim + 1 :]]
        honest, path = naive_root(leaves[:old]), naive_subproof(old, forged, known=True)
        good = naive_subproof(old, leaves, known=True)
        cases = [(path, naive_root(forged)), (good, naive_root(forged)), ([*good, honest], naive_root(leaves))]
        cases += [(good[:at] + good[at + 1 :], naive_root(leaves)) for at in range(len(good))]
        cases += [([*good[:at], b"z" * 32, *good[at + 1 :]], naive_root(leaves)) for at in range(len(good))]
        for steps, root in cases:
            with pytest.raises(ProofInvalid):
                tree.require_consistency(old=old, expected_old_root=honest, size=size, expected_root=root, path=steps)

    @pytest.mark.parametrize(("old", "size"), [(0, 5), (6, 5), (-1, 5)])
    def test_no_earlier_tree(self, old: int, size: int) -> None:
        """A larger or empty earlier tree has neither plan nor proof."""
        with pytest.raises(ProofInvalid):
            tree.plan_consistency(old, size)
        with pytest.raises(ProofInvalid):
            tree.require_consistency(old=old, expected_old_root=b"", size=size, expected_root=b"", path=[])
