"""The signature inside a container: CMS as PAdES B-B wants it, and no byte more (RFC 5652, ETSI EN 319 122-1).

What no signature covers in a CMS value must have its one possible form. Rules, in order: (1) DER; (2) detached signed
data, one signer, SHA-256, no revocation data; (3) certificates: the signer's and its issuers', each once, in DER order;
(4) the signed attributes name content type, digest and certificate; (5) no unsigned attribute; (6) ECDSA on P-256 with
the smaller s. Then two questions: does the signature compute, and is the digest that of the covered bytes.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import cms, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from zhizhao.verification.errors import Fault
from zhizhao.verification.sealed.der import require_der

DIGEST_FORM: Final = bytes.fromhex("300d06096086480165030402010500")
"""SHA-256 with NULL parameters, the form our sealer writes (RFC 5754 §2 lets verifiers take it)."""
SIGNATURE_FORM: Final = bytes.fromhex("300a06082a8648ce3d040302")
"""ecdsa-with-SHA256 (RFC 5758 §3.2)."""
HALF_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551 // 2
_SET_TAG: Final = b"\x31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A well-formed signature value; nothing about it is believed yet."""

    certificates: tuple[bytes, ...]
    """DER, the signer's first."""
    digest: bytes
    """SHA-256 that the signer says the covered bytes have."""
    attributes: bytes
    """What the signature is over."""
    signature: bytes
    subject: str


def read_signed(der: bytes) -> Signed:
    """Return the signature value. Raises Fault."""
    require_der(der)  # (1)
    try:
        content = cms.ContentInfo.load(der, strict=True)
        signed = content["content"]
        signer = _signer(content["content_type"].native, signed)  # (2)
        certificates = _certificates(signed, signer)  # (3)
        digest = _digest(signer, certificates[0])  # (4)
        if signer["unsigned_attrs"].native is not None:  # (5)
            raise Fault(because="container-unsigned-attributes")
        _require_smaller_s(signer["signature"].native)  # (6)
        return Signed(
            certificates=tuple(one.dump() for one in certificates),
            digest=digest,
            attributes=_SET_TAG + signer["signed_attrs"].dump()[1:],
            signature=signer["signature"].native,
            subject=certificates[0].subject.human_friendly,
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError) as cause:
        raise Fault(because="container-cms") from cause


def require_digest(signed: Signed, covered: tuple[memoryview, memoryview]) -> None:
    """Return if the covered bytes are those that were signed. Raises Fault."""
    hashed = hashlib.sha256(covered[0])
    hashed.update(covered[1])
    if hashed.digest() != signed.digest:
        raise Fault(because="digest-differs")


def require_signature(signed: Signed) -> None:
    """Return if the signature over the attributes is that of the named certificate's key. Raises Fault."""
    spki = x509.Certificate.load(signed.certificates[0])["tbs_certificate"]["subject_public_key_info"].dump()
    try:
        key = load_der_public_key(spki)
    except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
        raise Fault(because="algorithm-unknown") from cause
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise Fault(because="algorithm-unknown")
    try:
        key.verify(signed.signature, signed.attributes, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as cause:
        raise Fault(because="signature-differs") from cause


def _signer(content_type: str, signed: Any) -> Any:
    if content_type != "signed_data" or signed["version"].native != "v1" or len(signed["signer_infos"]) != 1:
        raise Fault(because="container-cms", reason="signed data of one signer")
    wrapped = signed["encap_content_info"]
    if wrapped["content_type"].native != "data" or wrapped["content"].native is not None:
        raise Fault(because="container-cms", reason="not detached")
    if signed["crls"].native is not None or [one.dump() for one in signed["digest_algorithms"]] != [DIGEST_FORM]:
        raise Fault(because="container-cms", reason="digests or revocation data")
    signer = signed["signer_infos"][0]
    if signer["version"].native != "v1" or signer["digest_algorithm"].dump() != DIGEST_FORM:
        raise Fault(because="container-cms", reason="signer")
    if signer["signature_algorithm"].dump() != SIGNATURE_FORM:
        raise Fault(because="algorithm-unknown", algorithm=signer["signature_algorithm"]["algorithm"].native)
    return signer


def _certificates(signed: Any, signer: Any) -> list[Any]:
    """Return the chain in order; the bag holds nothing else."""
    bag = [one.chosen for one in signed["certificates"]]
    encoded = [one.dump() for one in bag]
    if encoded != sorted(set(encoded)) or any(not isinstance(one, x509.Certificate) for one in bag):
        raise Fault(because="container-certificates", reason="order")
    named = signer["sid"].chosen
    chain = [one for one in bag if (one.issuer, one.serial_number) == (named["issuer"], named["serial_number"].native)]
    while chain and (above := [one for one in bag if one.subject == chain[-1].issuer and one not in chain]):
        chain.append(above[0])
    if len(chain) != len(bag):
        raise Fault(because="container-certificates", reason="not one chain")
    return chain


def _digest(signer: Any, certificate: Any) -> bytes:
    """Return the message digest; the attributes are each there once and name this certificate."""
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    if len(attributes) != len(signer["signed_attrs"]) or any(len(values) != 1 for values in attributes.values()):
        raise Fault(because="container-attributes", reason="twice")
    if attributes["content_type"][0].native != "data":
        raise Fault(because="container-attributes", reason="content type")
    named = attributes["signing_certificate_v2"][0]["certs"][0]  # ETSI EN 319 122-1 §5.2.2.3
    if named["cert_hash"].native != hashlib.sha256(certificate.dump()).digest():
        raise Fault(because="container-attributes", reason="certificate")
    digest: bytes = attributes["message_digest"][0].native
    return digest


def _require_smaller_s(signature: bytes) -> None:
    try:
        _, s = decode_dss_signature(signature)
    except ValueError as cause:
        raise Fault(because="signature-differs", reason="form") from cause
    if s > HALF_ORDER:
        raise Fault(because="signature-form", reason="larger s")
