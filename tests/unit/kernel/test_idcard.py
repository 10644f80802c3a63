"""Identity numbers and the documents without a check."""

# ruff: noqa: RUF001 full-width and foreign letters are what is tested

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.numbers import NOWHERE, made_up_id_number
from zhizhao.kernel.idcard import (
    LABELS,
    Document,
    DocumentKind,
    DocumentMalformed,
    IdNumberMalformed,
    birth_date,
    guess_document,
    id_check_character,
    is_male,
    normalise_number,
    parse_document,
    parse_id_number,
)

DATA: dict[str, Any] = json.loads(Path("tests/vectors/domain/id_numbers.json").read_text("utf-8"))
TODAY = date(2026, 11, 23)

numbers = st.builds(
    lambda born, sequence: made_up_id_number(sequence, born=born.strftime("%Y%m%d")),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
)


class TestParse:
    """GB 11643."""

    @pytest.mark.parametrize("case", DATA["vectors"], ids=lambda case: case["note"])
    def test_vectors(self, case: dict[str, Any]) -> None:
        """Each number of the data is taken or refused as stated, with birth date and sex."""
        if case["expected"]["ok"]:
            number = parse_id_number(case["number"], on=TODAY)
            assert birth_date(number) == date.fromisoformat(case["birth_date"])
            assert is_male(number) is (case["sex"] == "男")
        else:
            with pytest.raises(IdNumberMalformed) as refused:
                parse_id_number(case["number"], on=TODAY)
            assert refused.value.facts.keys() == {"reason"}

    @pytest.mark.parametrize("case", DATA["normalisation"], ids=lambda case: case["note"])
    def test_normalisation(self, case: dict[str, str]) -> None:
        """Lower case, full width and blanks come to one form."""
        assert normalise_number(case["input"]) == case["normalised"] == parse_id_number(case["input"])

    def test_a_future_birth_is_seen_only_with_a_day(self) -> None:
        """Nouns read no clock: the caller gives the day (negative control without one)."""
        future = "379900209901010168"
        assert parse_id_number(future) == future
        with pytest.raises(IdNumberMalformed):
            parse_id_number(future, on=TODAY)

    @given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
    def test_every_single_wrong_character_is_caught(self, number: str, place: int, other: str) -> None:
        """MOD 11-2 sees any one change."""
        wrong = number[:place] + other + number[place + 1 :]
        if wrong != number:
            with pytest.raises(IdNumberMalformed):
                parse_id_number(wrong)

    @given(numbers, st.integers(0, 16))
    def test_every_swap_of_neighbours_is_caught(self, number: str, place: int) -> None:
        """Each weight is twice the next modulo 11, so a swap of two different neighbours is seen."""
        wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if wrong != number:
            with pytest.raises(IdNumberMalformed):
                parse_id_number(wrong)

    @given(numbers)
    def test_right_numbers_are_taken(self, number: str) -> None:
        """Negative control: the generator makes numbers that pass."""
        assert parse_id_number(number) == number

    @given(st.text(max_size=80))
    def test_nothing_but_a_refusal_comes_out(self, text: str) -> None:
        """Whatever is put in, the answer is a number or IdNumberMalformed."""
        number, facts = "", None
        try:
            number = parse_id_number(text)
        except IdNumberMalformed as refused:
            facts = refused.facts
        assert len(number) == 18 if facts is None else facts.keys() == {"reason"}

    def test_digits_of_other_scripts_are_no_digits(self) -> None:
        """Arabic-Indic digits satisfy str.isdigit and must not pass."""
        with pytest.raises(IdNumberMalformed):
            parse_id_number("٣٧٩٩٠٠١٩٥٥٠٦١٥٠١١٥")

    def test_birth_date_of_nonsense(self) -> None:
        """The accessor refuses what the parser would."""
        with pytest.raises(IdNumberMalformed):
            birth_date("379900199902300136")


class TestDocuments:
    """Kinds without a check, and telling a kind from a number."""

    @pytest.mark.parametrize(
        ("kind", "text", "number"),
        [
            (DocumentKind.PASSPORT, " e 12345678 ", "E12345678"),
            (DocumentKind.HK_MACAO_PERMIT, "h0123456789", "H0123456789"),
            (DocumentKind.TAIWAN_PERMIT, "01234567", "01234567"),
            (DocumentKind.PERMANENT_RESIDENCE, "xyz310199001010", None),
            (DocumentKind.PERMANENT_RESIDENCE, "XYZ310190010101", "XYZ310190010101"),
            (DocumentKind.RESIDENCE_PERMIT, "819900199203140169", "819900199203140169"),
            (DocumentKind.ID_CARD, "３７９９００１９８５０１０１００７Ｘ", "37990019850101007X"),
        ],
    )
    def test_stated_kinds(self, kind: DocumentKind, text: str, number: str | None) -> None:
        """Each kind has its form; two have a check."""
        assert parse_document(kind, text).number == (number or normalise_number(text))

    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            (DocumentKind.PASSPORT, "12"),
            (DocumentKind.PASSPORT, "护照12345"),
            (DocumentKind.HK_MACAO_PERMIT, "A0123456789"),
            (DocumentKind.TAIWAN_PERMIT, "012345"),
            (DocumentKind.PERMANENT_RESIDENCE, "12345"),
            (DocumentKind.RESIDENCE_PERMIT, "379900195506150115"),
        ],
    )
    def test_wrong_forms(self, kind: DocumentKind, text: str) -> None:
        """A number of another form is refused, without the number in the facts."""
        with pytest.raises(DocumentMalformed) as refused:
            parse_document(kind, text)
        assert text not in str(refused.value)

    def test_a_wrong_identity_number_is_refused_by_its_own_error(self) -> None:
        """The kinds with a check use it."""
        for kind in (DocumentKind.ID_CARD, DocumentKind.RESIDENCE_PERMIT):
            with pytest.raises(IdNumberMalformed):
                parse_document(kind, "379900195506150116")

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("379900195506150115", DocumentKind.ID_CARD),
            ("H01234567", DocumentKind.HK_MACAO_PERMIT),
            ("0123456789", DocumentKind.TAIWAN_PERMIT),
            ("XYZ310190010101", DocumentKind.PERMANENT_RESIDENCE),
            ("E12345678", DocumentKind.PASSPORT),
        ],
    )
    def test_the_form_tells_the_kind(self, text: str, kind: DocumentKind) -> None:
        """A column of numbers without kinds is readable, and always in the same way."""
        assert guess_document(text) == guess_document(f" {text.lower()}\n") == Document(kind, text)

    @pytest.mark.parametrize("text", ["379900195506150116", "379900550615011", "37990019550615011"])
    def test_a_mistyped_identity_number_is_not_taken_for_a_passport(self, text: str) -> None:
        """Long digits are an identity number or nothing."""
        with pytest.raises(IdNumberMalformed):
            guess_document(text)

    @pytest.mark.parametrize("text", ["", "无", "ABCDEFG", "1234567", "!!!!!!"])
    def test_what_is_no_document(self, text: str) -> None:
        """Words are no numbers; seven digits are nobody's."""
        if text == "1234567":
            assert guess_document(text).kind is DocumentKind.PASSPORT
        else:
            with pytest.raises(DocumentMalformed):
                guess_document(text)

    def test_a_number_never_shows(self) -> None:
        """The number stays out of `repr`, so a log of the object is harmless."""
        assert "379900195506150115" not in repr(guess_document("379900195506150115"))

    def test_every_kind_has_a_label(self) -> None:
        """People read Chinese."""
        assert LABELS.keys() == set(DocumentKind)

    def test_the_area_is_nowhere(self) -> None:
        """Our made-up numbers can belong to nobody."""
        assert made_up_id_number(1).startswith(NOWHERE)
        assert id_check_character("37990019850101007") == "X"
