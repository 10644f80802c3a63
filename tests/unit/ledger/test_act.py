"""The audit tags keep their grammar, and code uses every one."""

import re
from pathlib import Path

import pytest

from zhizhao.ledger.act import SOURCES, Act

GRAMMAR = re.compile(r"[a-z]+(_[a-z]+)*:[a-z]+(_[a-z]+)*:[a-z]+(_[a-z]+)*")
HOUSE = Path("src/zhizhao")
USED = {
    name
    for room in sorted(HOUSE.rglob("*.py"))
    if room.name != "act.py"
    for name in re.findall(r"\bAct\.([A-Z_]+)", room.read_text("utf-8"))
}


def breaks(tag: str) -> bool:
    """Say whether a tag breaks the grammar."""
    return not GRAMMAR.fullmatch(tag) or tag.split(":", maxsplit=1)[0] not in SOURCES


@pytest.mark.parametrize("act", Act)
class TestAct:
    """Each tag."""

    def test_keeps_the_grammar(self, act: Act) -> None:
        """`source:subject:action`, the source known, the name of the member the same words."""
        assert not breaks(act.value)
        assert act.name.lower() == act.value.replace(":", "_")

    def test_is_used(self, act: Act) -> None:
        """A tag that no code writes is no act."""
        assert act.name in USED


@pytest.mark.parametrize(
    "tag", ["desk:redeemed", "Desk:code:redeemed", "desk:code:redeemed:twice", "moon:code:read", "desk::x"]
)
def test_a_broken_tag_is_seen(tag: str) -> None:
    """Control: the grammar refuses these."""
    assert breaks(tag)
