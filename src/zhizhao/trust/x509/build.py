"""X.509 certificates and requests as DER, for P-256 and SM2 alike (RFC 5280, GB/T 20518). Pure.

`cryptography` builds no SM2 certificate and needs the private key at hand; here the signature is a function, so a key
that never leaves its provider can sign.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from asn1crypto import algos, core, csr, keys, x509

from zhizhao.trust.keys import Suite

SM3_WITH_SM2: Final = "1.2.156.10197.1.501"
SIGNATURE_OIDS: Final[Mapping[Suite, str]] = MappingProxyType(
    {Suite.ES256: "1.2.840.10045.4.3.2", Suite.SM2: SM3_WITH_SM2}
)
_LAST_UTC_TIME: Final = datetime(2050, 1, 1, tzinfo=UTC)  # RFC 5280 §4.1.2.5
_SERIAL_BYTES: Final = 16
_KEY_ID_BYTES: Final = 20

Signer = Callable[[bytes], bytes]
"""Signs a TBS structure; the signature is DER for both suites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A distinguished name of three parts."""

    common_name: str
    organization: str
    country: str = "CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a certificate shall say."""

    subject: Subject
    issuer: Subject
    spki: bytes
    """The subject's public key."""
    issuer_spki: bytes
    not_before: datetime
    not_after: datetime
    serial: bytes
    """16 random bytes; RFC 5280 asks for a positive number of at most 20."""
    is_authority: bool = False


def build_certificate(draft: Draft, *, suite: Suite, sign: Signer) -> bytes:
    """Return the signed certificate; `suite` is that of the issuer's key."""
    algorithm = algos.SignedDigestAlgorithm({"algorithm": SIGNATURE_OIDS[suite]})
    tbs = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(b"\x01" + draft.serial[:_SERIAL_BYTES], "big"),
            "signature": algorithm,
            "issuer": _name(draft.issuer),
            "validity": {"not_before": _time(draft.not_before), "not_after": _time(draft.not_after)},
            "subject": _name(draft.subject),
            "subject_public_key_info": keys.PublicKeyInfo.load(draft.spki),
            "extensions": _extensions(draft),
        }
    )
    certificate = x509.Certificate(
        {"tbs_certificate": tbs, "signature_algorithm": algorithm, "signature_value": sign(tbs.dump())}
    )
    der: bytes = certificate.dump()
    return der


def build_request(subject: Subject, *, spki: bytes, suite: Suite, sign: Signer) -> bytes:
    """Return the signed PKCS#10 request (RFC 2986) that asks for digital signature and non-repudiation."""
    wanted = csr.CRIAttribute(
        {"type": "extension_request", "values": [[_extension("key_usage", _signing_usage(), critical=True)]]}
    )
    info = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": _name(subject),
            "subject_pk_info": keys.PublicKeyInfo.load(spki),
            "attributes": [wanted],
        }
    )
    request = csr.CertificationRequest(
        {
            "certification_request_info": info,
            "signature_algorithm": {"algorithm": SIGNATURE_OIDS[suite]},
            "signature": sign(info.dump()),
        }
    )
    der: bytes = request.dump()
    return der


def _extensions(draft: Draft) -> list[dict[str, Any]]:
    usage = x509.KeyUsage({"key_cert_sign", "crl_sign"}) if draft.is_authority else _signing_usage()
    constraints = x509.BasicConstraints({"ca": True, "path_len_constraint": 0} if draft.is_authority else {"ca": False})
    return [
        _extension("basic_constraints", constraints, critical=True),
        _extension("key_usage", usage, critical=True),
        _extension("key_identifier", core.OctetString(_key_id(draft.spki)), critical=False),
        _extension(
            "authority_key_identifier",
            x509.AuthorityKeyIdentifier({"key_identifier": _key_id(draft.issuer_spki)}),
            critical=False,
        ),
    ]


def _signing_usage() -> Any:
    return x509.KeyUsage({"digital_signature", "non_repudiation"})


def _extension(kind: str, value: Any, *, critical: bool) -> dict[str, Any]:
    return {"extn_id": kind, "critical": critical, "extn_value": core.ParsableOctetString(value.dump())}


def _key_id(spki: bytes) -> bytes:
    """Return the key identifier: the left 160 bits of SHA-256 of the key's bit string (RFC 7093 §2 method 1)."""
    bits = keys.PublicKeyInfo.load(spki)["public_key"].contents[1:]
    return hashlib.sha256(bits).digest()[:_KEY_ID_BYTES]


def _name(subject: Subject) -> Any:
    return x509.Name.build(
        {
            "country_name": subject.country,
            "organization_name": subject.organization,
            "common_name": subject.common_name,
        }
    )


def _time(at: datetime) -> Any:
    whole = at.astimezone(UTC).replace(microsecond=0)
    if whole < _LAST_UTC_TIME:
        return x509.Time(name="utc_time", value=core.UTCTime(whole))
    return x509.Time(name="general_time", value=core.GeneralizedTime(whole))
