"""The credit code: every vector, what the two checks promise, and where they do not."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.numbers import whole_uscc as whole
from zhizhao.kernel.uscc import (
    ALPHABET,
    ORGANISATION_ALPHABET,
    RegistrationNumberMalformed,
    UsccMalformed,
    UsccWarning,
    check_character,
    check_registry_uscc,
    inner_check_holds,
    normalise_uscc,
    organisation_check_character,
    outer_check_holds,
    parse_registration_number,
    parse_uscc,
    suspect_positions,
)

DATA: dict[str, Any] = json.loads(Path("tests/vectors/domain/uscc.json").read_text("utf-8"))

bodies = st.tuples(
    st.sampled_from(["91", "92", "93"]),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=8, max_size=8),
).map("".join)
codes = bodies.map(whole)


def reason_of(text: str) -> object:
    """Return why `parse_uscc` refuses a text; None when it takes it."""
    try:
        parse_uscc(text)
    except UsccMalformed as refused:
        return refused.facts["reason"]
    return None


def check_or_none(check: Any, code: str, alphabet: str) -> bool | None:
    """Return the check's result as the vectors write it: None when it cannot be computed."""
    if len(code) != 18 or not set(code if alphabet == ALPHABET else code[8:17]) <= set(alphabet):
        return None
    result: bool = check(code)
    return result


class TestVectors:
    """The shared data, case by case."""

    @pytest.mark.parametrize("case", DATA["vectors"], ids=lambda case: case["code"] or "empty")
    def test_both_checks_agree_with_the_data(self, case: dict[str, Any]) -> None:
        """Outer and inner check give the published results."""
        expected = case["expected"]
        assert check_or_none(outer_check_holds, case["code"], ALPHABET) is expected["uscc_mod31_ok"]
        assert check_or_none(inner_check_holds, case["code"], ORGANISATION_ALPHABET) is expected["org_mod11_ok"]
        if case["computed_check_char"] and set(case["code"][:17]) <= set(ALPHABET):
            assert check_character(case["code"]) == case["computed_check_char"]
            assert organisation_check_character(case["code"][8:16]) == case["computed_org_check_char"]

    @pytest.mark.parametrize("case", DATA["vectors"], ids=lambda case: case["code"] or "empty")
    def test_a_typed_code_passes_only_when_valid(self, case: dict[str, Any]) -> None:
        """A person's code needs both checks and must not be an identity number or zeros."""
        assert (reason_of(case["code"]) is None) is (case["class"] == "valid")

    @pytest.mark.parametrize("case", DATA["vectors"], ids=lambda case: case["code"] or "empty")
    def test_the_registers_code_may_fail_the_outer_check(self, case: dict[str, Any]) -> None:
        """The register's code is kept with a warning when only the outer check fails (DOMAIN.md §10.1)."""
        only_outer = case["expected"]["uscc_mod31_ok"] is False and case["expected"]["org_mod11_ok"] is True
        if case["class"] == "valid":
            _, warnings = check_registry_uscc(case["code"])
            assert (warnings == ()) is case["expected"]["prefix_listed"]
        elif only_outer:
            code, warnings = check_registry_uscc(case["code"])
            assert code == case["code"]
            assert UsccWarning.OUTER_CHECK in warnings
        else:
            with pytest.raises(UsccMalformed):
                check_registry_uscc(case["code"])

    @pytest.mark.parametrize("case", DATA["normalisation"], ids=lambda case: case["note"])
    def test_normalisation(self, case: dict[str, str]) -> None:
        """What people and scanners put in is brought to one form."""
        assert normalise_uscc(case["input"]) == case["normalised"]
        assert parse_uscc(case["input"]) == case["normalised"]

    @pytest.mark.parametrize("case", DATA["legacy_registration_numbers"]["vectors"], ids=lambda case: case["number"])
    def test_old_registration_numbers(self, case: dict[str, Any]) -> None:
        """The 15-digit number has its own check, MOD 11,10."""
        if case["ok"]:
            assert parse_registration_number(case["number"]) == case["number"]
        else:
            with pytest.raises(RegistrationNumberMalformed):
                parse_registration_number(case["number"])


class TestPromises:
    """What GB 32100 and GB 11714 promise, and the limits stated in the module."""

    @given(codes)
    def test_a_right_code_is_taken(self, code: str) -> None:
        """Negative control of everything below: the generator makes codes that pass, unless they are ID numbers."""
        assert reason_of(code) in {None, "identity-number"}

    @given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
    def test_every_single_wrong_character_is_caught(self, code: str, place: int, other: str) -> None:
        """MOD 31 over an alphabet of 31 sees any one changed character."""
        wrong = code[:place] + other + code[place + 1 :]
        if wrong != code:
            assert not outer_check_holds(wrong)
            assert reason_of(wrong) is not None

    @given(codes, st.integers(0, 16))
    def test_every_swap_of_neighbours_is_caught(self, code: str, place: int) -> None:
        """Neighbouring weights of MOD 31 differ, so any swap of two different neighbours is seen."""
        wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        if wrong != code:
            assert reason_of(wrong) is not None

    def test_the_inner_check_alone_does_not_see_values_equal_modulo_11(self) -> None:
        """GB 11714 takes `0` for `B`: the limit that the module states, and why the outer check is needed too."""
        zero, eleven = "MAT00002", "MATB0002"
        assert organisation_check_character(zero) == organisation_check_character(eleven)
        swapped, straight = "MAT0B002", "MATB0002"
        assert organisation_check_character(swapped) == organisation_check_character(straight)

    @given(st.text("0123456789", min_size=8, max_size=8), st.integers(0, 7), st.sampled_from("0123456789"))
    def test_the_inner_check_sees_every_wrong_digit(self, body: str, place: int, other: str) -> None:
        """Among digits alone MOD 11 sees any one change."""
        wrong = body[:place] + other + body[place + 1 :]
        if wrong != body:
            assert organisation_check_character(wrong) != organisation_check_character(body)

    @given(st.text(max_size=80))
    def test_nothing_but_a_refusal_comes_out(self, text: str) -> None:
        """Whatever is put in, the answer is a code or UsccMalformed, and the refusal never carries the text."""
        code, facts = "", None
        try:
            code = parse_uscc(text)
        except UsccMalformed as refused:
            facts = refused.facts
        if facts is None:
            assert len(code) == 18
        else:
            assert facts.keys() <= {"reason", "position", "character", "suspects"}


class TestSuspects:
    """Which character looks wrong."""

    def test_a_letter_no_code_has(self) -> None:
        """I, O, S, V and Z are named at once."""
        with pytest.raises(UsccMalformed) as refused:
            parse_uscc("91370883MAT0O0050E")
        assert refused.value.facts == {"reason": "alphabet", "position": 13, "character": "O", "suspects": (13,)}

    def test_a_wrong_check_character(self) -> None:
        """The division is one of ours and the body is right: only the last character can be wrong."""
        with pytest.raises(UsccMalformed) as refused:
            parse_uscc("91370800MAT000018W")
        assert refused.value.facts["position"] == 18

    def test_a_wrong_division(self) -> None:
        """380881 is nowhere near; one digit makes it 曲阜."""
        assert suspect_positions("92380881MAT000034Q") == (4,)

    def test_a_misread_letter(self) -> None:
        """B read as 8 inside the body breaks both checks and is found."""
        good = whole("9137081100B7TT01")
        assert suspect_positions(good.replace("B", "8")) == (11,)

    def test_two_wrong_characters_are_not_guessed_at(self) -> None:
        """Negative control: with two errors no single place is named as certain."""
        with pytest.raises(UsccMalformed) as refused:
            parse_uscc("91370811MTA000026L")
        assert "position" not in refused.value.facts

    @given(codes, st.integers(8, 16), st.sampled_from(ALPHABET))
    def test_the_true_place_is_never_missed(self, code: str, place: int, other: str) -> None:
        """When several places are named, the one that was changed is among them."""
        local = whole("91370811" + code[8:16])
        wrong = local[:place] + other + local[place + 1 :]
        if wrong != local and len(found := suspect_positions(wrong)) > 1:
            assert place + 1 in found

    def test_inner_failure_and_identity_numbers_carry_no_character(self) -> None:
        """What may be an identity number leaves nothing to log."""
        for text in ("91370800MAT0000103", "379900195506150115", "379900195801050184"):
            with pytest.raises(UsccMalformed) as refused:
                parse_uscc(text)
            assert refused.value.facts.keys() == {"reason"}


class TestRegister:
    """Where a code comes from decides."""

    def test_an_enterprise_that_looks_like_a_person_is_kept_with_a_warning(self) -> None:
        """The register says so; a public body's prefix is not enough (both examples of the data are refused)."""
        found = find_enterprise_like_a_person()
        kept, warnings = check_registry_uscc(found)
        assert kept == found
        assert warnings == (UsccWarning.LIKE_IDENTITY_NUMBER,)
        assert reason_of(found) == "identity-number"

    def test_an_identity_number_in_the_wrong_column_is_refused(self) -> None:
        """A column slipped by one must not put identity numbers into the register."""
        with pytest.raises(UsccMalformed) as refused:
            check_registry_uscc("119900196602010514")
        assert refused.value.facts == {"reason": "identity-number"}


def find_enterprise_like_a_person() -> str:
    """Return a made-up 91 code whose digits also pass as an identity number."""
    for n in range(100_000):
        body = f"91370019{50 + n // 10000:02d}0101{n % 100:02d}"
        code = whole(body)
        if code.isdigit() and reason_of(code) == "identity-number":
            return code
        body = f"91370019{50 + n % 50:02d}{n % 12 + 1:02d}{n % 28 + 1:02d}{n // 1000:02d}"
        code = whole(body)
        if code[:17].isdigit() and reason_of(code) == "identity-number":
            return code
    message = "no such code in the range"
    raise AssertionError(message)


class TestOldNumber:
    """MOD 11,10 and its stated limit."""

    @given(st.text("0123456789", min_size=14, max_size=14), st.integers(0, 14), st.sampled_from("0123456789"))
    def test_every_single_wrong_digit_is_caught(self, body: str, place: int, other: str) -> None:
        """Any one changed digit is seen."""
        number = complete(body)
        wrong = number[:place] + other + number[place + 1 :]
        if wrong != number:
            with pytest.raises(RegistrationNumberMalformed):
                parse_registration_number(wrong)

    @given(st.text("0123456789", min_size=14, max_size=14), st.integers(0, 13))
    def test_swaps_are_caught_unless_the_digits_differ_by_one(self, body: str, place: int) -> None:
        """Hybrid systems may miss a swap of neighbours that differ by one; all others are seen."""
        number = complete(body)
        left, right = int(number[place]), int(number[place + 1])
        wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if (left - right) % 10 not in {0, 1, 9}:
            with pytest.raises(RegistrationNumberMalformed):
                parse_registration_number(wrong)


def complete(body: str) -> str:
    """Return the number of 15 digits for 14, by trying the ten checks."""
    for check in "0123456789":
        try:
            return parse_registration_number(body + check)
        except RegistrationNumberMalformed:
            continue
    raise AssertionError(body)
