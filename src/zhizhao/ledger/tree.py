"""The Merkle tree of RFC 6962 §2.1, pure: hashes, which nodes a proof needs, and checking proofs.

A complete subtree is named `(height, index)`: it covers the leaves `index << height` up to `(index + 1) << height`.
Proofs are planned as rows of such names, so that a store can fetch them all at once; each row folds into one hash.
"""

import hashlib
from collections.abc import Callable, Sequence

from zhizhao.ledger.errors import ProofInvalid

Node = tuple[int, int]
"""A complete subtree: its height (0: one leaf) and its index from the left."""
Plan = list[list[Node]]
"""One list of complete subtrees, largest first, for each hash of a proof."""

_sha256 = hashlib.sha256
EMPTY_ROOT = _sha256(b"").digest()
"""Root of the tree without leaves."""


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 ‖ body)."""
    return _sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node: SHA-256(0x01 ‖ left ‖ right)."""
    return _sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over hashes whose number is a power of two."""
    row = list(hashes)
    while len(row) > 1:
        pairs = iter(row)
        row = [_sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return row[0]


def fold(peaks: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees in falling size, the right edge of a tree."""
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def peaks_between(start: int, end: int) -> list[Node]:
    """Return the complete subtrees that cover leaves `start` up to `end`, where no larger one begins at `start`."""
    peaks: list[Node] = []
    while start < end:
        height = (end - start).bit_length() - 1
        peaks.append((height, start >> height))
        start += 1 << height
    return peaks


def plan_root(size: int) -> list[Node]:
    """Return the complete subtrees whose fold is the root of the first `size` leaves."""
    return peaks_between(0, size)


def plan_inclusion(number: int, size: int) -> Plan:
    """Return what the audit path of a leaf needs, leaf side first (RFC 6962 §2.1.1). Raises ProofInvalid."""
    if not 0 <= number < size:
        raise ProofInvalid(reason="no such leaf", number=number, size=size)
    path: Plan = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if number < middle:
            path.append(peaks_between(middle, end))
            end = middle
        else:
            path.append(peaks_between(start, middle))
            start = middle
    return path[::-1]


def plan_consistency(old: int, size: int) -> Plan:
    """Return what the proof that `old` leaves begin `size` leaves needs (RFC 6962 §2.1.2). Raises ProofInvalid."""
    if not 0 < old <= size:
        raise ProofInvalid(reason="no such earlier tree", old=old, size=size)
    path: Plan = []
    start, end = 0, size
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(peaks_between(middle, end))
            end = middle
        else:
            path.append(peaks_between(start, middle))
            start = middle
    if start:  # the verifier does not know this subtree; when it is the whole old tree, he does
        path.append(peaks_between(start, end))
    return path[::-1]


def _split(count: int) -> int:
    """Return the largest power of two below a count above 1."""
    return 1 << ((count - 1).bit_length() - 1)


def resolve(plan: Plan, node: Callable[[Node], bytes]) -> tuple[bytes, ...]:
    """Return the hashes of a proof from its plan and a look-up of complete subtrees."""
    return tuple(fold([node(name) for name in row]) for row in plan)


def require_inclusion(hashed: bytes, *, number: int, size: int, path: Sequence[bytes], expected_root: bytes) -> None:
    """Check an audit path (RFC 9162 §2.1.3.2). Raises ProofInvalid."""
    if not 0 <= number < size:
        raise ProofInvalid(reason="no such leaf", number=number, size=size)
    place, last, root = number, size - 1, hashed
    for sibling in path:
        if last == 0:
            raise ProofInvalid(reason="path too long")
        if place & 1 or place == last:
            root = node_hash(sibling, root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        place, last = place >> 1, last >> 1
    if last != 0 or root != expected_root:
        raise ProofInvalid(reason="path does not lead to the root", number=number, size=size)


def require_consistency(
    *, old: int, expected_old_root: bytes, size: int, expected_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the first `old` of `size` leaves are unchanged (RFC 9162 §2.1.4.2). Raises ProofInvalid."""
    if not 0 < old <= size:
        raise ProofInvalid(reason="no such earlier tree", old=old, size=size)
    if old == size:
        if path or expected_old_root != expected_root:
            raise ProofInvalid(reason="two trees of one size", size=size)
        return
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, expected_old_root)
    if not steps:
        raise ProofInvalid(reason="empty path", old=old, size=size)
    found = _climb(steps, place=old - 1, last=size - 1)
    if found != (expected_old_root, expected_root):
        raise ProofInvalid(reason="the earlier tree does not begin the later one", old=old, size=size)


def _climb(steps: Sequence[bytes], *, place: int, last: int) -> tuple[bytes, bytes]:
    """Return the old and the new root that a consistency path computes."""
    while place & 1:
        place, last = place >> 1, last >> 1
    old_root = new_root = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            raise ProofInvalid(reason="path too long")
        if place & 1 or place == last:
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_root = node_hash(new_root, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ProofInvalid(reason="path too short")
    return old_root, new_root
