"""The certificates of our keys: one chain per key in the key folder, leaf first (SECURITY.md §3.7).

An operator exports a request, has it signed by an authority of their choice, and installs the chain. The
demonstration has an authority of its own (`demo_authority.py`).
"""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from zhizhao.trust.errors import CertificateMissing, CertificateRefused
from zhizhao.trust.keys import SUITES, KeyProvider, Purpose, Suite
from zhizhao.trust.x509.build import Subject, build_request
from zhizhao.trust.x509.chain import check_chain, read_leaf, read_pem_chain, write_pem_chain

FOLDER: Final = "certificates"
CERTIFIED: Final = (Purpose.DOCUMENT_SEAL, Purpose.ISSUER_SM2)
"""Purposes whose signatures others check through a certificate."""
_HALF: Final = 32


class Certificates:
    """Chains by kid, as files `certificates/KID.pem`; public, so not encrypted."""

    def __init__(self, folder: Path, keys: KeyProvider) -> None:
        self._folder = folder / FOLDER
        self._keys = keys

    def chain(self, purpose: Purpose) -> list[bytes]:
        """Return the DER chain of the purpose's current key, leaf first, root last. Raises CertificateMissing."""
        return self.chain_of(self._keys.current(purpose))

    def chain_of(self, kid: str) -> list[bytes]:
        """Return the DER chain of one key, as it lies in the folder now: a renewed one counts without a restart.

        Raises CertificateMissing, CertificateRefused.
        """
        try:
            text = self._path(kid).read_bytes()
        except OSError as cause:
            raise CertificateMissing(kid=kid, folder=str(self._folder)) from cause
        return list(read_pem_chain(text))

    def roots(self) -> list[bytes]:
        """Return the roots of all installed chains, each once."""
        kids = sorted(path.stem for path in self._folder.glob("*.pem"))
        return list(dict.fromkeys(self.chain_of(kid)[-1] for kid in kids))

    def missing(self) -> list[tuple[Purpose, str]]:
        """Return the announced and current keys that want a certificate and have none."""
        return [
            (purpose, info.kid)
            for purpose in CERTIFIED
            for info in self._keys.list(purpose)
            if info.state in {"announced", "current"} and not self._path(info.kid).exists()
        ]

    def request(self, kid: str, purpose: Purpose, *, subject: Subject) -> bytes:
        """Return a signed PKCS#10 request for a key that may sign. Raises KeyUnknown."""
        suite = SUITES[purpose]

        def sign(message: bytes) -> bytes:
            signature = self._keys.sign(kid, purpose, message)
            return der_signature(signature) if suite is Suite.ES256 else signature

        return build_request(subject, spki=self._keys.public(kid).spki(), suite=suite, sign=sign)

    def install(self, purpose: Purpose, chain: Sequence[bytes], *, now: datetime) -> str:
        """Keep a checked chain for the key it is about and return that kid.

        Checks, in order: (1) the leaf's key is one of ours for this purpose; (2) the chain holds together up to its
        root, now. Raises CertificateRefused.
        """
        if not chain:
            raise CertificateRefused(reason="empty chain")
        leaf = read_leaf(chain[0])
        kids = [kid for kid in self._keys.live(purpose) if self._keys.public(kid).spki() == leaf.spki]
        if not kids:  # (1)
            raise CertificateRefused(reason="not about a key of ours", purpose=purpose, subject=leaf.subject)
        check_chain(chain, now=now)  # (2)
        self._folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        replace_public_file(self._path(kids[0]), write_pem_chain(chain))
        return kids[0]

    def _path(self, kid: str) -> Path:
        return self._folder / f"{kid}.pem"


def replace_public_file(path: Path, content: bytes) -> None:
    """Replace a file that others may read, so that a reader sees the old or the new one, whole."""
    fresh = path.with_suffix(f".{os.getpid()}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def keep_first(path: Path, content: bytes) -> None:
    """Write a file that must not replace another: of several processes the first one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.write_bytes(content)
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def der_signature(raw: bytes) -> bytes:
    """Return the DER form that certificates and CMS want of 64 bytes r‖s."""
    return encode_dss_signature(int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big"))
