"""Packing of the Token Status List; figures are measured in tests/bench."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.licences import ISSUED_AT
from zhizhao.licence.status_list import LIST_SIZE, list_claims, pack, read_entry, set_entries, unpack


class TestPacking:
    """IETF Token Status List §4."""

    def test_the_drafts_own_example_with_two_bits(self) -> None:
        """Twelve entries 1,2,0,3,0,1,0,1,1,2,3,3 are the bytes C9 44 F9."""
        codes = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
        assert set_entries(12, enumerate(codes)) == bytes.fromhex("c944f9")

    @given(st.lists(st.integers(0, 3), min_size=4, max_size=400).map(lambda c: c[: len(c) // 4 * 4]))
    def test_what_is_packed_is_read(self, codes: list[int]) -> None:
        """Every entry, also after compression."""
        unpacked = unpack(pack(len(codes), enumerate(codes)))
        assert [read_entry(unpacked, index) for index in range(len(codes))] == codes

    def test_an_empty_list_is_all_valid(self) -> None:
        """Nothing set, everything 0; and the list is small."""
        packed = pack(LIST_SIZE, [])
        assert len(packed) < 500
        assert not any(unpack(packed))
        assert len(unpack(packed)) * 4 == LIST_SIZE

    def test_beyond_the_list(self) -> None:
        """An index that is not there is an error, never "valid"."""
        with pytest.raises(IndexError):
            read_entry(bytes(1), 4)


def test_the_claims_of_a_list() -> None:
    """`sub` is the address, `exp` and `ttl` bound its life."""
    claims = list_claims(
        "https://a.example/status/1", "xyz", issuer="https://a.example", at=ISSUED_AT, lifetime_seconds=300
    )
    assert claims == {
        "iss": "https://a.example",
        "sub": "https://a.example/status/1",
        "iat": 1795417200,
        "exp": 1795417500,
        "ttl": 300,
        "status_list": {"bits": 2, "lst": "xyz"},
    }
