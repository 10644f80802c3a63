"""What an insider does to a ledger: every table in memory, changed at random, written back past all triggers."""

import random
import sqlite3
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from factories.ledgers import an_entry
from zhizhao.kernel.clock import HeldClock
from zhizhao.ledger.edge import Growth
from zhizhao.ledger.finding import Defect, Finding, Part
from zhizhao.ledger.head import read_head, sign_head
from zhizhao.storage.database import Database
from zhizhao.storage.schema import metadata
from zhizhao.storage.sqltext import insert_many
from zhizhao.trust.keys import KeyProvider

TABLES = {
    "ledger_entry": "entry_id, body, leaf_hash",
    "ledger_waiting": "entry_id",
    "ledger_leaf": "number, entry_id, chain",
    "ledger_tile": "level, number, root, hashes",
    "ledger_head": "size, root, token",
}
FORGED = HeldClock(datetime(2027, 1, 1, tzinfo=UTC))


@dataclass(slots=True)
class Book:
    """A ledger's rows, and the witness's lines."""

    entries: list[list[Any]]
    waiting: list[list[Any]]
    leaves: list[list[Any]]
    tiles: list[list[Any]]
    heads: list[list[Any]]
    witness: list[bytes]
    by_id: dict[bytes, list[Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, connection: sqlite3.Connection, witness: Path) -> "Book":
        """Read a SQLite ledger."""
        rows = []
        for table, columns in TABLES.items():
            order = "1, 2" if "," in columns else "1"
            found = connection.execute(f"SELECT {columns} FROM {table} ORDER BY {order}")  # noqa: S608 our own names
            rows.append([list(row) for row in found])
        return cls(*rows, witness=witness.read_bytes().splitlines(keepends=True))

    def copy(self) -> "Book":
        """Return a copy to tamper with."""
        book = deepcopy(self)
        book.by_id = {row[0]: row for row in book.entries}
        return book

    def write(self, connection: sqlite3.Connection, witness: Path) -> None:
        """Put these rows in place of what is there."""
        everything = (self.entries, self.waiting, self.leaves, self.tiles, self.heads)
        connection.execute("BEGIN IMMEDIATE")
        for (table, columns), rows in zip(TABLES.items(), everything, strict=True):
            marks = ", ".join("?" for _ in columns.split(","))
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 the test's own names
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 the test's own names
        connection.execute("COMMIT")
        witness.write_bytes(b"".join(self.witness))

    async def write_to(self, database: Database, witness: Path) -> None:
        """Put these rows in place of what is there, in a store of either kind whose triggers are gone."""
        everything = (self.entries, self.waiting, self.leaves, self.tiles, self.heads)
        async with database.write() as connection:
            for (name, columns), rows in zip(TABLES.items(), everything, strict=True):
                await connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 the test's own names
                table = metadata.tables[name]
                await insert_many(connection, table, columns=columns.split(", "), rows=rows)
        witness.write_bytes(b"".join(self.witness))

    def entry(self, number: int) -> list[Any]:
        """Return the entry of a leaf."""
        return self.by_id[self.leaves[number][1]]

    def renumber(self) -> None:
        """Give the leaves numbers as they stand."""
        for number, leaf in enumerate(self.leaves):
            leaf[0] = number

    def regrow(self, *, tiles: bool = True) -> dict[int, bytes]:
        """Recompute chain and tiles from what the leaves name; return the root at each head's size."""
        growth, roots = Growth(), {}
        sizes = {head[0] for head in self.heads}
        grown = []
        for leaf in self.leaves:
            grown += growth.append(self.by_id[leaf[1]][2])
            leaf[2] = growth.chain
            if growth.edge.size in sizes:
                roots[growth.edge.size] = growth.edge.root()
        if tiles:
            self.tiles = [[t.level, t.number, t.root, t.hashes] for t in grown]
        return roots

    def resign(self, keys: KeyProvider, roots: dict[int, bytes], *, start: int = 0) -> None:
        """Sign the heads from a place on again, as somebody with the ledger key can."""
        previous = read_head(self.heads[start - 1][2], keys=keys).token_hash if start else None
        for row in self.heads[start:]:
            at = read_head(row[2], keys=keys).at
            head = sign_head(keys, size=row[0], root=roots[row[0]], at=at, previous=previous)
            row[1], row[2], previous = head.root, head.token, head.token_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What was done, and which findings name it rightly."""

    what: str
    leaf: int
    """The first leaf concerned."""
    names: frozenset[tuple[Part, Defect]]
    exact: bool = True
    """The finding must name this very leaf, not only a range that holds it."""

    def is_told_by(self, finding: Finding) -> bool:
        """Say whether a finding names the place and the sort of what was done."""
        placed = (
            finding.leaf == finding.until == self.leaf if self.exact else finding.leaf <= self.leaf <= finding.until
        )
        return placed and (finding.part, finding.defect) in self.names


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Change one bit."""
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def truth(what: str, leaf: int, *names: tuple[Part, Defect], exact: bool = True) -> Truth:
    """Shorten the writing below."""
    return Truth(what=what, leaf=leaf, names=frozenset(names), exact=exact)


def forged_entry(number: int) -> list[Any]:
    """Make an entry that never happened."""
    made = an_entry(FORGED, 1_000_000 + number)
    return [made.entry_id.bytes, made.body, made.leaf_hash]


Mutation = Callable[[Book, random.Random, KeyProvider], Truth]
MUTATIONS: list[Mutation] = []


def mutation(function: Mutation) -> Mutation:
    """Put a mutation on the list."""
    MUTATIONS.append(function)
    return function


def a_leaf(book: Book, chance: random.Random) -> int:
    """Choose a leaf."""
    return chance.randrange(len(book.leaves))


def two(book: Book, chance: random.Random) -> tuple[int, int]:
    """Choose two leaves, in order."""
    first, second = sorted(chance.sample(range(len(book.leaves)), 2))
    return first, second


def head_start(book: Book, place: int) -> int:
    """Return the first leaf that a head was the first to cover."""
    return int(book.heads[place - 1][0]) if place else 0


@mutation
def flip_body(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """One bit of what was done."""
    n = a_leaf(book, chance)
    book.entry(n)[1] = flipped(book.entry(n)[1], chance)
    return truth("body", n, (Part.ENTRY, Defect.CHANGED))


@mutation
def flip_hash(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """One bit of an entry's hash."""
    n = a_leaf(book, chance)
    book.entry(n)[2] = flipped(book.entry(n)[2], chance)
    return truth("hash", n, (Part.ENTRY, Defect.CHANGED))


@mutation
def other_body(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Another act under the same id, its hash fitting."""
    n = a_leaf(book, chance)
    book.entry(n)[1:] = forged_entry(n)[1:]
    return truth("other body", n, (Part.LEAF, Defect.CHANGED), (Part.ENTRY, Defect.CHANGED))


@mutation
def flip_leaf_entry(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Let a leaf name an entry that does not exist."""
    n = a_leaf(book, chance)
    book.leaves[n][1] = flipped(book.leaves[n][1], chance)
    return truth("leaf's entry", n, (Part.LEAF, Defect.CHANGED))


@mutation
def rename_entry(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Another id for an entry and its leaf, so that receipts no longer find it."""
    n = a_leaf(book, chance)
    other = flipped(book.leaves[n][1], chance)
    book.entry(n)[0] = book.leaves[n][1] = other
    return truth("entry's name", n, (Part.ENTRY, Defect.CHANGED))


@mutation
def flip_chain(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """One bit of the chain."""
    n = a_leaf(book, chance)
    book.leaves[n][2] = flipped(book.leaves[n][2], chance)
    return truth("chain", n, (Part.LEAF, Defect.CHANGED))


@mutation
def flip_tile(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """One bit of a stored subtree."""
    row = chance.choice(book.tiles)
    before = row[3]
    row[3] = flipped(before, chance)
    inside = next(k for k in range(16) if row[3][k * 32 : k * 32 + 32] != before[k * 32 : k * 32 + 32])
    return truth("tile", (row[1] * 16 + inside) << 4 * row[0], (Part.TILE, Defect.CHANGED), exact=not row[0])


@mutation
def flip_tile_root(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """One bit of a subtree's root."""
    row = chance.choice(book.tiles)
    row[2] = flipped(row[2], chance)
    return truth("tile root", row[1] << 4 * (row[0] + 1), (Part.TILE, Defect.CHANGED), exact=False)


@mutation
def delete_tile(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Take a stored subtree away."""
    row = book.tiles.pop(chance.randrange(len(book.tiles)))
    return truth("tile gone", row[1] << 4 * (row[0] + 1), (Part.TILE, Defect.REMOVED), exact=False)


@mutation
def insert_tile(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Put in a subtree that no leaf completes."""
    book.tiles.append([chance.randrange(3), 1_000_000, chance.randbytes(32), chance.randbytes(512)])
    return truth("tile too many", len(book.leaves), (Part.TILE, Defect.INSERTED))


@mutation
def flip_head_root(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """One bit of a head's root."""
    at = chance.randrange(len(book.heads))
    book.heads[at][1] = flipped(book.heads[at][1], chance)
    return truth("head root", head_start(book, at), (Part.HEAD, Defect.CHANGED), exact=False)


@mutation
def flip_head_token(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """One bit of a head's token."""
    at = chance.randrange(len(book.heads))
    token = flipped(book.heads[at][2].encode(), chance)
    book.heads[at][2] = token.decode("latin-1") if max(token) < 128 else token
    return truth("head token", head_start(book, at), (Part.HEAD, Defect.CHANGED), exact=False)


@mutation
def swap_heads(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Two heads change places."""
    first, second = sorted(chance.sample(range(len(book.heads)), 2))
    one, other = book.heads[first], book.heads[second]
    one[1:], other[1:] = other[1:], one[1:]
    return truth("heads swapped", head_start(book, first), (Part.HEAD, Defect.CHANGED), exact=False)


@mutation
def delete_head(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """One head is gone."""
    at = chance.randrange(len(book.heads))
    start = head_start(book, at)
    del book.heads[at]
    return truth("head gone", start, (Part.HEAD, Defect.REMOVED), (Part.HEAD, Defect.CUT_OFF), exact=False)


@mutation
def cut_heads(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """All heads from a place on are gone, the leaves stay."""
    at = chance.randrange(len(book.heads))
    start = head_start(book, at)
    del book.heads[at:]
    return truth("heads cut", start, (Part.HEAD, Defect.CUT_OFF), (Part.HEAD, Defect.REMOVED), exact=False)


@mutation
def delete_entry(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Take an entry away and leave its leaf."""
    n = a_leaf(book, chance)
    book.entries.remove(book.entry(n))
    return truth("entry gone", n, (Part.ENTRY, Defect.REMOVED))


@mutation
def delete_leaf(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Take a leaf away and leave its entry."""
    n = a_leaf(book, chance)
    last = n == len(book.leaves) - 1
    del book.leaves[n]
    return truth("leaf gone", n, (Part.LEAF, Defect.CUT_OFF if last else Defect.REMOVED))


@mutation
def delete_both(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Entry and leaf are gone."""
    n = a_leaf(book, chance)
    book.entries.remove(book.entry(n))
    return delete_leaf_at(book, n)


def delete_leaf_at(book: Book, n: int) -> Truth:
    """Take a leaf out."""
    last = n == len(book.leaves) - 1
    del book.leaves[n]
    return truth("both gone", n, (Part.LEAF, Defect.CUT_OFF if last else Defect.REMOVED))


@mutation
def delete_and_close_up(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Entry and leaf are gone, the later leaves move up."""
    n = chance.randrange(len(book.leaves) - 1)
    book.entries.remove(book.entry(n))
    del book.leaves[n]
    book.renumber()
    return truth("closed up", n, (Part.LEAF, Defect.REMOVED))


@mutation
def swap_entries(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Two leaves name each other's entries."""
    n, m = two(book, chance)
    book.leaves[n][1], book.leaves[m][1] = book.leaves[m][1], book.leaves[n][1]
    return truth("entries swapped", n, (Part.LEAF, Defect.REORDERED))


@mutation
def swap_leaves(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Two leaves change places with all they have."""
    n, m = two(book, chance)
    book.leaves[n], book.leaves[m] = book.leaves[m], book.leaves[n]
    book.renumber()
    return truth("leaves swapped", n, (Part.LEAF, Defect.REORDERED))


@mutation
def move_leaf(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """One leaf moves to another place, those between make room."""
    n, m = two(book, chance)
    if chance.random() < 0.5:
        book.leaves.insert(m, book.leaves.pop(n))
    else:
        book.leaves.insert(n, book.leaves.pop(m))
    book.renumber()
    return truth("leaf moved", n, (Part.LEAF, Defect.REORDERED))


@mutation
def swap_bodies(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Two entries change body and hash under their ids."""
    n, m = two(book, chance)
    one, other = book.entry(n), book.entry(m)
    one[1:], other[1:] = other[1:], one[1:]
    return truth("bodies swapped", n, (Part.LEAF, Defect.REORDERED), (Part.ENTRY, Defect.CHANGED))


@mutation
def cut_leaves(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Take the leaves from a place on away."""
    n = a_leaf(book, chance)
    del book.leaves[n:]
    return truth("leaves cut", n, (Part.LEAF, Defect.CUT_OFF))


@mutation
def cut_everything(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Everything from a head on is gone, heads and tiles too: a whole, well-signed, shorter ledger."""
    at = chance.randrange(len(book.heads) - 1)
    size = book.heads[at][0]
    gone = {leaf[1] for leaf in book.leaves[size:]}
    book.entries = [row for row in book.entries if row[0] not in gone]
    del book.leaves[size:]
    del book.heads[at + 1 :]
    book.tiles = [row for row in book.tiles if (row[1] + 1) << 4 * (row[0] + 1) <= size]
    return truth("cut at a head", size, (Part.LEAF, Defect.CUT_OFF))


@mutation
def insert_leaf(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Put an act that never happened between; the later leaves make room."""
    n = a_leaf(book, chance)
    entry = forged_entry(n)
    book.entries.append(entry)
    book.leaves.insert(n, [n, entry[0], chance.randbytes(32)])
    book.renumber()
    return truth("leaf inserted", n, (Part.LEAF, Defect.INSERTED))


@mutation
def append_leaf(book: Book, _chance: random.Random, _keys: KeyProvider) -> Truth:
    """Put an act that never happened at the end, chain and tiles fitting, without a signed head."""
    entry = forged_entry(0)
    book.entries.append(entry)
    book.by_id[entry[0]] = entry
    book.leaves.append([len(book.leaves), entry[0], b""])
    book.regrow()
    return truth("leaf appended", len(book.leaves) - 1, (Part.LEAF, Defect.INSERTED))


@mutation
def insert_entry(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Put in an entry past the queue."""
    book.entries.append(forged_entry(chance.randrange(1000)))
    return truth("entry inserted", len(book.leaves), (Part.ENTRY, Defect.INSERTED))


@mutation
def unqueue(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Hide a waiting entry from the sealer."""
    del book.waiting[chance.randrange(len(book.waiting))]
    return truth("unqueued", len(book.leaves), (Part.ENTRY, Defect.INSERTED))


@mutation
def remove_waiting(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Take a waiting entry away."""
    book.entries.remove(book.by_id[chance.choice(book.waiting)[0]])
    return truth("waiting gone", len(book.leaves), (Part.ENTRY, Defect.REMOVED))


@mutation
def flip_waiting(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Change a waiting entry."""
    entry = book.by_id[chance.choice(book.waiting)[0]]
    field_ = chance.choice((1, 2))
    entry[field_] = flipped(entry[field_], chance)
    return truth("waiting changed", len(book.leaves), (Part.ENTRY, Defect.CHANGED))


@mutation
def requeue(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Let a sealed entry wait again."""
    n = a_leaf(book, chance)
    book.waiting.append([book.leaves[n][1]])
    return truth("requeued", n, (Part.ENTRY, Defect.INSERTED))


@mutation
def replace_quietly(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Another act, chain made to fit; tiles and heads stay: the tile names the very leaf."""
    n = chance.randrange(book.heads[-1][0] // 16 * 16)
    put_other(book, n)
    book.regrow(tiles=False)
    return truth("replaced, tiles left", n, (Part.LEAF, Defect.CHANGED))


@mutation
def replace_without_key(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """Another act, chain and tiles made to fit: the signed head names its batch."""
    n = a_leaf(book, chance)
    put_other(book, n)
    book.regrow()
    return truth("replaced", n, (Part.LEAF, Defect.CHANGED), exact=False)


@mutation
def fork_with_key(book: Book, chance: random.Random, keys: KeyProvider) -> Truth:
    """Another act, and everything made to fit with the ledger key itself: only the witness knows better."""
    n = a_leaf(book, chance)
    put_other(book, n)
    start = next(at for at, head in enumerate(book.heads) if head[0] > n)
    book.resign(keys, book.regrow(), start=start)
    return truth("forked", n, (Part.LEAF, Defect.FORKED), exact=False)


@mutation
def resign_heads(book: Book, chance: random.Random, keys: KeyProvider) -> Truth:
    """Sign the heads of the same tree anew from a place on: only the witness knows better."""
    at = chance.randrange(len(book.heads))
    roots = {row[0]: row[1] for row in book.heads}
    book.resign(keys, roots, start=at)
    return truth("re-signed", head_start(book, at), (Part.HEAD, Defect.CHANGED), exact=False)


@mutation
def flip_witness(book: Book, chance: random.Random, _keys: KeyProvider) -> Truth:
    """One bit of the witness's memory."""
    at = chance.randrange(len(book.witness))
    line = flipped(book.witness[at][:-1], chance)
    book.witness[at] = line.replace(b"\n", b"\0") + b"\n"
    names = [(part, defect) for part in (Part.WITNESS, Part.HEAD, Part.LEAF) for defect in Defect]
    return truth("witness changed", head_start(book, at), *names, exact=False)


@mutation
def forget_witness(book: Book, _chance: random.Random, _keys: KeyProvider) -> Truth:
    """Take the witness's memory away."""
    book.witness = []
    return truth("witness gone", 0, (Part.WITNESS, Defect.REMOVED), exact=False)


def put_other(book: Book, n: int) -> None:
    """Put an act that never happened in a leaf's place."""
    entry = forged_entry(n)
    book.entries.remove(book.entry(n))
    book.entries.append(entry)
    book.by_id[entry[0]] = entry
    book.leaves[n][1] = entry[0]
