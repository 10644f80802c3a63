"""Check the whole ledger: re-derive everything from the entries up and name the first place that differs.

Plan. The outside witness is asked first, then the store is read at one moment, in stretches of bounded size:
(1) each leaf's number, entry, body, hash and chain; (2) each stored tile against the leaves; (3) each head: signature,
columns, order, the head before, and the root of its size; (4) each witnessed head against the same tree; (5) that
nothing is cut off at the end; (6) entries that wait for their seal. The first finding by leaf number is raised.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from zhizhao.ledger.check_heads import HeadLine
from zhizhao.ledger.check_witness import WitnessLine
from zhizhao.ledger.diagnose import Scene, diagnose, first_difference
from zhizhao.ledger.edge import HASH, HEIGHT, WIDTH, Growth, Tile, split
from zhizhao.ledger.errors import LedgerBroken
from zhizhao.ledger.finding import Defect, Finding, Part
from zhizhao.ledger.tree import complete_root, leaf_hash
from zhizhao.ledger.walk import names, walk
from zhizhao.ledger.witness import Witness
from zhizhao.storage.database import Database, Transaction
from zhizhao.trust.keys import KeyProvider

if TYPE_CHECKING:
    from zhizhao.ledger.store import Counts, LedgerStore

STRETCH = 4096
"""Leaves read at once; a multiple of 256, so that tiles end with it."""
NEIGHBOURHOOD = 4096
"""How far a displaced leaf is looked for."""
ORPHANS = 1000


Told = Callable[[int, int], None]
"""Hears how many leaves are done, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A ledger that is whole; only `check` makes it."""

    entries: int
    leaves: int
    waiting: int
    """Entries that wait for their seal."""
    heads: int
    head_size: int
    """Leaves under the newest head."""
    head_at: datetime | None
    root: bytes | None
    witnessed: int
    """Leaves under the newest head that the witness holds."""


@dataclass(slots=True)
class _State:
    """Where the check is."""

    counts: "Counts"
    heads: HeadLine
    witness: WitnessLine
    growth: Growth = field(default_factory=Growth)
    findings: list[Finding] = field(default_factory=list)


async def check(
    database: Database,
    *,
    store: "LedgerStore",
    keys: KeyProvider,
    witness: Witness | None,
    told: Told = lambda _done, _of: None,
) -> Report:
    """Return what a whole ledger holds. Raises LedgerBroken with the first finding.

    `witness=None` leaves step (4) out: a cut end or a re-signed
    fork then goes unnoticed (a negative control in the tests; the command line never does it).
    """
    line = await WitnessLine.opened(witness)
    async with database.read() as connection:
        await store.hold_still(connection)
        counts = await store.counts(connection)
        state = _State(counts=counts, heads=HeadLine(keys), witness=line)
        while state.growth.edge.size < counts.end and not state.findings:
            await _stretch(connection, state, store=store)
            told(state.growth.edge.size, counts.end)
        if not state.findings:
            await _end(connection, state, store=store)
        if state.findings:
            raise LedgerBroken(finding=min(state.findings, key=_place))
    newest = state.heads.last
    return Report(
        entries=counts.entries,
        leaves=counts.leaves,
        waiting=counts.waiting,
        heads=state.heads.count,
        head_size=newest.size if newest else 0,
        head_at=newest.at if newest else None,
        root=newest.root if newest else None,
        witnessed=line.last_size,
    )


def _place(finding: Finding) -> tuple[int, int]:
    """Order findings: by first leaf, the narrower before the wider."""
    return finding.leaf, finding.until


async def _stretch(connection: Transaction, state: _State, *, store: "LedgerStore") -> None:
    """Check one stretch of leaves with its tiles, heads and witnessed heads."""
    start = state.growth.edge.size
    end = start + STRETCH
    rows = await store.sealed(connection, start, end=end)
    heads = await store.heads_between(connection, start, end=end)
    seen = state.witness.between(end)
    sizes = sorted({size for size, _, _ in heads} | {line.size for line in seen})
    steps = walk(rows, state.growth, sizes=sizes)
    tiles = await _tiles(connection, steps.tiles, store=store)
    if steps.stopped or (not rows and start < state.counts.end):
        state.findings.append(diagnose(await _scene(connection, state, store=store)))
    heads_found = state.heads.check(heads, roots=steps.roots)
    state.findings += _settle(tiles, heads_found)
    if not state.findings:
        state.findings += state.witness.check(seen, roots=steps.roots, heads=state.heads.lately)


def _settle(tiles: list[Finding], heads: list[Finding]) -> list[Finding]:
    """Let signed heads judge: where leaf and tile differ under a root that differs too, the leaf is the wrong one."""
    roots = [finding for finding in heads if finding.part is Part.LEAF]
    settled = heads[:]
    for tile in tiles:
        judged = next((r for r in roots if r.leaf <= tile.leaf <= r.until), None)
        if judged is None:
            settled.append(tile)
            continue
        settled.remove(judged)
        roots.remove(judged)
        settled.append(
            Finding(
                part=Part.LEAF,
                defect=Defect.CHANGED,
                leaf=tile.leaf,
                until=tile.leaf,
                detail="tile and root",
                head=judged.head,
            )
        )
    return settled


async def _tiles(connection: Transaction, computed: Sequence[Tile], *, store: "LedgerStore") -> list[Finding]:
    """Compare stored tiles with computed ones, all that the stretch completes; return the first that differs."""
    findings: list[Finding] = []
    by_level: dict[int, list[Tile]] = {}
    for tile in computed:
        by_level.setdefault(tile.level, []).append(tile)
    for level, tiles in sorted(by_level.items()):
        first, last = tiles[0].number, tiles[-1].number
        rows = await store.tiles_between(connection, level, start=first, end=last + 1)
        stored = {number: (root, hashes) for number, root, hashes in rows}
        findings += [found for tile in tiles if (found := _tile(tile, stored.get(tile.number)))]
        if findings:  # what differs below differs above too
            return sorted(findings, key=_place)[:1]
    return []


def _tile(tile: Tile, stored: tuple[bytes, bytes] | None) -> Finding | None:
    if stored == (tile.root, tile.hashes):
        return None
    start, covered = tile.number << HEIGHT * (tile.level + 1), 1 << HEIGHT * (tile.level + 1)
    detail, defect = "root", Defect.CHANGED
    if stored is None:
        detail, defect = "tile", Defect.REMOVED
    elif stored[1] != tile.hashes:
        detail, covered = "hashes", 1 << HEIGHT * tile.level
        start += first_difference(stored[1], tile.hashes) * covered
    detail = f"level {tile.level} {detail}"
    return Finding(part=Part.TILE, defect=defect, leaf=start, until=start + covered - 1, detail=detail)


async def _scene(connection: Transaction, state: _State, *, store: "LedgerStore") -> Scene:
    """Read what stands around the place where the walk stopped."""
    number = state.growth.edge.size
    rows = await store.sealed(connection, number, end=number + NEIGHBOURHOOD)
    if not rows and number < state.counts.end:
        rows = await store.sealed(connection, number, end=state.counts.end)
    wanted = max(state.counts.head, state.witness.last_size)
    return Scene(
        number=number,
        chain=state.growth.chain,
        rows=rows,
        tile=await _tile_hash(connection, number, store=store),
        orphans=await store.orphans(connection, limit=ORPHANS),
        surplus=state.counts.leaves - wanted,
    )


async def _tile_hash(connection: Transaction, number: int, *, store: "LedgerStore") -> bytes | None:
    """Return a leaf's hash from its tile, if that is there and sound in itself."""
    at = number // WIDTH
    rows = await store.tiles_between(connection, 0, start=at, end=at + 1)
    if not rows:
        return None
    _, root, hashes = rows[0]
    if len(hashes) != WIDTH * HASH or complete_root(split(hashes)) != root:
        return None
    return bytes(split(hashes)[number % WIDTH])


async def _end(connection: Transaction, state: _State, *, store: "LedgerStore") -> None:
    """Check the end: (5) nothing cut off, no head or tile too many; (6) what waits."""
    size = state.growth.edge.size
    later = await store.heads_between(connection, size, end=1 << 62)
    state.findings += state.heads.end(size, later=[row[0] for row in later], witnessed=state.witness.last_size)
    state.findings += state.witness.end(size, heads=state.heads, now=await store.now(connection))
    state.findings += await _memory(connection, state, store=store)
    state.findings += _surplus_tiles(state.counts.tiles, size)
    state.findings += await _unsealed(connection, state, store=store)


async def _memory(connection: Transaction, state: _State, *, store: "LedgerStore") -> list[Finding]:
    """Check that the witness holds what it once held; it is asked again: more may have been shown meanwhile."""
    before = await store.last_witnessed(connection)
    if before is None or not await state.witness.forgot(before.size):
        return []
    return [
        Finding(
            part=Part.WITNESS,
            defect=Defect.REMOVED,
            leaf=state.witness.last_size,
            until=before.size - 1,
            detail="it held more before",
        )
    ]


def _surplus_tiles(found: int, size: int) -> list[Finding]:
    """Find tiles that no leaf completes; missing ones were found along the way."""
    wanted, count = 0, size >> HEIGHT
    while count:
        wanted += count
        count >>= HEIGHT
    if found <= wanted:
        return []
    return [Finding(part=Part.TILE, defect=Defect.INSERTED, leaf=size, until=size, detail="surplus")]


async def _unsealed(connection: Transaction, state: _State, *, store: "LedgerStore") -> list[Finding]:
    """Check the entries that wait, and that every entry is sealed or waits."""
    size = state.growth.edge.size
    findings: list[Finding] = []
    for entry_id, body, hashed, number in await store.waiting(connection):
        if number is not None:
            findings.append(_unsealed_at(number, Defect.INSERTED, entry_id, detail="sealed and waiting"))
        elif body is None:
            findings.append(_unsealed_at(size, Defect.REMOVED, entry_id, detail="before its seal"))
        elif leaf_hash(body) != hashed or not names(body, entry_id):
            findings.append(_unsealed_at(size, Defect.CHANGED, entry_id, detail="before its seal"))
    if not findings and state.counts.entries != state.counts.leaves + state.counts.waiting:
        for entry_id, _ in await store.orphans(connection, limit=1):
            findings.append(_unsealed_at(size, Defect.INSERTED, entry_id, detail="neither sealed nor waiting"))
    return findings[:1]


def _unsealed_at(number: int, defect: Defect, entry_id: Any, *, detail: str) -> Finding:
    return Finding(
        part=Part.ENTRY, defect=defect, leaf=number, until=number, detail=detail, entry_id=UUID(bytes=entry_id)
    )
