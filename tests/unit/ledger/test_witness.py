"""The witness file: append-only lines, torn tails, damage named by line."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhizhao.ledger import tree
from zhizhao.ledger.errors import WitnessRefused
from zhizhao.ledger.head import Head
from zhizhao.ledger.witness import FileWitness

LEAVES = [tree.leaf_hash(b"%d" % n) for n in range(40)]


def root(hashes: list[bytes]) -> bytes:
    """Hash a tree the slow way."""
    return tree.fold([tree.complete_root(hashes[i << h : (i + 1) << h]) for h, i in tree.plan_root(len(hashes))])


def head(size: int, hashes: list[bytes] | None = None) -> Head:
    """Make a head; the witness does not look at signatures."""
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    return Head(size=size, root=root((hashes or LEAVES)[:size]), at=at, previous=None, token=f"token-{size}")


def path(old: int, size: int, hashes: list[bytes] | None = None) -> tuple[bytes, ...]:
    """Prove consistency the slow way."""
    leaves = hashes or LEAVES

    def node(name: tree.Node) -> bytes:
        height, index = name
        return tree.complete_root(leaves[index << height : (index + 1) << height])

    return tree.resolve(tree.plan_consistency(old, size), node)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give the path of a witness file."""
    return tmp_path / "witness.jsonl"


class TestFileWitness:
    """The simplest witness."""

    async def test_begins_empty(self, file: Path) -> None:
        """No file is no memory."""
        witness = FileWitness(file)
        assert await witness.last() is None
        assert list(witness.remembered()) == []

    async def test_keeps_growth(self, file: Path) -> None:
        """Larger heads are kept in order, the same head once."""
        witness = FileWitness(file)
        await witness.countersign(head(3), path=())
        await witness.countersign(head(3), path=())
        await witness.countersign(head(17), path=path(3, 17))
        await FileWitness(file).countersign(head(40), path=path(17, 40))
        assert [seen.size for seen in witness.remembered()] == [3, 17, 40]
        assert file.read_bytes().count(b"\n") == 3

    @pytest.mark.parametrize("size", [1, 16, 17])
    async def test_refuses_smaller_and_other(self, file: Path, size: int) -> None:
        """A smaller head, or another one of the same size, is refused and nothing is written."""
        witness = FileWitness(file)
        await witness.countersign(head(17), path=())
        before = file.read_bytes()
        other = [b"x" * 32, *LEAVES[1:]]
        with pytest.raises(WitnessRefused):
            await witness.countersign(head(size, other), path=())
        assert file.read_bytes() == before

    async def test_refuses_a_fork(self, file: Path) -> None:
        """A larger head that does not contain the last one is refused, whatever path is shown."""
        witness = FileWitness(file)
        await witness.countersign(head(17), path=())
        other = [*LEAVES[:5], b"x" * 32, *LEAVES[6:]]
        for steps in (path(17, 40, other), path(17, 40), ()):
            with pytest.raises(WitnessRefused):
                await witness.countersign(head(40, other), path=steps)
        await witness.countersign(head(40), path=path(17, 40))

    async def test_a_torn_line_was_never_witnessed(self, file: Path) -> None:
        """A line without its end is forgotten and written over."""
        witness = FileWitness(file)
        await witness.countersign(head(17), path=())
        whole = file.read_bytes()
        await witness.countersign(head(20), path=path(17, 20))
        for cut in range(len(whole), len(file.read_bytes()) - 1, 37):
            file.write_bytes((whole + file.read_bytes()[len(whole) :])[: cut + 1])
            assert [seen.size for seen in witness.remembered()] == [17]
            await witness.countersign(head(40), path=path(17, 40))
            assert [seen.size for seen in FileWitness(file).remembered()] == [17, 40]

    @pytest.mark.parametrize(
        "change",
        [
            lambda _line: b"{}",
            lambda _line: b"nothing",
            lambda line: line.replace(b'"v":1', b'"v":2'),
            lambda line: line.replace(b'"v":1', b'"v": 1'),
            lambda line: line.replace(b'"root":"', b'"root":"zz'),
            lambda line: line.replace(b'"size":17', b'"size":"17"'),
            lambda line: line.replace(b'"size":17', b'"size":0'),
        ],
        ids=range(7),
    )
    async def test_a_damaged_line_is_named(self, file: Path, change: object) -> None:
        """A line that is not of the format is refused with its number."""
        assert callable(change)
        witness = FileWitness(file)
        await witness.countersign(head(3), path=())
        await witness.countersign(head(17), path=path(3, 17))
        first, second = file.read_bytes().splitlines()
        file.write_bytes(first + b"\n" + change(second) + b"\n")
        with pytest.raises(WitnessRefused) as caught:
            list(witness.remembered())
        assert caught.value.facts["line"] == 2
        with pytest.raises(WitnessRefused):
            await witness.last()

    async def test_lines_out_of_order_are_named(self, file: Path) -> None:
        """Sizes grow from line to line."""
        witness = FileWitness(file)
        await witness.countersign(head(3), path=())
        await witness.countersign(head(17), path=path(3, 17))
        file.write_bytes(b"".join(line + b"\n" for line in reversed(file.read_bytes().splitlines())))
        with pytest.raises(WitnessRefused, match="grow"):
            list(witness.remembered())

    async def test_the_line_is_documented(self, file: Path) -> None:
        """The line's keys are the module's."""
        await FileWitness(file).countersign(head(3), path=())
        assert list(json.loads(file.read_bytes())) == ["v", "size", "root", "head", "at"]
