"""The seal: made by the provider's key, in one form, and nothing else changes."""

import re

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from factories.documents import NOW, Issuer, licence, press
from zhizhao.document.errors import SealRefused
from zhizhao.document.seal import P256_ORDER, seal_now, seal_pdf
from zhizhao.trust.keys import Purpose


@pytest.fixture(scope="module")
def plain() -> bytes:
    """Return a drawn licence without a seal."""
    return press().render_now(licence())


def container(pdf: bytes) -> bytes:
    """Return the signature value with its padding."""
    found = re.search(rb"/Contents <([0-9A-F]+)>", pdf)
    assert found
    return bytes.fromhex(found[1].decode())


class TestSeal:
    """PAdES B-B."""

    def test_appends_and_changes_nothing(self, house: Issuer, plain: bytes) -> None:
        """The drawn document stands at the start, byte for byte; one revision follows."""
        sealed = house.seal(plain)
        assert sealed.startswith(plain)
        assert sealed.count(b"%%EOF") == 2

    def test_has_no_clock_and_no_chance_but_the_signature(self, house: Issuer, plain: bytes) -> None:
        """Two seals of one document differ in the signature value only."""
        one, two = (re.sub(rb"<[0-9A-F]{1000,}>", b"", house.seal(plain)) for _ in range(2))
        assert one == two

    def test_signature_has_the_smaller_s(self, house: Issuer, plain: bytes) -> None:
        """Of the two values that verify, one is ours; twenty seals would show the other."""
        for _ in range(20):
            signer = cms.ContentInfo.load(container(house.seal(plain)))["content"]["signer_infos"][0]
            _, s = decode_dss_signature(signer["signature"].native)
            assert s <= P256_ORDER // 2

    def test_names_its_certificate_and_leaves_the_root_out(self, house: Issuer, plain: bytes) -> None:
        """A reader must hold the root; the attributes bind the signer's certificate (EN 319 122-1 §5.2.2)."""
        signed = cms.ContentInfo.load(container(house.seal(plain)))["content"]
        assert [one.chosen.dump() for one in signed["certificates"]] == [house.chain[0]]
        kinds = {one["type"].native for one in signed["signer_infos"][0]["signed_attrs"]}
        assert kinds == {"content_type", "message_digest", "signing_certificate_v2"}

    async def test_runs_beside_the_event_loop(self, house: Issuer, plain: bytes) -> None:
        """The coroutine gives the same as the verb in place."""
        sealed = await seal_pdf(plain, keys=house.keys, chain=house.chain, sealed_at=NOW)
        assert b"/ETSI.CAdES.detached" in sealed

    def test_another_keys_certificate_is_refused(self, house: Issuer, plain: bytes) -> None:
        """A chain that is not about the seal's key cannot be used."""
        other = house.certificates.chain(Purpose.ISSUER_SM2)
        for chain in ([], other, house.chain[::-1]):
            with pytest.raises(SealRefused):
                seal_now(plain, keys=house.keys, chain=chain, sealed_at=NOW)

    @pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing", b"plain text"])
    def test_what_is_no_pdf_is_refused(self, house: Issuer, data: bytes) -> None:
        """The library's exceptions do not cross the border."""
        with pytest.raises(SealRefused):
            house.seal(data)
