"""What the outside witness remembers, compared with the store along the walk."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from zhizhao.ledger.check_heads import HeadLine
from zhizhao.ledger.errors import WitnessRefused
from zhizhao.ledger.finding import Defect, Finding, Part
from zhizhao.ledger.head import Head
from zhizhao.ledger.witness import Witness, Witnessed

LONGEST_ALONE = timedelta(minutes=10)
"""A ledger may have heads and no witnessed one for this long after it began; then the witness was taken away."""


class WitnessLine:
    """The witness's heads in order; nothing newer than what it held before the store was read."""

    def __init__(self, lines: Iterator[Witnessed], *, last_size: int, witness: Witness | None) -> None:
        self._lines = lines
        self._witness = witness
        self._next: Witnessed | None = None
        self._damaged: WitnessRefused | None = None
        self._good = 0
        self.last_size = last_size
        self._advance()

    @classmethod
    async def opened(cls, witness: Witness | None) -> "WitnessLine":
        """Ask a witness what it holds; None: there is none to ask."""
        if witness is None:
            return cls(iter(()), last_size=0, witness=None)
        try:
            last = await witness.last()
        except WitnessRefused:
            return cls(witness.remembered(), last_size=1 << 62, witness=witness)  # the damaged line will be met
        return cls(witness.remembered(), last_size=last.size if last else 0, witness=witness)

    def _advance(self) -> None:
        try:
            self._next = next(self._lines, None)
        except WitnessRefused as damaged:
            self._next, self._damaged = None, damaged
        if self._next is not None and self._next.size > self.last_size:
            self._next = None

    def between(self, end: int) -> list[Witnessed]:
        """Return the next lines up to a size."""
        lines = []
        while self._next is not None and self._next.size <= end:
            lines.append(self._next)
            self._advance()
        return lines

    def check(
        self, seen: Sequence[Witnessed], *, roots: Mapping[int, bytes], heads: Mapping[int, Head]
    ) -> list[Finding]:
        """Compare witnessed heads with the tree and the heads of the store; return the first that differs."""
        for line in seen:
            if line.size not in roots:  # the leaves end before
                self._next = self._next or line
                break
            if line.root != roots[line.size]:
                return [self._finding(line.size, Part.LEAF, Defect.FORKED, detail="witnessed root")]
            head = heads.get(line.size)
            if head is None:
                return [self._finding(line.size, Part.HEAD, Defect.REMOVED, detail="witnessed head")]
            if (line.head, line.at) != (head.token_hash, head.at):
                return [self._finding(line.size, Part.HEAD, Defect.CHANGED, detail="witnessed head")]
            self._good = line.size
        return []

    def end(self, size: int, *, heads: HeadLine, now: datetime) -> list[Finding]:
        """Check that the witness does not hold more than the store, and that it is there at all."""
        if self._damaged is not None:
            detail = f"line {self._damaged.facts.get('line')}"
            return [Finding(part=Part.WITNESS, defect=Defect.CHANGED, leaf=self._good, until=size, detail=detail)]
        if self._next is not None:
            detail = "the witness saw a larger tree"
            return [Finding(part=Part.LEAF, defect=Defect.CUT_OFF, leaf=size, until=size, detail=detail)]
        alone = self._witness is not None and self.last_size == 0 and heads.first_at is not None
        if alone and now - (heads.first_at or now) > LONGEST_ALONE:
            return [Finding(part=Part.WITNESS, defect=Defect.REMOVED, leaf=0, until=size, detail="no memory at all")]
        return []

    async def forgot(self, size: int) -> bool:
        """Say whether the witness, which once held a head of this size, holds less now."""
        if self._witness is None or self.last_size >= size:
            return False
        last = await self._witness.last()
        return (last.size if last else 0) < size

    def _finding(self, size: int, part: Part, defect: Defect, *, detail: str) -> Finding:
        return Finding(part=part, defect=defect, leaf=self._good, until=size - 1, detail=detail, head=size)
