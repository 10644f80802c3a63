"""The licence identifier: vectors, MOD 37,36 and its stated limit."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizhao.kernel.identifier import (
    ALPHABET,
    ROOT,
    IdentifierMalformed,
    check_character,
    licence_identifier,
    parse_identifier,
)

DATA: dict[str, Any] = json.loads(Path("tests/vectors/domain/certificate_identifiers.json").read_text("utf-8"))
TYPE, AUTHORITY = "11100000MB0143028R001", "11370800MBT000011G"

serials = st.text(ALPHABET, min_size=1, max_size=24)
identifiers = st.builds(licence_identifier, st.just(TYPE), st.just(AUTHORITY), serials, st.integers(1, 999))


@pytest.mark.parametrize("case", DATA["vectors"], ids=lambda case: case["note"])
def test_vectors(case: dict[str, Any]) -> None:
    """Each identifier of the data is read or refused as stated; what we may write is written alike."""
    if not case["ok"]:
        with pytest.raises(IdentifierMalformed):
            parse_identifier(case["identifier"])
        return
    found = parse_identifier(case["identifier"])
    assert (found.type_code, found.authority, found.serial, f"{found.version:03d}") == (
        case["type_code"],
        case["authority"],
        case["serial"],
        case["version"],
    )
    if len(case["authority"]) == 18:
        assert licence_identifier(found.type_code, found.authority, found.serial, found.version) == case["identifier"]
    else:
        with pytest.raises(IdentifierMalformed):
            licence_identifier(found.type_code, found.authority, found.serial, found.version)


def test_the_root_is_not_part_of_the_check() -> None:
    """The data say what the known mistake would give."""
    for case in DATA["vectors"]:
        if case["ok"]:
            body = case["type_code"] + case["authority"] + case["serial"] + case["version"]
            with_root = check_character(ROOT.replace(".", "") + body)
            assert check_character(body) == case["check"]
            assert with_root == case["check_if_root_were_included"]


@pytest.mark.parametrize("version", [0, -1, 1000])
def test_versions_out_of_range(version: int) -> None:
    """Three digits hold 1 to 999."""
    with pytest.raises(IdentifierMalformed):
        licence_identifier(TYPE, AUTHORITY, "A1", version)


@pytest.mark.parametrize("serial", ["", "a", "A B", "A" * 65, "执照"])
def test_serials_out_of_the_alphabet(serial: str) -> None:
    """Writing is strict."""
    with pytest.raises(IdentifierMalformed):
        licence_identifier(TYPE, AUTHORITY, serial, 1)


@given(identifiers, st.integers(0, 200), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_caught(identifier: str, place: int, other: str) -> None:
    """MOD 37,36 sees any one change after the root; the root itself is compared."""
    place %= len(identifier)
    wrong = identifier[:place] + other + identifier[place + 1 :]
    if wrong != identifier:
        with pytest.raises(IdentifierMalformed):
            parse_identifier(wrong)


@given(identifiers, st.integers(0, 200))
def test_swaps_are_caught_unless_the_values_differ_by_one(identifier: str, place: int) -> None:
    """The limit stated in the module: neighbours that differ by one (0 and Z too) may pass, all others are seen."""
    first = len(ROOT) + 1
    place = first + place % (len(identifier) - first - 1)
    left, right = identifier[place], identifier[place + 1]
    if "." in {left, right} or (ALPHABET.index(left) - ALPHABET.index(right)) % 36 in {0, 1, 35}:
        return
    with pytest.raises(IdentifierMalformed):
        parse_identifier(identifier[:place] + right + left + identifier[place + 2 :])


def test_the_limit_is_real() -> None:
    """Negative control of the exception: some swap of values that differ by one does go unseen."""
    pairs = list(itertools.pairwise(ALPHABET))
    prefixes = ["", *ALPHABET]
    assert any(check_character(p + a + b) == check_character(p + b + a) for a, b in pairs for p in prefixes)


@given(st.text(max_size=200))
def test_nothing_but_a_refusal_comes_out(text: str) -> None:
    """Whatever is put in, only IdentifierMalformed comes out."""
    for given_text in (text, f"{ROOT}.{text}"):
        try:
            parse_identifier(given_text)
        except IdentifierMalformed:
            continue
