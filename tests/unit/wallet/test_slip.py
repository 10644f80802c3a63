"""The slip's code: readable, caught when mistyped, never guessed from a wrong character."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizhao.wallet.errors import SlipMalformed
from zhizhao.wallet.slip import ALPHABET, LENGTH, in_groups, new_slip_code, parse_slip_code

codes = st.builds(lambda _: new_slip_code(), st.integers())


class TestParse:
    """What a person types is read tolerantly and checked strictly."""

    def test_round_trip(self) -> None:
        """A printed code is read back, whatever separates its groups and whatever case it was typed in."""
        for _ in range(200):
            code = new_slip_code()
            assert parse_slip_code(in_groups(code)) == code
            assert parse_slip_code(f" {in_groups(code).lower().replace('-', ' — ')}\r\n") == code

    def test_full_width(self) -> None:
        """An input method's full-width letters and digits are folded."""
        code = new_slip_code()
        wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
        assert parse_slip_code(wide) == code

    def test_no_look_alikes(self) -> None:
        """The alphabet has none of 0 1 I L O, and each is refused by name rather than guessed."""
        assert not set("01ILO") & set(ALPHABET)
        assert len(set(ALPHABET)) == 31
        with pytest.raises(SlipMalformed) as refused:
            parse_slip_code("O" + new_slip_code()[1:])
        assert refused.value.facts == {"reason": "character", "character": "O"}

    @pytest.mark.parametrize("cut", [0, 1, 11, 13])
    def test_length(self, cut: int) -> None:
        """A code cut short or doubled is refused for its length."""
        with pytest.raises(SlipMalformed) as refused:
            parse_slip_code((new_slip_code() * 2)[:cut])
        assert refused.value.facts["reason"] == "length"

    @given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
    def test_every_single_error(self, code: str, place: int, other: str) -> None:
        """One wrong character is always caught; the control is the character itself."""
        changed = code[:place] + other + code[place + 1 :]
        if changed == code:
            assert parse_slip_code(changed) == code
            return
        with pytest.raises(SlipMalformed):
            parse_slip_code(changed)

    @given(codes, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
    def test_every_exchange(self, code: str, one: int, two: int) -> None:
        """Two exchanged characters, neighbours or not, are always caught when they differ."""
        letters = list(code)
        letters[one], letters[two] = letters[two], letters[one]
        changed = "".join(letters)
        if changed == code:
            return
        with pytest.raises(SlipMalformed):
            parse_slip_code(changed)

    @given(st.text(max_size=40))
    def test_any_text(self, text: str) -> None:
        """Any text is a code or a named refusal."""
        with contextlib.suppress(SlipMalformed):
            assert len(parse_slip_code(text)) == LENGTH
