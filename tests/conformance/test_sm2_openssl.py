"""SM2 both ways against the OpenSSL command line: keys, signatures, certificates, requests."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import pem, x509

from zhizhao.kernel.clock import HeldClock
from zhizhao.trust.certificates import Certificates
from zhizhao.trust.demo_authority import DemoAuthority
from zhizhao.trust.errors import CertificateRefused, SignatureBad
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.key_file import KdfCost
from zhizhao.trust.keys import Purpose
from zhizhao.trust.sm2 import load_sm2_private, load_sm2_public, new_sm2
from zhizhao.trust.x509.build import Subject
from zhizhao.trust.x509.chain import check_chain, read_leaf, write_pem_chain

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DISTID = "distid:1234567812345678"
MESSAGE = "济宁市电子营业执照".encode()


def openssl(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run the system's OpenSSL."""
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a message in it."""
    (tmp_path / "message").write_bytes(MESSAGE)
    return tmp_path


class TestSignatures:
    """Ours there, theirs here."""

    def test_openssl_verifies_ours(self, folder: Path) -> None:
        """`pkeyutl` and `dgst` take our signature, and refuse it for another message."""
        key = new_sm2()
        (folder / "public.pem").write_bytes(pem.armor("PUBLIC KEY", key.public.spki()))
        (folder / "signature").write_bytes(key.sign(MESSAGE))
        utility = ("pkeyutl", "-verify", "-pubin", "-inkey", folder / "public.pem", "-rawin", "-digest", "sm3")
        utility = (*utility, "-pkeyopt", DISTID, "-sigfile", folder / "signature", "-in")
        assert b"Verified Successfully" in openssl(*utility, folder / "message").stdout
        digest = ("dgst", "-sm3", "-verify", folder / "public.pem", "-sigopt", DISTID, "-signature")
        assert b"Verified OK" in openssl(*digest, folder / "signature", folder / "message").stdout
        (folder / "other").write_bytes(MESSAGE + b".")
        assert openssl(*utility, folder / "other").returncode != 0
        assert openssl(*digest, folder / "signature", folder / "other").returncode != 0

    def test_openssl_without_the_id_refuses_ours(self, folder: Path) -> None:
        """Control: without a distinguishing id OpenSSL computes another Z, so the id above is what counts."""
        key = new_sm2()
        (folder / "public.pem").write_bytes(pem.armor("PUBLIC KEY", key.public.spki()))
        (folder / "signature").write_bytes(key.sign(MESSAGE))
        utility = ("pkeyutl", "-verify", "-pubin", "-inkey", folder / "public.pem", "-rawin", "-digest", "sm3")
        assert openssl(*utility, "-sigfile", folder / "signature", "-in", folder / "message").returncode != 0

    @pytest.mark.parametrize("way", ["pkeyutl", "dgst"])
    def test_we_verify_openssls(self, folder: Path, way: str) -> None:
        """A key and signatures made by the command line verify here; a flipped bit does not."""
        key = folder / "key.pem"
        openssl("genpkey", "-algorithm", "SM2", "-out", key)
        openssl("pkey", "-in", key, "-pubout", "-outform", "DER", "-out", folder / "public.der")
        if way == "pkeyutl":
            order = ("pkeyutl", "-sign", "-inkey", key, "-rawin", "-digest", "sm3", "-pkeyopt", DISTID, "-in")
            signature = openssl(*order, folder / "message").stdout
        else:
            signature = openssl("dgst", "-sm3", "-sign", key, "-sigopt", DISTID, folder / "message").stdout
        public = load_sm2_public((folder / "public.der").read_bytes())
        public.verify(MESSAGE, signature)
        with pytest.raises(SignatureBad):
            public.verify(MESSAGE, signature[:-1] + bytes([signature[-1] ^ 1]))


class TestKeys:
    """Key files cross the border both ways."""

    def test_we_read_openssls_private_key(self, folder: Path) -> None:
        """PKCS#8 as OpenSSL writes it is read, and its public half agrees."""
        openssl("genpkey", "-algorithm", "SM2", "-outform", "DER", "-out", folder / "key.der")
        key = load_sm2_private((folder / "key.der").read_bytes())
        stated = openssl("pkey", "-inform", "DER", "-in", folder / "key.der", "-pubout", "-outform", "DER").stdout
        assert key.public.spki() == stated

    def test_openssl_reads_our_private_key(self, folder: Path) -> None:
        """Our PKCS#8 is read and checked by OpenSSL."""
        key = new_sm2()
        (folder / "key.der").write_bytes(key.pkcs8())
        checked = openssl("pkey", "-inform", "DER", "-in", folder / "key.der", "-check", "-pubcheck", "-noout")
        assert b"Key is valid" in checked.stdout + checked.stderr
        stated = openssl("pkey", "-inform", "DER", "-in", folder / "key.der", "-pubout", "-outform", "DER").stdout
        assert stated == key.public.spki()


@pytest.fixture
def clock() -> HeldClock:
    """Give a held clock; OpenSSL is told the same moment by `-attime`."""
    return HeldClock(NOW)


def id_option(purpose: Purpose) -> tuple[str, ...]:
    """Return the option that names the distinguishing id; P-256 knows none."""
    return ("-vfyopt", DISTID) if purpose is Purpose.ISSUER_SM2 else ()


@pytest.fixture
def certified(tmp_path: Path, clock: HeldClock) -> tuple[FileKeys, Certificates]:
    """Give an installation's keys with the demonstration's certificates."""
    keys = FileKeys.create(tmp_path, b"pw", clock=clock, cost=KdfCost(passes=1, memory_kib=64, lanes=1))
    return keys, DemoAuthority(tmp_path, keys, clock=clock, demo=True).ensure()


def verify(folder: Path, leaf: bytes, root: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    """Let OpenSSL verify a two-level chain at the held moment."""
    (folder / "leaf.pem").write_bytes(write_pem_chain([leaf]))
    (folder / "root.pem").write_bytes(write_pem_chain([root]))
    order = ("verify", "-x509_strict", "-attime", str(int(NOW.timestamp())), *options)
    return openssl(*order, "-CAfile", folder / "root.pem", folder / "leaf.pem")


@pytest.mark.parametrize("purpose", [Purpose.ISSUER_SM2, Purpose.DOCUMENT_SEAL])
class TestCertificates:
    """Two-level chains, because a self-signed SM2 certificate "verifies" in OpenSSL without being checked."""

    def test_openssl_verifies_the_chain(
        self, tmp_path: Path, certified: tuple[FileKeys, Certificates], purpose: Purpose
    ) -> None:
        """The leaf verifies under the root, strictly."""
        leaf, root = certified[1].chain(purpose)
        assert verify(tmp_path, leaf, root, *id_option(purpose)).returncode == 0

    def test_one_flipped_bit_is_found(
        self, tmp_path: Path, clock: HeldClock, certified: tuple[FileKeys, Certificates], purpose: Purpose
    ) -> None:
        """A changed subject or signature is refused by OpenSSL and by us."""
        leaf, root = certified[1].chain(purpose)
        place = leaf.index("演示）".encode())
        for at in (place, len(leaf) - 1):
            altered = leaf[:at] + bytes([leaf[at] ^ 1]) + leaf[at + 1 :]
            assert verify(tmp_path, altered, root, *id_option(purpose)).returncode != 0
            with pytest.raises(CertificateRefused):
                check_chain([altered, root], now=clock.now())

    def test_another_root_is_refused(
        self, tmp_path: Path, clock: HeldClock, certified: tuple[FileKeys, Certificates], purpose: Purpose
    ) -> None:
        """A root of the same name with another key does not carry the leaf."""
        keys = FileKeys.create(tmp_path / "b", b"pw", clock=clock, cost=KdfCost(passes=1, memory_kib=64, lanes=1))
        other = DemoAuthority(tmp_path / "b", keys, clock=clock, demo=True).ensure().chain(purpose)[1]
        leaf = certified[1].chain(purpose)[0]
        assert verify(tmp_path, leaf, other, *id_option(purpose)).returncode != 0
        with pytest.raises(CertificateRefused):
            check_chain([leaf, other], now=clock.now())

    def test_request_is_verified_by_openssl(
        self, tmp_path: Path, certified: tuple[FileKeys, Certificates], purpose: Purpose
    ) -> None:
        """The request's own signature holds, and one flipped bit is found."""
        keys, certificates = certified
        subject = Subject(common_name="示例（演示）", organization="示例平台（演示）")
        request = certificates.request(keys.current(purpose), purpose, subject=subject)
        order = ("req", "-inform", "DER", "-verify", "-noout", *id_option(purpose), "-in")
        (tmp_path / "request").write_bytes(request)
        told = openssl(*order, tmp_path / "request")
        assert told.returncode == 0
        assert b"verify OK" in told.stderr
        place = request.index("示例（演示）".encode())
        (tmp_path / "altered").write_bytes(request[:place] + bytes([request[place] ^ 1]) + request[place + 1 :])
        told = openssl(*order, tmp_path / "altered")
        assert b"verify OK" not in told.stderr

    def test_names_say_demonstration(self, certified: tuple[FileKeys, Certificates], purpose: Purpose) -> None:
        """No certificate of the demonstration looks like a real one."""
        for der in certified[1].chain(purpose):
            assert "演示" in x509.Certificate.load(der).subject.native["common_name"]


def test_openssl_signs_a_chain_that_we_check(folder: Path) -> None:
    """Certificates that the command line made with SM2-with-SM3 pass our check; a flipped bit does not."""
    for name in ("root", "leaf"):
        openssl("genpkey", "-algorithm", "SM2", "-out", folder / f"{name}.key")
    openssl(
        *("req", "-x509", "-new", "-key", folder / "root.key", "-sm3", "-sigopt", DISTID, "-subj", "/CN=root"),
        *("-addext", "keyUsage=critical,keyCertSign", "-days", "2", "-out", folder / "root.pem"),
    )
    openssl(
        *("req", "-new", "-key", folder / "leaf.key", "-sm3", "-sigopt", DISTID, "-subj", "/CN=leaf"),
        *("-out", folder / "leaf.csr"),
    )
    (folder / "ext").write_text("keyUsage=critical,digitalSignature\nbasicConstraints=critical,CA:FALSE\n")
    made = openssl(
        *("x509", "-req", "-in", folder / "leaf.csr", "-CA", folder / "root.pem", "-CAkey", folder / "root.key"),
        *("-CAcreateserial", "-days", "1", "-sm3", "-sigopt", DISTID, "-vfyopt", DISTID),
        *("-extfile", folder / "ext", "-out", folder / "leaf.pem"),
    )
    assert made.returncode == 0, made.stderr
    chain = [pem.unarmor((folder / f"{name}.pem").read_bytes())[2] for name in ("leaf", "root")]
    now = read_leaf(chain[0]).not_before
    check_chain(chain, now=now)
    altered = chain[0][:-1] + bytes([chain[0][-1] ^ 1])
    with pytest.raises(CertificateRefused):
        check_chain([altered, chain[1]], now=now)
