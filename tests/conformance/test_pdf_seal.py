"""Outsiders judge our seals: poppler's `pdfsig` and pyHanko's validator, with their own reading of the standards."""

import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from factories.documents import NOW, Issuer, issuer


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Return the issuer."""
    return issuer(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def sealed(house: Issuer) -> bytes:
    """Return a sealed archive copy."""
    return house.archive_pdf()


def pdfsig(data: bytes, folder: Path) -> str:
    """Return what poppler says; no trust store is given, so only the signature itself is judged."""
    path = folder / "sealed.pdf"
    path.write_bytes(data)
    done = subprocess.run(
        ["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False, env={"LC_ALL": "C.UTF-8"}
    )
    return done.stdout + done.stderr


async def judged(data: bytes, root: bytes) -> PdfSignatureStatus:
    """Return what pyHanko says, trusting this root."""
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(root)], moment=NOW, best_signature_time=NOW, allow_fetching=False
    )
    [signature] = PdfFileReader(BytesIO(data), strict=True).embedded_signatures
    return await async_validate_pdf_signature(signature, signer_validation_context=context)


class TestPoppler:
    """`pdfsig`."""

    def test_is_valid_and_covers_everything(self, sealed: bytes, tmp_path: Path) -> None:
        """Subfilter, coverage and signature."""
        said = pdfsig(sealed, tmp_path)
        assert "Signature is Valid." in said
        assert "ETSI.CAdES.detached" in said
        assert "Total document signed" in said

    @pytest.mark.parametrize("share", [0.1, 0.35, 0.7])
    def test_finds_one_changed_byte(self, sealed: bytes, tmp_path: Path, share: float) -> None:
        """Anywhere in the drawing; our own verdict on the same bytes is in `test_pdf_attacks.py`."""
        at = int(len(sealed) * share)
        said = pdfsig(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], tmp_path)
        assert "Signature is Valid." not in said


class TestPyhanko:
    """A validator written against ETSI and ISO texts."""

    async def test_all_good(self, sealed: bytes, house: Issuer) -> None:
        """Intact, valid, trusted, nothing after the signature, a certification that allows only signatures."""
        status = await judged(sealed, house.chain[-1])
        assert status.bottom_line
        assert status.intact
        assert status.valid
        assert status.trusted
        assert status.coverage.name == "ENTIRE_FILE"
        assert status.modification_level.name == "NONE"

    async def test_another_root_is_not_trusted(self, sealed: bytes, tmp_path: Path) -> None:
        """The control: trust is not given to everybody."""
        status = await judged(sealed, issuer(tmp_path).chain[-1])
        assert status.intact
        assert not status.trusted

    async def test_changed_byte(self, sealed: bytes, house: Issuer) -> None:
        """A byte of the drawing."""
        at = len(sealed) // 3
        status = await judged(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], house.chain[-1])
        assert not status.intact
