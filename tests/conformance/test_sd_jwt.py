"""Outsiders judge the credential: the reference SD-JWT library, another JOSE library, OpenSSL for SM2."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, KeySet
from jwcrypto.jwk import JWK
from jwcrypto.jws import InvalidJWSSignature
from sd_jwt.holder import SDJWTHolder
from sd_jwt.verifier import SDJWTVerifier

from factories.ledgers import cheap_keys
from factories.licences import ISSUED_AT, NAMES, a_licence, an_entity
from zhizhao.kernel.clock import HeldClock
from zhizhao.licence.bind import bind
from zhizhao.licence.licence import Licence
from zhizhao.licence.metadata import issuer_metadata
from zhizhao.licence.sm2_document import sm2_document
from zhizhao.trust.demo_authority import DemoAuthority
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.keys import Purpose


@pytest.fixture
def keys(tmp_path: Path, held_clock: HeldClock) -> FileKeys:
    """Give one key for every purpose."""
    return cheap_keys(tmp_path / "keys", held_clock)


@pytest.fixture
def licence(keys: FileKeys) -> Licence:
    """Give a licence with a rare character and an individual business's missing name beside it."""
    return a_licence(keys)


def published(keys: FileKeys, issuer: str, header: dict[str, Any]) -> JWK:
    """Find the key as a stranger does: by issuer and kid in the published metadata."""
    metadata = issuer_metadata(keys, names=NAMES)
    assert metadata["issuer"] == issuer
    (found,) = [key for key in metadata["jwks"]["keys"] if key["kid"] == header["kid"]]
    return JWK.from_json(json.dumps(found))


def verified(keys: FileKeys, text: str, **expected: str) -> dict[str, Any]:
    """Verify with the reference library; return the payload with what was disclosed."""
    verifier = SDJWTVerifier(text, lambda issuer, header: published(keys, issuer, header), **expected)
    payload: dict[str, Any] = verifier.get_verified_payload()
    return payload


class TestReferenceLibrary:
    """`sd-jwt`, the library of the standard's own authors."""

    def test_it_reads_every_claim(self, licence: Licence, keys: FileKeys) -> None:
        """All disclosures belong, the payload is whole."""
        payload = verified(keys, licence.credential)
        assert payload["name"] == "济宁示例𠮷商贸有限公司"
        assert payload["identifier"] == licence.identifier
        assert payload["vct"] == "https://zhizhao.example/vct/business-licence/1"
        assert payload["status"]["status_list"]["idx"] == licence.list_index
        for item in licence.face.items:
            assert payload[item.field] == item.text

    @pytest.mark.parametrize("letter", "ABCDEFGHI")
    def test_every_template(self, letter: str, keys: FileKeys) -> None:
        """Nothing in a face breaks the form."""
        entity = an_entity(template=letter, name=None if letter == "F" else "某某")
        made = a_licence(keys, entity)
        payload = verified(keys, made.credential)
        assert {item.field for item in made.face.items} <= payload.keys()

    def test_the_holder_shows_two_fields_with_a_key_bound_proof(self, licence: Licence, keys: FileKeys) -> None:
        """A bound copy, presented by the library's holder, verified for its audience and nonce."""
        device = ec.generate_private_key(ec.SECP256R1())
        device_key = JWK.from_pyca(device)
        copy = bind(
            licence, json.loads(device_key.export_public()), keys=keys, names=NAMES, at=ISSUED_AT + timedelta(days=1)
        )
        holder = SDJWTHolder(copy)
        holder.create_presentation({"name": True, "uscc": True}, "nonce-1", "https://bank.example", device_key, "ES256")
        shown = holder.sd_jwt_presentation
        expected = {"expected_aud": "https://bank.example", "expected_nonce": "nonce-1"}
        payload = verified(keys, shown, **expected)
        assert {"name", "uscc"} <= payload.keys()
        assert "scope" not in payload
        with pytest.raises(ValueError, match="nonce"):
            verified(keys, shown, **expected | {"expected_nonce": "nonce-2"})

    def test_another_device_cannot_show_it(self, licence: Licence, keys: FileKeys) -> None:
        """The control: the proof must be by the key inside."""
        mine, other = (JWK.from_pyca(ec.generate_private_key(ec.SECP256R1())) for _ in range(2))
        copy = bind(licence, json.loads(mine.export_public()), keys=keys, names=NAMES, at=ISSUED_AT)
        holder = SDJWTHolder(copy)
        holder.create_presentation({}, "n", "a", other, "ES256")
        with pytest.raises(InvalidJWSSignature):
            verified(keys, holder.sd_jwt_presentation, expected_aud="a", expected_nonce="n")

    def test_a_changed_disclosure_is_not_taken(self, licence: Licence, keys: FileKeys) -> None:
        """The digest no longer stands in the payload."""
        jwt, *disclosures, _ = licence.credential.split("~")
        other = a_licence(keys, an_entity(name="冒名公司")).credential.split("~")
        forged = "~".join([jwt, *disclosures[:5], other[6], ""])
        payload = verified(keys, forged)
        assert "name" not in payload

    def test_a_foreign_issuers_key_does_not_verify(self, licence: Licence) -> None:
        """The control: a signature by somebody else."""
        with pytest.raises(InvalidJWSSignature):
            SDJWTVerifier(licence.credential, lambda _i, _h: JWK.from_pyca(ec.generate_private_key(ec.SECP256R1())))


class TestJoserfc:
    """The frame is a plain compact JWS for any JOSE library."""

    def test_it_verifies_from_the_published_set(self, licence: Licence, keys: FileKeys) -> None:
        """Algorithm fixed by the reader, key found by kid."""
        key_set = KeySet.import_key_set(issuer_metadata(keys, names=NAMES)["jwks"])
        read = jws.deserialize_compact(licence.credential.split("~")[0], key_set, algorithms=["ES256"])
        assert read.protected == {"alg": "ES256", "typ": "dc+sd-jwt", "kid": keys.current(Purpose.ISSUER)}
        assert json.loads(read.payload)["iss"] == "https://zhizhao.example"

    def test_a_flipped_bit_does_not(self, licence: Licence) -> None:
        """The control."""
        frame = licence.credential.split("~")[0]
        with pytest.raises(BadSignatureError):
            jws.deserialize_compact(frame, ECKey.generate_key("P-256"), algorithms=["ES256"])


def openssl(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the OpenSSL command line."""
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)


class TestOpenssl:
    """SM2 beside it: whoever has the credential and our certificate needs nothing of ours."""

    @pytest.fixture
    def files(self, tmp_path: Path, licence: Licence, keys: FileKeys, held_clock: HeldClock) -> Path:
        """Write document, signature, certificate and root as a stranger would get them."""
        authority = DemoAuthority(tmp_path / "keys", keys, clock=held_clock, demo=True)
        leaf, *_, root = authority.ensure().chain(Purpose.ISSUER_SM2)
        (tmp_path / "document.json").write_bytes(sm2_document(licence.credential))
        (tmp_path / "document.sig").write_bytes(licence.sm2_signature)
        for name, der in (("leaf", leaf), ("root", root)):
            (tmp_path / f"{name}.der").write_bytes(der)
            made = openssl("x509", "-inform", "DER", "-in", f"{tmp_path}/{name}.der", "-out", f"{tmp_path}/{name}.pem")
            assert made.returncode == 0, made.stderr
        public = openssl("x509", "-in", f"{tmp_path}/leaf.pem", "-noout", "-pubkey")
        (tmp_path / "public.pem").write_text(public.stdout)
        return tmp_path

    def verify(self, folder: Path, *, identity: str = "1234567812345678") -> bool:
        """Ask OpenSSL whether the signature is the certificate's over the document."""
        asked = openssl(
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            f"{folder}/public.pem",
            "-rawin",
            "-digest",
            "sm3",
            "-pkeyopt",
            f"distid:{identity}",
            "-in",
            f"{folder}/document.json",
            "-sigfile",
            f"{folder}/document.sig",
        )
        return asked.returncode == 0 and "Verified Successfully" in asked.stdout

    def test_it_verifies(self, files: Path) -> None:
        """Document, signature and the key of the certificate."""
        assert self.verify(files)

    def test_the_certificate_stands_under_its_root(self, files: Path) -> None:
        """Two levels, both SM2."""
        asked = openssl(
            "verify",
            "-no_check_time",
            "-vfyopt",
            "distid:1234567812345678",
            "-CAfile",
            f"{files}/root.pem",
            f"{files}/leaf.pem",
        )
        assert asked.returncode == 0, asked.stdout + asked.stderr

    @pytest.mark.parametrize("place", [0, 40, -2])
    def test_a_changed_document_does_not(self, place: int, files: Path) -> None:
        """The control: one bit anywhere."""
        damaged = bytearray((files / "document.json").read_bytes())
        damaged[place] ^= 1
        (files / "document.json").write_bytes(damaged)
        assert not self.verify(files)

    def test_another_identity_does_not(self, files: Path) -> None:
        """The default distinguishing id is part of what is signed (GB/T 35276)."""
        assert not self.verify(files, identity="8765432187654321")

    def test_another_licences_signature_does_not(self, files: Path, keys: FileKeys) -> None:
        """The signature is over this version's claims alone."""
        (files / "document.sig").write_bytes(a_licence(keys, place=(1, 1)).sm2_signature)
        assert not self.verify(files)

    def test_the_signature_is_strict_der(self, files: Path) -> None:
        """SEQUENCE of two INTEGERs and nothing behind."""
        parsed = openssl("asn1parse", "-inform", "DER", "-in", f"{files}/document.sig")
        kinds = [word for word in parsed.stdout.split() if word in {"SEQUENCE", "INTEGER"}]
        assert kinds == ["SEQUENCE", "INTEGER", "INTEGER"]
        assert len(parsed.stdout.splitlines()) == 3
