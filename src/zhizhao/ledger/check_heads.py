"""The line of signed heads, checked one by one along the walk: signature, columns, order, the head before, the root."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zhizhao.ledger.errors import HeadRefused
from zhizhao.ledger.finding import Defect, Finding, Part
from zhizhao.ledger.head import Head, peek_head, read_head
from zhizhao.trust.keys import KeyProvider, KeyState, Purpose


class HeadLine:
    """What is known of the heads so far."""

    def __init__(self, keys: KeyProvider) -> None:
        self._keys = keys
        self._withdrawn = {k.kid for k in keys.list(Purpose.LEDGER) if k.state is KeyState.RETIRED}
        self._unproved: Head | None = None
        self.count = 0
        self.last: Head | None = None
        self.first_at: datetime | None = None
        self.lately: dict[int, Head] = {}
        """The heads of the last stretch, by size."""

    def check(self, rows: Sequence[Any], *, roots: Mapping[int, bytes]) -> list[Finding]:
        """Check heads (size, root, token) in order of size, as far as the walk came; return the first finding."""
        self.lately = {}
        for size, root, token in rows:
            if size not in roots:
                break
            try:
                head = self._read(token)
            except HeadRefused:
                return [self._finding(size, Defect.CHANGED, detail="signature")]
            if found := self._compare(head, size=size, column=root, root=roots[size]):
                return [found]
            self.count += 1
            self.last = head
            self.first_at = self.first_at or head.at
            self.lately[size] = head
        return []

    def _read(self, token: bytes) -> Head:
        """Read a head; one of a withdrawn key is proved by the next head that names it. Raises HeadRefused."""
        try:
            text = token.decode("ascii")
        except UnicodeDecodeError as cause:
            raise HeadRefused(reason="not ASCII") from cause
        kid, head = peek_head(text)
        if kid in self._withdrawn:
            self._unproved = head
            return head
        head = read_head(text, keys=self._keys)
        self._unproved = None
        return head

    def _compare(self, head: Head, *, size: int, column: bytes, root: bytes) -> Finding | None:
        before = self.last
        if (head.size, head.root) != (size, column):
            return self._finding(size, Defect.CHANGED, detail="columns")
        if head.previous != (before.token_hash if before else None):
            return self._finding(size, Defect.REMOVED, detail="the head before")
        if before and head.at < before.at:
            return self._finding(size, Defect.CHANGED, detail="time")
        if head.root != root:
            return Finding(
                part=Part.LEAF,
                defect=Defect.CHANGED,
                leaf=before.size if before else 0,
                until=size - 1,
                detail="root",
                head=size,
            )
        return None

    def end(self, size: int, *, later: Sequence[int], witnessed: int) -> list[Finding]:
        """Compare the end of the leaves with the end of the heads."""
        last = self.last.size if self.last else 0
        if later:
            return [_leaf(size, until=size, defect=Defect.CUT_OFF, detail="signed heads go on", head=later[-1])]
        if last < size and witnessed > last:
            return [self._finding(size, Defect.CUT_OFF, detail="the witness saw a later head")]
        if last < size:
            return [_leaf(last, until=size - 1, defect=Defect.INSERTED, detail="under no signed head", head=None)]
        if self._unproved is not None:
            return [self._finding(last, Defect.CHANGED, detail="signed by a withdrawn key only")]
        return []

    def _finding(self, size: int, defect: Defect, *, detail: str) -> Finding:
        """Return a finding about the head of a size; its place is the leaves that it was the first to cover."""
        start = self.last.size if self.last else 0
        return Finding(
            part=Part.HEAD, defect=defect, leaf=min(start, size - 1), until=size - 1, detail=detail, head=size
        )


def _leaf(leaf: int, *, until: int, defect: Defect, detail: str, head: int | None) -> Finding:
    return Finding(part=Part.LEAF, defect=defect, leaf=leaf, until=until, detail=detail, head=head)
