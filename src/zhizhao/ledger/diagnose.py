"""Say what was done at the place where the walk stopped. Pure: it is handed the rows around."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from zhizhao.ledger.edge import link
from zhizhao.ledger.finding import Defect, Finding, Part
from zhizhao.ledger.tree import leaf_hash
from zhizhao.ledger.walk import names


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What stands where the walk stopped."""

    number: int
    """The leaf that must come next."""
    chain: bytes
    """Chain at the leaf before; what is right up to here."""
    rows: Sequence[Any]
    """The stored rows from there on, as far as was read: number, entry id, chain, body, leaf hash."""
    tile: bytes | None
    """The leaf's hash as its full, sound tile keeps it; None: there is no such tile."""
    orphans: Sequence[Any]
    """Entries that no leaf names: id, leaf hash."""
    surplus: int
    """Leaves that there are more (or, negative, fewer) than the largest signed head says."""


def diagnose(scene: Scene) -> Finding:
    """Return the finding at a scene. Asks, in order: (1) is there a row, (2) its entry, (3) its body, (4) its order."""
    steps: Sequence[Callable[[Scene], Finding | None]] = (_no_row, _no_entry, _other_body, _only_the_chain, _moved)
    for step in steps:
        if found := step(scene):
            return found
    return _replaced(scene)


def _at(scene: Scene, part: Part, defect: Defect, *, detail: str, entry_id: bytes | None = None) -> Finding:
    named = UUID(bytes=entry_id) if entry_id is not None and len(entry_id) == 16 else None  # noqa: PLR2004 a UUID
    return Finding(part=part, defect=defect, leaf=scene.number, until=scene.number, detail=detail, entry_id=named)


def _no_row(scene: Scene) -> Finding | None:
    """(1) The number is missing: the end is cut off, or one leaf was taken out."""
    if not scene.rows:
        return _at(scene, Part.LEAF, Defect.CUT_OFF, detail="number")
    if scene.rows[0][0] == scene.number:
        return None
    first_link = scene.rows[0][2]
    for orphan_id, hashed in scene.orphans:  # its entry may still be there
        if hashed == scene.tile or link(link(scene.chain, hashed), scene.rows[0][4] or b"") == first_link:
            return _at(scene, Part.LEAF, Defect.REMOVED, detail="number", entry_id=orphan_id)
    return _at(scene, Part.LEAF, Defect.REMOVED, detail="number")


def _no_entry(scene: Scene) -> Finding | None:
    """(2) The leaf names an entry that is not there: it was removed, or the leaf names another one."""
    _, entry_id, stored, body, hashed = scene.rows[0]
    if body is not None and hashed is not None:
        return None
    for orphan_id, orphan_hash in scene.orphans:
        if link(scene.chain, orphan_hash) == stored:
            return _at(scene, Part.LEAF, Defect.CHANGED, detail="entry_id", entry_id=orphan_id)
    return _at(scene, Part.ENTRY, Defect.REMOVED, detail="entry", entry_id=entry_id)


def _other_body(scene: Scene) -> Finding | None:
    """(3) Body, hash and id of the entry do not belong together."""
    _, entry_id, stored, body, hashed = scene.rows[0]
    if leaf_hash(body) != hashed:
        right = link(scene.chain, leaf_hash(body)) == stored or leaf_hash(body) == scene.tile
        return _at(scene, Part.ENTRY, Defect.CHANGED, detail="leaf_hash" if right else "body", entry_id=entry_id)
    if not names(body, entry_id) and link(scene.chain, hashed) == stored:
        return _at(scene, Part.ENTRY, Defect.CHANGED, detail="entry_id", entry_id=entry_id)
    return None


def _only_the_chain(scene: Scene) -> Finding | None:
    """(4a) The entry is the right one, the chain beside it is not."""
    _, entry_id, _, _, hashed = scene.rows[0]
    following = scene.rows[1] if len(scene.rows) > 1 else None
    goes_on = (
        following is not None
        and following[4] is not None
        and link(link(scene.chain, hashed), following[4]) == following[2]
    )
    last_in_place = following is None and scene.surplus == 0 and scene.tile is None
    if hashed == scene.tile or (scene.tile is None and (goes_on or last_in_place)):
        return _at(scene, Part.LEAF, Defect.CHANGED, detail="chain", entry_id=entry_id)
    return None


def _moved(scene: Scene) -> Finding | None:
    """(4b) The right leaf stands further on: others were put before it, or they changed places."""
    _, entry_id, stored, _, _ = scene.rows[0]
    for place, (_, _, chain, _, hashed) in enumerate(scene.rows[1:], 1):
        if hashed is None:
            continue
        linked = link(scene.chain, hashed)
        if hashed == scene.tile or linked in (stored, chain):
            defect = Defect.INSERTED if scene.surplus >= place else Defect.REORDERED
            return _at(scene, Part.LEAF, defect, detail="order", entry_id=entry_id)
    return None


def _replaced(scene: Scene) -> Finding:
    """(4c) The right leaf is nowhere."""
    _, entry_id, _, _, _ = scene.rows[0]
    if scene.surplus < 0:
        return _at(scene, Part.LEAF, Defect.REMOVED, detail="order")
    defect = Defect.INSERTED if scene.surplus > 0 else Defect.CHANGED
    return _at(scene, Part.LEAF, defect, detail="order", entry_id=entry_id)


def first_difference(stored: bytes, computed: bytes) -> int:
    """Return the place of the first 32-byte hash in which two tiles differ."""
    for place in range(0, max(len(stored), len(computed)), hashlib.sha256().digest_size):
        if stored[place : place + 32] != computed[place : place + 32]:
            return place // 32
    return 0
