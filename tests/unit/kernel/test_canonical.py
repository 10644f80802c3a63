"""Canonical JSON: one value, one sequence of bytes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizhao.kernel.canonical import canonical
from zhizhao.kernel.errors import NotCanonical

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
KEY = st.text(st.characters(max_codepoint=127))
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(KEY, inner),
    max_leaves=20,
)


class TestCanonical:
    """RFC 8785 on the subset without fractions."""

    def test_the_standards_own_example_of_text(self) -> None:
        """RFC 8785 §3.2.2.2: only what must be escaped is escaped, and in the shortest form."""
        text = '€$\u000f\nA\'B"\\\\"/'
        assert canonical({"string": text}) == ('{"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode())

    def test_members_are_sorted_and_nothing_is_padded(self) -> None:
        """Order of the members and white space never count."""
        assert canonical({"b": [1, 2, True, None], "a": {"d": -1, "c": ""}, "A": 0}) == (
            b'{"A":0,"a":{"c":"","d":-1},"b":[1,2,true,null]}'
        )

    @given(VALUE)
    def test_it_reads_back_and_agrees_with_another_writer(self, value: object) -> None:
        """The standard library, told to sort and not to pad, writes the same bytes."""
        written = canonical(value)
        assert json.loads(written) == value
        assert canonical(json.loads(written)) == written
        assert written == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @pytest.mark.parametrize(
        "value",
        [1.5, 2**53, -(2**53), {"钥": 1}, {1: 2}, ["\ud800"], {"a": {"b": [object()]}}, b"bytes", float("nan")],
        ids=["fraction", "large", "small", "key", "number-key", "surrogate", "object", "bytes", "nan"],
    )
    def test_what_has_no_form_is_refused(self, value: object) -> None:
        """Nothing is rounded, renamed or dropped in silence."""
        with pytest.raises(NotCanonical):
            canonical(value)

    def test_the_refusal_says_where(self) -> None:
        """The place is named, not the value."""
        with pytest.raises(NotCanonical) as caught:
            canonical({"a": [0, {"b": 1.5}]})
        assert caught.value.facts["where"] == "$.a[1].b"
