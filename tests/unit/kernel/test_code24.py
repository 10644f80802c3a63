"""The presentation code: form, check and tolerance; 10,000 cases of anything."""

# ruff: noqa: RUF001 full-width and foreign letters are what is tested

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhizhao.kernel.code24 import LONGEST_INPUT, CodeMalformed, check_digits, in_fours, new_code, parse_code

codes = st.integers(0, 10**20 - 1).map(lambda n: f"01{n:020d}").map(lambda body: body + check_digits(body))
anything = st.one_of(
    st.text(max_size=40),
    st.text("0123456789 ０１２３４５６７８９\r\n\t-", min_size=20, max_size=60),
    st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")),
    st.text(min_size=LONGEST_INPUT - 2, max_size=LONGEST_INPUT + 40),
    codes.map(lambda code: code[:-1]),
    codes.map(lambda code: f"\ud800{code}"),
)


class TestForm:
    """INTERFACES.md §3."""

    def test_a_new_code(self) -> None:
        """24 digits, kind 01, a check that holds; two are never alike."""
        code = new_code()
        assert len(code) == 24
        assert code.startswith("01")
        assert parse_code(code) == code != new_code()

    def test_the_check_is_mod_97_10(self) -> None:
        """By the formula of INTERFACES.md, calculated by hand: 98 - n*100 mod 97."""
        assert check_digits("0100000000000000000000") == f"{98 - 10**20 * 100 % 97:02d}"
        assert int(new_code()) % 97 == 1  # ISO/IEC 7064: the whole number is 1 modulo 97

    def test_another_kind_is_refused(self) -> None:
        """02 is reserved and not shown by anybody yet."""
        body = "0212345678901234567890"
        with pytest.raises(CodeMalformed) as refused:
            parse_code(body + check_digits(body))
        assert refused.value.facts == {"reason": "kind"}
        with pytest.raises(CodeMalformed):
            new_code("02")

    def test_in_fours(self) -> None:
        """As people read it aloud."""
        assert in_fours("012328299740666598926030") == "0123 2829 9740 6665 9892 6030"

    @given(codes)
    def test_tolerance(self, code: str) -> None:
        """Blanks, a scanner's tail, full-width digits."""
        wide = code.translate({ord("0") + i: 0xFF10 + i for i in range(10)})
        for text in (code, in_fours(code), f"{code}\r\n", f"\t{code}\t", wide, f"　{in_fours(wide)}\r"):
            assert parse_code(text) == code


class TestPromises:
    """What MOD 97-10 sees."""

    @given(codes, st.integers(0, 23), st.sampled_from("0123456789"))
    def test_every_single_wrong_digit_is_caught(self, code: str, place: int, other: str) -> None:
        """Any one change is seen."""
        wrong = code[:place] + other + code[place + 1 :]
        if wrong != code:
            with pytest.raises(CodeMalformed):
                parse_code(wrong)

    @given(codes, st.integers(0, 22))
    def test_every_swap_of_neighbours_is_caught(self, code: str, place: int) -> None:
        """Any swap of two different neighbours is seen, across the border to the check too."""
        wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        if wrong != code:
            with pytest.raises(CodeMalformed):
                parse_code(wrong)

    def test_checks_out_of_range_are_no_spelling_variants(self) -> None:
        """00, 01 and 99 are congruent to 97, 98 and 02 and must not pass for them."""
        seen = 0
        for n in range(500):
            body = f"01{n:020d}"
            if (check := check_digits(body)) in {"97", "98", "02"}:
                seen += 1
                with pytest.raises(CodeMalformed):
                    parse_code(body + {"97": "00", "98": "01", "02": "99"}[check])
        assert seen

    @settings(max_examples=10_000, deadline=None)
    @given(anything)
    def test_ten_thousand_inputs(self, text: str) -> None:
        """Only CodeMalformed may come out, and only with a short reason (issue 2, item 6)."""
        code, facts = "", None
        try:
            code = parse_code(text)
        except CodeMalformed as refused:
            facts = refused.facts
        if facts is None:
            assert len(code) == 24
            assert code.isascii()
            assert code.isdigit()
        else:
            assert facts in [{"reason": reason} for reason in ("length", "digits", "kind", "check")]

    def test_a_huge_input_costs_nothing(self) -> None:
        """The size is looked at first: a megabyte of blanks before a good code is refused, not trimmed."""
        with pytest.raises(CodeMalformed):
            parse_code(" " * 1_000_000 + new_code())

    def test_a_parser_that_only_counts_would_fail(self) -> None:
        """Negative control: without the check digits a wrong digit would pass."""
        code = new_code()
        wrong = code[:5] + str((int(code[5]) + 1) % 10) + code[6:]
        assert len(wrong) == 24
        assert wrong.isdigit()
        with pytest.raises(CodeMalformed) as refused:
            parse_code(wrong)
        assert refused.value.facts == {"reason": "check"}
