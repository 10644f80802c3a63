"""F4 of SECURITY.md §6: no altered document is shown as intact, valid and trusted."""

import hashlib
import itertools
import os
import random
from collections.abc import Iterator

import pytest
from asn1crypto import cms

from factories import pdf_attacks as attacks
from factories.documents import NOW, Issuer, face, issuer, licence, press
from zhizhao.verification.finding import Answer
from zhizhao.verification.sealed.check_seal import check_seals

SEED = 20261123
TIMES = 25 if os.environ.get("ZHIZHAO_SOAK") else 1
FLIPS, DIGITS, PADDINGS, EDITS = 800 * TIMES, 600 * TIMES, 200 * TIMES, 400 * TIMES


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Return the issuer whose documents are attacked."""
    return issuer(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Return somebody with certificates of the same names and another root."""
    return issuer(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="module")
def sealed(house: Issuer) -> bytes:
    """Return the document under attack."""
    return house.archive_pdf()


def shown_good(data: bytes, house: Issuer) -> bool:
    """Say whether all three answers are yes."""
    found = check_seals(data, trust=house.anchors(), now=NOW)
    return all(one.answer is Answer.YES for one in (found.intact, found.valid, found.trusted))


def test_the_document_itself_is_good(sealed: bytes, house: Issuer) -> None:
    """Otherwise nothing below would mean anything."""
    assert shown_good(sealed, house)


def test_mutations(sealed: bytes, house: Issuer) -> None:
    """2,000 random changes (50,000 in the soak); none is intact, none is valid."""
    print("seed", SEED)  # noqa: T201 - a failing run must be repeatable
    rng = random.Random(SEED)
    trust = house.anchors()
    tried = 0
    for name, data in itertools.chain(
        attacks.byte_flips(sealed, FLIPS, rng),
        attacks.container_flips(sealed, DIGITS, rng),
        attacks.paddings(sealed, PADDINGS, rng),
        attacks.edits(sealed, EDITS, rng),
    ):
        if data == sealed:
            continue
        found = check_seals(data, trust=trust, now=NOW)
        assert found.intact.answer is not Answer.YES, name
        assert found.valid.answer is not Answer.YES, name
        tried += 1
    assert tried >= 1990 * TIMES


def built(sealed: bytes, house: Issuer, stranger: Issuer) -> Iterator[attacks.Attack]:
    """Yield every constructed attack."""
    other = house.seal(press().render_now(licence(face("C"))))
    foreign = stranger.seal(press().render_now(licence(face("C"))))
    yield from attacks.framings(sealed)
    yield from attacks.byte_ranges(sealed)
    yield from attacks.wrapped(sealed)
    yield from attacks.containers(sealed, other)
    yield from attacks.containers(sealed, foreign)
    yield from attacks.updates(sealed)
    yield from attacks.second_signatures(sealed, {"stranger": stranger})


def test_constructed_attacks(sealed: bytes, house: Issuer, stranger: Issuer) -> None:
    """Framing, byte ranges, wrapping, containers, incremental updates, further signatures."""
    tried = 0
    for name, data in built(sealed, house, stranger):
        assert data != sealed, name
        found = check_seals(data, trust=house.anchors(), now=NOW)
        assert found.intact.answer is not Answer.YES, name
        assert found.trusted.answer is not Answer.YES, name
        tried += 1
    assert tried > 60


def test_changes_sealed_by_ourselves_are_still_changes(sealed: bytes, house: Issuer) -> None:
    """Even a trusted second signature does not cover up a changed page; a plain one is welcome."""
    for name, data in attacks.second_signatures(sealed, {"house": house}):
        assert shown_good(data, house) == name.endswith("plain"), name


def test_the_same_page_under_another_root_is_not_trusted(house: Issuer, stranger: Issuer) -> None:
    """Intact and valid, but nobody we trust."""
    for _, data in attacks.resigned(press().render_now(licence()), {"stranger": stranger}):
        found = check_seals(data, trust=house.anchors(), now=NOW)
        assert (found.intact.answer, found.valid.answer) == (Answer.YES, Answer.YES)
        assert found.trusted.answer is Answer.NO


def test_control_a_check_of_the_first_signature_only_is_fooled(sealed: bytes, house: Issuer, stranger: Issuer) -> None:
    """The same attacks against a checker that looks at the first signature's own bytes: many pass."""

    def first_only(data: bytes) -> bool:
        found, container = attacks.RANGE.search(data), attacks.CONTAINER.search(data)
        if not found or not container:
            return False
        start, stop, rest = (int(number) for number in found.groups()[:3])
        try:
            signer = cms.ContentInfo.load(bytes.fromhex(container[1].decode()))["content"]["signer_infos"][0]
            digests = {one["type"].native: one["values"][0].native for one in signer["signed_attrs"]}
        except (ValueError, KeyError):
            return False
        return bool(digests.get("message_digest") == hashlib.sha256(data[:start] + data[stop : stop + rest]).digest())

    assert first_only(sealed)
    fooled = [name for name, data in built(sealed, house, stranger) if first_only(data)]
    assert {"page replaced", "page painted over", "second signature by stranger, page replaced"} <= set(fooled)
