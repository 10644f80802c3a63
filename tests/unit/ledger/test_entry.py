"""Entries: canonical bytes, both ways, and no form that could be read twice."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.clock import HeldClock
from zhizhao.ledger.entry import KEYS, Act, Entry, new_entry, parse_entry
from zhizhao.ledger.errors import EntryMalformed

CLOCK = HeldClock(datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC))
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FACTS = st.dictionaries(
    st.text(st.characters(codec="ascii"), max_size=8),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | WORDS,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="ascii")), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    max_size=4,
)


def made(**others: Any) -> Entry:
    """Make an entry with ordinary fields."""
    usual: dict[str, Any] = {
        "act": Act.OPERATOR_BACKUP_MADE,
        "actor": Actor(ActorKind.STAFF, "stf_1"),
        "object_id": "prs_1",
        "capacity": "counter_clerk",
        "on_behalf_of": "91370800MA3XXXXX12",
        "because": "case",
        "facts": {"matter": "EG-SCJG-1"},
    }
    return new_entry(CLOCK, **(usual | others))


class TestNewEntry:
    """What is written."""

    @given(facts=FACTS, because=st.none() | WORDS, object_id=WORDS)
    def test_the_body_is_canonical(self, facts: dict[str, Any], because: str | None, object_id: str) -> None:
        """The bytes are those of an independent writer of RFC 8785 (for ASCII keys and integers)."""
        entry = made(facts=facts, because=because, object_id=object_id)
        raw = json.loads(entry.body)
        assert raw.keys() == KEYS
        again = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert entry.body.replace(b"\\u007f", b"\x7f") == again
        assert entry.leaf_hash == hashlib.sha256(b"\0" + entry.body).digest()

    @given(facts=FACTS, because=st.none() | WORDS, object_id=WORDS)
    def test_parse_undoes_it(self, facts: dict[str, Any], because: str | None, object_id: str) -> None:
        """Every field comes back."""
        entry = made(facts=facts, because=because, object_id=object_id)
        assert parse_entry(entry.body) == entry

    @pytest.mark.parametrize(
        "facts",
        [{"x": 1.5}, {"x": 2**53}, {"x": b"bytes"}, {"x": [{"y": {"z": 0.0}}]}, {"名": 1}, {1: "x"}, {"x": object()}],
    )
    def test_a_fact_without_one_form_is_refused(self, facts: dict[str, Any]) -> None:
        """Floats, large integers, bytes and keys beyond ASCII have no one canonical form."""
        with pytest.raises(EntryMalformed):
            made(facts=facts)


class TestParseEntry:
    """What is read."""

    @pytest.mark.parametrize(
        "change",
        [
            {"v": 2},
            {"more": 1},
            {"act": "nobody:knows:this"},
            {"actor": "ghost:1"},
            {"actor": 5},
            {"at": "now"},
            {"at": 2**80},
            {"id": "xyz"},
            {"id": None},
        ],
        ids=str,
    )
    def test_another_shape_is_refused(self, change: dict[str, Any]) -> None:
        """A body of another version, with an unknown key or with an impossible value is no entry."""
        raw = json.loads(made().body) | change
        with pytest.raises(EntryMalformed):
            parse_entry(msgspec.json.encode(raw, order="sorted"))

    @pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b"{}"])
    def test_other_bytes_are_refused(self, body: bytes) -> None:
        """Bytes that are no object are no entry."""
        with pytest.raises(EntryMalformed):
            parse_entry(body)

    def test_the_same_facts_in_another_writing_are_refused(self) -> None:
        """White space, order and escapes have one form; a second form would be a second hash for one act."""
        body = made().body
        for other in (body + b" ", body.replace(b":", b": ", 1), body.replace(b"prs_1", b"prs_\\u0031")):
            assert json.loads(other) == json.loads(body)
            with pytest.raises(EntryMalformed):
                parse_entry(other)
