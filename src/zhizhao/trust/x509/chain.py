"""Reads and checks chains of certificates that may be P-256, RSA or SM2. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import pem, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509 import load_der_x509_certificate

from zhizhao.trust.errors import CertificateRefused, PublicKeyRefused, SignatureBad
from zhizhao.trust.sm2 import load_sm2_public
from zhizhao.trust.x509.build import SM3_WITH_SM2

LONGEST_CHAIN: Final = 6
_MARK: Final = "CERTIFICATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What we must know about the first certificate of a chain."""

    spki: bytes
    not_before: datetime
    not_after: datetime
    subject: str


def read_pem_chain(text: bytes) -> tuple[bytes, ...]:
    """Return the certificates of a PEM file, in its order. Raises CertificateRefused."""
    try:
        blocks = list(pem.unarmor(text, multiple=True))
    except ValueError as cause:
        raise CertificateRefused(reason="not PEM") from cause
    if any(kind != _MARK for kind, _, _ in blocks) or not 0 < len(blocks) <= LONGEST_CHAIN:
        raise CertificateRefused(reason="not a chain of one to six certificates")
    return tuple(der for _, _, der in blocks)


def write_pem_chain(chain: Sequence[bytes]) -> bytes:
    """Return the chain as PEM, the leaf first."""
    return b"".join(bytes(pem.armor(_MARK, der)) for der in chain)


def read_leaf(der: bytes) -> Leaf:
    """Return key, life and name of a certificate. Raises CertificateRefused."""
    tbs = _parsed(der)["tbs_certificate"]
    validity = tbs["validity"]
    return Leaf(
        spki=tbs["subject_public_key_info"].dump(),
        not_before=validity["not_before"].native,
        not_after=validity["not_after"].native,
        subject=tbs["subject"].human_friendly,
    )


def check_chain(chain: Sequence[bytes], *, now: datetime) -> None:
    """Check a chain from its leaf to its self-signed root.

    Checks, in order: (1) every certificate is within its life; (2) the leaf may sign (digital signature or
    non-repudiation) and is no authority; (3) every issuer is an authority and named as such; (4) every certificate is
    signed by the next, the last by itself. Whether the root deserves trust is the caller's question.
    Raises CertificateRefused.
    """
    parsed = [_parsed(der) for der in chain]
    for certificate in parsed:
        _require_life(certificate, now)  # (1)
    if parsed[0].ca or not _may_sign(parsed[0]):  # (2)
        raise CertificateRefused(reason="the leaf may not sign")
    for place, certificate in enumerate(parsed):
        issuer = min(place + 1, len(parsed) - 1)
        if issuer != 0 and not parsed[issuer].ca:  # (3)
            raise CertificateRefused(reason="issuer is no authority", place=issuer)
        if certificate.issuer != parsed[issuer].subject:
            raise CertificateRefused(reason="issuer's name", place=place)
        require_issued(chain[place], chain[issuer])  # (4)


def require_issued(der: bytes, issuer_der: bytes) -> None:
    """Return if the certificate's signature is that of the issuer's key. Raises CertificateRefused."""
    certificate, issuer = _parsed(der), _parsed(issuer_der)
    try:
        if certificate["signature_algorithm"]["algorithm"].dotted == SM3_WITH_SM2:
            key = load_sm2_public(issuer["tbs_certificate"]["subject_public_key_info"].dump())
            key.verify(certificate["tbs_certificate"].dump(), certificate["signature_value"].native)
        else:
            load_der_x509_certificate(der).verify_directly_issued_by(load_der_x509_certificate(issuer_der))
    except (SignatureBad, PublicKeyRefused, InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError) as cause:
        raise CertificateRefused(reason="signature") from cause


def _parsed(der: bytes) -> Any:
    """Return the certificate with every field read, so that no error comes later. Raises CertificateRefused."""
    try:
        certificate = x509.Certificate.load(der, strict=True)
        certificate.native  # noqa: B018 reads every field
    except (ValueError, TypeError, KeyError) as cause:
        raise CertificateRefused(reason="not a certificate") from cause
    return certificate


def _require_life(certificate: Any, now: datetime) -> None:
    validity = certificate["tbs_certificate"]["validity"]
    if not validity["not_before"].native <= now <= validity["not_after"].native:
        raise CertificateRefused(reason="not within its life", subject=certificate.subject.human_friendly)


def _may_sign(certificate: Any) -> bool:
    usage = certificate.key_usage_value
    return usage is None or bool({"digital_signature", "non_repudiation"} & usage.native)
