"""What earlier releases issued must verify in this one: credentials, SM2 documents, chain hashes, status lists."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from zhizhao.licence.chain import RowFacts, row_hash
from zhizhao.licence.credential import open_credential
from zhizhao.licence.face import parse_face
from zhizhao.licence.sm2_document import sm2_document
from zhizhao.licence.status_list import read_entry, unpack
from zhizhao.trust.errors import SignatureBad
from zhizhao.trust.sm2 import load_sm2_public

RELEASES = sorted(Path("tests/vectors/releases").glob("*/licence.json"))
LICENCES = [
    pytest.param(path, number, id=f"{path.parent.name}-{number}")
    for path in RELEASES
    for number in range(len(json.loads(path.read_text("utf-8"))["licences"]))
]


def read(path: Path) -> dict[str, Any]:
    """Return a release's vector."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def verified(compact: str, vector: dict[str, Any]) -> jws.CompactSignature:
    """Verify by the keys that the release published."""
    key_set = KeySet.import_key_set(vector["issuer_metadata"]["jwks"])
    return jws.deserialize_compact(compact, key_set, algorithms=["ES256"])


def test_there_is_a_release_to_check() -> None:
    """An empty list of vectors would pass everything."""
    assert len(LICENCES) >= 2


@pytest.mark.parametrize(("path", "number"), LICENCES)
class TestLicences:
    """One version each."""

    def test_the_credential_reads(self, path: Path, number: int) -> None:
        """Signature, form, every claim of the face."""
        vector = read(path)
        one = vector["licences"][number]
        assert verified(one["credential"].split("~")[0], vector).protected["typ"] == "dc+sd-jwt"
        opened = open_credential(one["credential"])
        face = parse_face(one["face"])
        assert opened.disclosed["identifier"] == one["identifier"]
        assert opened.visible["status"]["status_list"]["idx"] == one["list"][1]
        assert all(opened.disclosed[item.field] == item.text for item in face.items)

    def test_the_sm2_document_is_the_same_bytes(self, path: Path, number: int) -> None:
        """Derived again from the credential, and the signature still fits; one byte more does not."""
        vector = read(path)
        one = vector["licences"][number]
        document = sm2_document(one["credential"])
        assert document == one["sm2_document"].encode()
        key = load_sm2_public(bytes.fromhex(vector["sm2_public_key"]))
        key.verify(document, bytes.fromhex(one["sm2_signature"]))
        with pytest.raises(SignatureBad):
            key.verify(document + b" ", bytes.fromhex(one["sm2_signature"]))

    def test_the_chain_hash_is_the_same(self, path: Path, number: int) -> None:
        """Version rows of an old store still chain."""
        one = read(path)["licences"][number]
        facts = RowFacts(
            uscc=one["uscc"],
            version=one["version"],
            identifier=one["identifier"],
            face=parse_face(one["face"]),
            registry_version=one["registry_version"],
            issued_at=datetime.fromisoformat(one["issued_at"]),
            list_number=one["list"][0],
            list_index=one["list"][1],
            credential=one["credential"],
            sm2_signature=bytes.fromhex(one["sm2_signature"]),
        )
        assert row_hash(bytes.fromhex(one["previous_hash"]), facts).hex() == one["row_hash"]


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.parent.name)
class TestOthers:
    """What stands beside the licences."""

    def test_a_bound_copy(self, path: Path) -> None:
        """The device's key is inside."""
        vector = read(path)
        copy = vector["bound"]["credential"]
        verified(copy.split("~")[0], vector)
        assert open_credential(copy).visible["cnf"] == {"jwk": vector["bound"]["device_jwk"]}

    def test_a_status_list(self, path: Path) -> None:
        """The codes mean what they meant."""
        vector = read(path)
        token = verified(vector["status_list"]["token"], vector)
        assert token.protected["typ"] == "statuslist+jwt"
        packed = unpack(json.loads(token.payload)["status_list"]["lst"])
        entries = vector["status_list"]["entries"]
        assert {index: read_entry(packed, int(index)) for index in entries} == entries
