"""Bytes that were made to hurt: no exception gets out, and nothing takes long (SECURITY.md F3)."""

import random
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.documents import NOW, Issuer
from factories.pdf_attacks import der_of, with_der
from zhizhao.verification.anchors import TrustAnchors
from zhizhao.verification.errors import Fault
from zhizhao.verification.finding import Answer
from zhizhao.verification.sealed.check_seal import check_seals
from zhizhao.verification.sealed.cms import read_signed
from zhizhao.verification.sealed.container import find_containers
from zhizhao.verification.sealed.der import require_der

SEED = 7
MANY = 5 * 1024 * 1024


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_der_reader_ends_or_refuses(raw: bytes) -> None:
    """Any bytes."""
    try:
        require_der(raw)
    except Fault:
        return
    assert len(raw) >= 2


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_pdf_reader_ends_or_refuses(tail: bytes) -> None:
    """Any bytes behind a header."""
    for data in (tail, b"%PDF-1.7\n" + tail, b"%PDF-1.7\n" + tail + b"\n%%EOF\n"):
        try:
            find_containers(data)
        except Fault:
            continue


def test_altered_signature_values_never_raise_anything_else(house: Issuer) -> None:
    """Values, lengths and tags changed at every byte: a fault or a finding, never another exception."""
    pdf = house.licence_pdf()
    der = der_of(pdf)
    trust = house.anchors()
    rng = random.Random(SEED)
    for at in range(len(der)):
        changed = bytearray(der)
        changed[at] = rng.randrange(256)
        if bytes(changed) == der:
            continue
        found = check_seals(with_der(pdf, bytes(changed)), trust=trust, now=NOW)
        assert found.valid.answer is not Answer.YES, at


@pytest.fixture(scope="module")
def der(house: Issuer) -> bytes:
    """Return a good signature value."""
    return der_of(house.licence_pdf())


@settings(max_examples=200, deadline=None)
@given(patch=st.binary(min_size=1, max_size=60), at=st.integers(min_value=0, max_value=800))
def test_signature_reader_ends_or_refuses(der: bytes, patch: bytes, at: int) -> None:
    """A good value with a piece overwritten."""
    with suppress(Fault):
        read_signed(der[:at] + patch + der[at + len(patch) :])


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"%PDF-1.7\n" + b"/ByteRange [0 1 2 3] " * (MANY // 21) + b"%%EOF\n",
        lambda: b"%PDF-1.7\n" + b"%%EOF\n" * (MANY // 6),
        lambda: b"%PDF-1.7\n/Contents <" + b"30" * (MANY // 2) + b"> /ByteRange [0 19 9999999 9]\n%%EOF\n",
        lambda: b"%PDF-1.7\n" + b"/ByteRange [" + b" " * MANY + b"%%EOF\n",
        lambda: b"%PDF-1.7\n" + b"<" * MANY + b"%%EOF\n",
    ],
    ids=["ranges", "end marks", "container", "blanks", "brackets"],
)
def test_large_and_strange_files_are_quick(make: Callable[[], bytes]) -> None:
    """Five megabytes of one thing take well under a second, even here."""
    data = make()
    started = time.perf_counter()
    found = check_seals(data, trust=TrustAnchors(source="none"), now=NOW)
    assert found.intact.answer is not Answer.YES
    assert time.perf_counter() - started < 1.0
