"""The same claims under the domestic suite."""

import json

import pytest

from factories.licences import a_licence
from zhizhao.kernel.canonical import canonical
from zhizhao.kernel.clock import HeldClock
from zhizhao.licence.credential import open_credential
from zhizhao.licence.errors import CredentialUntrusted
from zhizhao.licence.sm2_document import check_sm2, sm2_document
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.keys import Purpose


class TestSm2Document:
    """What the signature is over."""

    def test_it_holds_the_same_claims_in_clear(self, keys: FileKeys) -> None:
        """Frame and disclosed claims, nothing of the packing."""
        licence = a_licence(keys)
        document = sm2_document(licence.credential)
        opened = open_credential(licence.credential)
        assert json.loads(document) == {**opened.visible, **opened.disclosed}
        assert document == canonical(json.loads(document))
        assert "济宁示例𠮷商贸有限公司".encode() in document

    def test_the_key_that_signed_is_named(self, keys: FileKeys) -> None:
        """The current SM2 issuer key."""
        licence = a_licence(keys)
        assert check_sm2(licence.credential, licence.sm2_signature, keys=keys).kid == keys.current(Purpose.ISSUER_SM2)

    def test_an_earlier_key_still_counts(self, keys: FileKeys, held_clock: HeldClock) -> None:
        """After a rotation with overlap."""
        licence = a_licence(keys)
        keys.rotate(Purpose.ISSUER_SM2)
        held_clock.move(days=30)
        key = check_sm2(licence.credential, licence.sm2_signature, keys=keys)
        assert key.kid != keys.current(Purpose.ISSUER_SM2)

    def test_another_versions_signature_does_not_fit(self, keys: FileKeys) -> None:
        """The status place alone makes the documents differ."""
        licence, other = a_licence(keys), a_licence(keys, place=(1, 4712))
        with pytest.raises(CredentialUntrusted):
            check_sm2(licence.credential, other.sm2_signature, keys=keys)

    @pytest.mark.parametrize("place", [0, 1, 3, 8, 40, -1])
    def test_a_changed_byte_does_not_fit(self, place: int, keys: FileKeys) -> None:
        """Anywhere in the DER."""
        licence = a_licence(keys)
        damaged = bytearray(licence.sm2_signature)
        damaged[place] ^= 1
        with pytest.raises(CredentialUntrusted):
            check_sm2(licence.credential, bytes(damaged), keys=keys)

    def test_a_deployment_without_sm2_leaves_it_empty(self, keys: FileKeys) -> None:
        """And an empty signature never verifies."""
        licence = a_licence(keys)
        with pytest.raises(CredentialUntrusted):
            check_sm2(licence.credential, b"", keys=keys)
