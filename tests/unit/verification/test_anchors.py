"""Trust anchors: what an installation publishes is what a checker reads."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from asn1crypto import pem

from factories.documents import BASE_URL, Issuer
from zhizhao.trust.errors import FetchFailed
from zhizhao.trust.fetch import Fetched
from zhizhao.trust.jws import jwk_set
from zhizhao.trust.keys import Purpose
from zhizhao.verification.anchors import WELL_KNOWN, anchors_document, read_anchors
from zhizhao.verification.errors import AnchorsRefused
from zhizhao.verification.find_anchors import JWKS, fetch_anchors, find_anchors
from zhizhao.verification.publish_anchors import publish_anchors


@dataclass
class Web:
    """A made-up network: addresses and answers."""

    answers: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, url: str) -> Fetched:
        """Return the answer, 404, or nothing at all."""
        self.asked.append(url)
        if not self.answers:
            raise FetchFailed(reason="connection")
        found = self.answers.get(url)
        return Fetched(status=200 if found is not None else 404, content_type="", body=found or b"")


def document(house: Issuer) -> bytes:
    """Return what the installation publishes."""
    return anchors_document(house.keys, house.certificates, base_url=BASE_URL)


class TestReadAnchors:
    """Three forms."""

    def test_published_document(self, house: Issuer) -> None:
        """Roots, seal keys, and each key for its own purpose only."""
        anchors = read_anchors(document(house), source="x")
        assert house.chain[-1] in anchors.roots
        receipt = house.keys.current(Purpose.RECEIPT)
        assert anchors.key_for(receipt, Purpose.RECEIPT) is not None
        assert anchors.key_for(receipt, Purpose.ISSUER) is None
        seal = house.keys.public(house.keys.current(Purpose.DOCUMENT_SEAL)).spki()
        assert anchors.seal_keys == frozenset({seal})
        assert anchors.base_url == BASE_URL

    def test_pem(self, house: Issuer) -> None:
        """Roots and public keys in one file; whoever signs under these roots is trusted."""
        kid = house.keys.current(Purpose.RECEIPT)
        text = pem.armor("CERTIFICATE", house.chain[-1]) + pem.armor("PUBLIC KEY", house.keys.public(kid).spki())
        anchors = read_anchors(text, source="x")
        assert anchors.roots == (house.chain[-1],)
        assert anchors.seal_keys is None
        assert anchors.key_for(kid, Purpose.RECEIPT) is not None

    def test_jwk_set(self, house: Issuer) -> None:
        """What every server publishes."""
        content = json.dumps(jwk_set(house.keys, [Purpose.RECEIPT])).encode()
        anchors = read_anchors(content, source="x")
        assert anchors.key_for(house.keys.current(Purpose.RECEIPT), Purpose.RECEIPT) is not None

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{}",
            b"[]",
            b"nonsense",
            b'{"keys": [{"crv": "P-256"}]}',
            b'{"format": "zhizhao-anchors-2", "keys": []}',
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            b"-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
            b"{" + b" " * (2 << 20),
        ],
    )
    def test_refuses_what_is_none_of_these(self, content: bytes) -> None:
        """One named refusal."""
        with pytest.raises(AnchorsRefused):
            read_anchors(content, source="x")


class TestFindAnchors:
    """A folder or a file."""

    def test_folder_with_anchors(self, house: Issuer, tmp_path: Path) -> None:
        """The published file is found; publishing again changes nothing."""
        path = publish_anchors(tmp_path, keys=house.keys, certificates=house.certificates, base_url=BASE_URL)
        written = path.stat().st_mtime_ns
        publish_anchors(tmp_path, keys=house.keys, certificates=house.certificates, base_url=BASE_URL)
        assert path.stat().st_mtime_ns == written
        assert find_anchors(tmp_path).roots
        assert find_anchors(path).roots

    def test_folder_of_an_installation(self, house: Issuer, tmp_path: Path) -> None:
        """Its settings say where the data are."""
        (tmp_path / "zhizhao.toml").write_text(f'base_url = "{BASE_URL}"\ndata_dir = "data"\n')
        (tmp_path / "data").mkdir()
        publish_anchors(tmp_path / "data", keys=house.keys, certificates=house.certificates, base_url=BASE_URL)
        assert find_anchors(tmp_path).base_url == BASE_URL

    def test_nothing_there(self, tmp_path: Path) -> None:
        """An empty folder and a missing file are refused."""
        for place in (tmp_path, tmp_path / "none"):
            with pytest.raises(AnchorsRefused):
                find_anchors(place)


class TestFetchAnchors:
    """A server."""

    async def test_published_document_first(self, house: Issuer) -> None:
        """The anchors, with the server's own address."""
        web = Web({BASE_URL + WELL_KNOWN: document(house)})
        anchors = await fetch_anchors(BASE_URL, fetch=web)
        assert anchors.roots
        assert web.asked == [BASE_URL + WELL_KNOWN]

    async def test_jwk_set_where_there_is_nothing_else(self, house: Issuer) -> None:
        """Keys without roots."""
        web = Web({BASE_URL + JWKS: json.dumps(jwk_set(house.keys, [Purpose.RECEIPT])).encode()})
        anchors = await fetch_anchors(BASE_URL, fetch=web)
        assert anchors.keys
        assert not anchors.roots

    @pytest.mark.parametrize("answers", [{}, {"https://elsewhere.example": b""}])
    async def test_silence(self, answers: dict[str, bytes]) -> None:
        """Nothing is trusted when nothing is published."""
        with pytest.raises(AnchorsRefused):
            await fetch_anchors(BASE_URL, fetch=Web(answers))
