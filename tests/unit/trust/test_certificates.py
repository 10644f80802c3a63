"""Certificates of our keys: the demonstration's authority, and chains that an operator installs."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import x509

from zhizhao.kernel.clock import HeldClock
from zhizhao.trust import file_provider
from zhizhao.trust.certificates import CERTIFIED, Certificates, der_signature, keep_first
from zhizhao.trust.demo_authority import DemoAuthority
from zhizhao.trust.errors import CertificateMissing, CertificateRefused, DemoOnly, KeyUnknown
from zhizhao.trust.es256 import P256Private, new_p256
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.keys import Purpose, Suite
from zhizhao.trust.x509.build import Draft, Subject, build_certificate
from zhizhao.trust.x509.chain import check_chain, read_leaf, read_pem_chain, write_pem_chain

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = timedelta(days=1)
ROOT, MIDDLE = new_p256(), new_p256()
ROOT_NAME = Subject(common_name="某电子认证机构（示例）", organization="示例")
MIDDLE_NAME = Subject(common_name="某中级机构（示例）", organization="示例")


def draft(key: bytes, **changes: object) -> Draft:
    """Return a leaf under the root; changes make it otherwise."""
    plain = Draft(
        subject=Subject(common_name="示例签章", organization="示例"),
        issuer=ROOT_NAME,
        spki=key,
        issuer_spki=ROOT.public.spki(),
        not_before=NOW - DAY,
        not_after=NOW + DAY,
        serial=b"0123456789abcdef",
    )
    return replace(plain, **changes)


def made(what: Draft, signer: P256Private = ROOT) -> bytes:
    """Sign a draft."""
    return build_certificate(what, suite=Suite.ES256, sign=lambda message: der_signature(signer.sign(message)))


def root(**changes: object) -> bytes:
    """Return the root."""
    return made(draft(ROOT.public.spki(), subject=ROOT_NAME, is_authority=True, **changes))


@pytest.fixture
def seal_key(keys: FileKeys) -> bytes:
    """Give the public key of the document seal."""
    return keys.public(keys.current(Purpose.DOCUMENT_SEAL)).spki()


@pytest.fixture
def certificates(key_folder: Path, keys: FileKeys) -> Certificates:
    """Give an empty store of certificates."""
    return Certificates(key_folder, keys)


class TestDemoAuthority:
    """It issues, warns, and stays in its place."""

    def test_is_refused_outside_demo_mode(self, key_folder: Path, keys: FileKeys, held_clock: HeldClock) -> None:
        """Nothing is written."""
        with pytest.raises(DemoOnly):
            DemoAuthority(key_folder, keys, clock=held_clock, demo=False)
        assert sorted(path.name for path in key_folder.iterdir()) == ["keys.json", "keys.lock"]

    def test_warns(
        self, key_folder: Path, keys: FileKeys, held_clock: HeldClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The log says what it is."""
        with caplog.at_level(logging.WARNING):
            DemoAuthority(key_folder, keys, clock=held_clock, demo=True)
        assert "prove nothing" in caplog.text

    def test_issues_once(self, key_folder: Path, keys: FileKeys, held_clock: HeldClock) -> None:
        """The chains stay the same over restarts."""
        authority = DemoAuthority(key_folder, keys, clock=held_clock, demo=True)
        chains = [authority.ensure().chain(purpose) for purpose in CERTIFIED]
        again = DemoAuthority(key_folder, keys, clock=held_clock, demo=True).ensure()
        assert [again.chain(purpose) for purpose in CERTIFIED] == chains
        assert [Certificates(key_folder, keys).chain(purpose) for purpose in CERTIFIED] == chains
        assert len(again.roots()) == 2
        for chain in chains:
            check_chain(chain, now=held_clock.now())

    def test_certifies_an_announced_key(
        self, key_folder: Path, keys: FileKeys, held_clock: HeldClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """After a rotation the new key has its certificate before it takes over, under the same root."""
        monkeypatch.setattr(file_provider, "LOOK_SECONDS", 0.0)
        authority = DemoAuthority(key_folder, keys, clock=held_clock, demo=True)
        old = authority.ensure().chain(Purpose.DOCUMENT_SEAL)
        kid = keys.rotate(Purpose.DOCUMENT_SEAL).kid
        certificates = authority.ensure()
        assert certificates.missing() == []
        held_clock.move(hours=1)
        new = certificates.chain(Purpose.DOCUMENT_SEAL)
        assert keys.current(Purpose.DOCUMENT_SEAL) == kid
        assert new[0] != old[0]
        assert new[1] == old[1]

    def test_survives_a_rotation_of_the_wrapping_key(
        self, key_folder: Path, keys: FileKeys, held_clock: HeldClock
    ) -> None:
        """The root's wrapped key still opens."""
        authority = DemoAuthority(key_folder, keys, clock=held_clock, demo=True)
        authority.ensure()
        keys.rotate(Purpose.DATA, compromised=True)
        keys.rotate(Purpose.ISSUER_SM2)
        authority.ensure()
        assert len(Certificates(key_folder, keys).roots()) == 2

    def test_its_keys_are_not_readable(self, key_folder: Path, keys: FileKeys, held_clock: HeldClock) -> None:
        """The file holds certificates and wrapped keys, no PKCS#8."""
        DemoAuthority(key_folder, keys, clock=held_clock, demo=True).ensure()
        raw = (key_folder / "demo-authority.json").read_bytes()
        assert b"PRIVATE" not in raw
        assert b"MIGHAgEA" not in raw  # base64 of the head of a P-256 or SM2 PKCS#8

    def test_lives_long_enough_to_need_general_time(self, key_folder: Path, keys: FileKeys) -> None:
        """A root that ends after 2049 is written as RFC 5280 §4.1.2.5 asks."""
        clock = HeldClock(datetime(2045, 1, 1, tzinfo=UTC))
        chain = DemoAuthority(key_folder, keys, clock=clock, demo=True).ensure().chain(Purpose.DOCUMENT_SEAL)
        validity = x509.Certificate.load(chain[1])["tbs_certificate"]["validity"]
        assert (validity["not_before"].name, validity["not_after"].name) == ("utc_time", "general_time")

    def test_the_first_of_two_processes_wins(self, tmp_path: Path) -> None:
        """A file that is there is never replaced, and nothing is left over."""
        for content in (b"first", b"second"):
            keep_first(tmp_path / "x" / "file.json", content)
        assert [(path.name, path.read_bytes()) for path in (tmp_path / "x").iterdir()] == [("file.json", b"first")]


class TestInstall:
    """What an operator brings."""

    def test_a_chain(self, certificates: Certificates, keys: FileKeys, seal_key: bytes) -> None:
        """Leaf and root, then kept as PEM."""
        chain = [made(draft(seal_key)), root()]
        kid = certificates.install(Purpose.DOCUMENT_SEAL, chain, now=NOW)
        assert kid == keys.current(Purpose.DOCUMENT_SEAL)
        assert certificates.chain(Purpose.DOCUMENT_SEAL) == chain
        assert certificates.roots() == [chain[1]]
        assert [purpose for purpose, _ in certificates.missing()] == [Purpose.ISSUER_SM2]

    def test_an_intermediate(self, certificates: Certificates, seal_key: bytes) -> None:
        """Three levels."""
        middle = made(draft(MIDDLE.public.spki(), subject=MIDDLE_NAME, is_authority=True))
        leaf = made(draft(seal_key, issuer=MIDDLE_NAME, issuer_spki=MIDDLE.public.spki()), MIDDLE)
        certificates.install(Purpose.DOCUMENT_SEAL, [leaf, middle, root()], now=NOW)
        with pytest.raises(CertificateRefused):
            certificates.install(Purpose.DOCUMENT_SEAL, [leaf, root(), middle], now=NOW)

    def test_a_later_chain_takes_over(
        self, certificates: Certificates, key_folder: Path, keys: FileKeys, seal_key: bytes
    ) -> None:
        """A renewed certificate of the same key is used at once, in every process."""
        elsewhere = Certificates(key_folder, keys)
        for last in (DAY, 2 * DAY):
            chain = [made(draft(seal_key, not_after=NOW + last)), root()]
            certificates.install(Purpose.DOCUMENT_SEAL, chain, now=NOW)
            assert certificates.chain(Purpose.DOCUMENT_SEAL) == chain
            assert elsewhere.chain(Purpose.DOCUMENT_SEAL) == chain

    @pytest.mark.parametrize(
        "name",
        ["foreign key", "expired", "early", "authority", "issuer name", "issuer key", "no authority", "root life"],
    )
    def test_refused(self, certificates: Certificates, seal_key: bytes, name: str) -> None:
        """Every way a chain can be wrong."""
        other = new_p256()
        chains = {
            "foreign key": [made(draft(other.public.spki())), root()],
            "expired": [made(draft(seal_key, not_after=NOW - DAY / 2)), root()],
            "early": [made(draft(seal_key, not_before=NOW + DAY / 2)), root()],
            "authority": [made(draft(seal_key, is_authority=True)), root()],
            "issuer name": [made(draft(seal_key, issuer=MIDDLE_NAME)), root()],
            "issuer key": [made(draft(seal_key), other), root()],
            "no authority": [made(draft(seal_key)), made(draft(ROOT.public.spki(), subject=ROOT_NAME))],
            "root life": [made(draft(seal_key)), root(not_after=NOW - DAY / 2)],
        }
        with pytest.raises(CertificateRefused):
            certificates.install(Purpose.DOCUMENT_SEAL, chains[name], now=NOW)
        with pytest.raises(CertificateMissing):
            certificates.chain(Purpose.DOCUMENT_SEAL)

    def test_another_purpose(self, certificates: Certificates, seal_key: bytes) -> None:
        """The seal's certificate is not the issuer's."""
        with pytest.raises(CertificateRefused):
            certificates.install(Purpose.ISSUER, [made(draft(seal_key)), root()], now=NOW)

    @pytest.mark.parametrize("chain", [[], [b""], [b"x"], [b"0" * 300]])
    def test_no_certificate(self, certificates: Certificates, chain: list[bytes]) -> None:
        """Nothing, and rubbish."""
        with pytest.raises(CertificateRefused):
            certificates.install(Purpose.DOCUMENT_SEAL, chain, now=NOW)

    def test_every_flipped_byte_is_found(self, seal_key: bytes) -> None:
        """A changed leaf or root is never accepted."""
        chain = [made(draft(seal_key)), root()]
        check_chain(chain, now=NOW)
        for which in (0, 1):
            for place in range(0, len(chain[which]), 5):
                altered = list(chain)
                altered[which] = chain[which][:place] + bytes([chain[which][place] ^ 4]) + chain[which][place + 1 :]
                with pytest.raises(CertificateRefused):
                    check_chain(altered, now=NOW)

    def test_a_damaged_file(self, certificates: Certificates, key_folder: Path, keys: FileKeys) -> None:
        """What lies in the folder is checked for its form."""
        (key_folder / "certificates").mkdir()
        path = key_folder / "certificates" / f"{keys.current(Purpose.DOCUMENT_SEAL)}.pem"
        for content in (b"", b"rubbish", b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"):
            path.write_bytes(content)
            with pytest.raises(CertificateRefused):
                certificates.chain(Purpose.DOCUMENT_SEAL)


class TestRequest:
    """What an operator takes away."""

    def test_an_announced_key_asks_before_it_takes_over(self, certificates: Certificates, keys: FileKeys) -> None:
        """So that its certificate is there in time."""
        kid = keys.rotate(Purpose.DOCUMENT_SEAL, announce=9 * DAY).kid
        subject = Subject(common_name="示例", organization="示例")
        assert certificates.request(kid, Purpose.DOCUMENT_SEAL, subject=subject)
        leaf = made(draft(keys.public(kid).spki()))
        assert certificates.install(Purpose.DOCUMENT_SEAL, [leaf, root()], now=NOW) == kid

    def test_an_unknown_key_cannot(self, certificates: Certificates) -> None:
        """No key, no request."""
        with pytest.raises(KeyUnknown):
            certificates.request("x", Purpose.DOCUMENT_SEAL, subject=ROOT_NAME)


def test_pem_there_and_back(seal_key: bytes) -> None:
    """In the same order; a chain is one to six certificates long."""
    chain = (made(draft(seal_key)), root())
    assert read_pem_chain(write_pem_chain(chain)) == chain
    assert read_leaf(chain[0]).spki == seal_key
    with pytest.raises(CertificateRefused):
        read_pem_chain(write_pem_chain(chain * 4))
