"""The evidence inside an archive copy, taken out by poppler and checked by other people's libraries."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from factories.documents import PRESENTATION, USCC, Issuer, issuer
from zhizhao.trust.jws import jwk_set
from zhizhao.trust.keys import Purpose


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Return the issuer."""
    return issuer(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def inside(house: Issuer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the attachments as `pdfdetach` saves them."""
    folder = tmp_path_factory.mktemp("detached")
    (folder / "archive.pdf").write_bytes(house.archive_pdf())
    subprocess.run(["pdfdetach", "-saveall", "-o", str(folder), str(folder / "archive.pdf")], check=True)
    return {path.name: path.read_text("ascii") for path in Path(folder).glob("*.*jwt")}


def test_receipt_by_joserfc(house: Issuer, inside: dict[str, str]) -> None:
    """The published key set is all that a second library needs."""
    keys = KeySet.import_key_set(jwk_set(house.keys, [Purpose.RECEIPT]))
    token = inside["receipt.jwt"]
    checked = jws.deserialize_compact(token, keys, algorithms=["ES256"])
    assert checked.protected["typ"] == "receipt+jwt"
    assert PRESENTATION.encode() in checked.payload
    head, payload, signature = token.split(".")
    forged = f"{head}.{payload[:-2]}AA.{signature}"
    with pytest.raises(BadSignatureError):  # the control
        jws.deserialize_compact(forged, keys, algorithms=["ES256"])


def test_credential_by_the_reference_implementation(house: Issuer, inside: dict[str, str]) -> None:
    """The SD-JWT authors' own verifier."""
    [published] = jwk_set(house.keys, [Purpose.ISSUER])["keys"]

    def key_of(issuer_name: str, header: dict[str, Any] | None = None) -> JWK:
        del issuer_name, header
        return JWK(**published)

    payload = SDJWTVerifier(inside["licence.sd-jwt"], key_of).get_verified_payload()
    assert payload["uscc"] == USCC
    assert payload["status"]["status_list"]["idx"] == 5
