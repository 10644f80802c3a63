"""Seal a PDF: PAdES B-B (ETSI EN 319 142-1) with the document-seal key, which never leaves its provider.

The seal is an invisible certification signature: after it only further signatures may be added, none of them
visible. Order of work: (1) the certificate must be the key's; (2) one incremental update with the signature field;
(3) digest of all bytes but the container; (4) signature by the provider; (5) container filled.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import cms_embedder
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from zhizhao.document.errors import SealRefused
from zhizhao.trust.keys import KeyProvider, Purpose

FIELD: Final = "ZhizhaoSeal"
DIGEST: Final = "sha256"
CONTAINER_CHARACTERS: Final = 16384
"""Room for the signature in hexadecimal: a chain of three certificates takes a third of it, a time stamp fits too."""
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


async def seal_pdf(
    pdf: bytes, *, keys: KeyProvider, chain: Sequence[bytes], sealed_at: datetime, reason: str = ""
) -> bytes:
    """Return the PDF with its seal; about 20 ms, in a thread. Raises SealRefused.

    `chain`: DER certificates, the one of the seal's current key first, then its issuers; roots are left out of the
    file, because a reader must hold its own. `sealed_at` is claimed, not stamped.
    """
    return await asyncio.to_thread(seal_now, pdf, keys=keys, chain=chain, sealed_at=sealed_at, reason=reason)


def seal_now(pdf: bytes, *, keys: KeyProvider, chain: Sequence[bytes], sealed_at: datetime, reason: str = "") -> bytes:
    """Do the work of `seal_pdf` in the calling thread. Raises SealRefused."""
    signer = ProviderSigner(keys, chain)  # (1)
    try:
        writer = _Update(BytesIO(pdf))
        filling = cms_embedder.PdfCMSEmbedder(SigFieldSpec(FIELD)).write_cms(FIELD, writer)  # (2)
        next(filling)
        filling.send(_placeholder(sealed_at, reason))
        prepared, output = filling.send(cms_embedder.SigIOSetup(md_algorithm=DIGEST))  # (3)
        container = asyncio.run(signer.async_sign(prepared.document_digest, DIGEST, use_pades=True))  # (4)
        filling.send(container)  # (5)
    except (PdfError, SigningError) as cause:
        raise SealRefused(reason=str(cause)) from cause
    return bytes(output.getbuffer())


def _placeholder(sealed_at: datetime, reason: str) -> cms_embedder.SigObjSetup:
    return cms_embedder.SigObjSetup(
        sig_placeholder=SignatureObject(
            timestamp=sealed_at.replace(microsecond=0),
            subfilter=SigSeedSubFilter.PADES,
            reason=reason or None,
            bytes_reserved=CONTAINER_CHARACTERS,
        ),
        mdp_setup=cms_embedder.SigMDPSetup(md_algorithm=DIGEST, certify=True, docmdp_perms=MDPPerm.FILL_FORMS),
    )


class _Update(IncrementalPdfFileWriter):
    """An update that adds the signature and nothing else: no wall clock, no producer, no random identifier."""

    def _update_meta(self) -> None:
        """Keep the document's own metadata; the moment of the seal stands in the signature."""

    @classmethod
    def _handle_id(cls, prev: Any) -> generic.ArrayObject:
        first, second = prev.trailer["/ID"]
        followed = hashlib.sha256(bytes(second.original_bytes)).digest()[:16]
        return generic.ArrayObject([first, generic.ByteStringObject(followed)])


class ProviderSigner(Signer):
    """A signer whose private key stays in the key provider."""

    def __init__(self, keys: KeyProvider, chain: Sequence[bytes]) -> None:
        kid = keys.current(Purpose.DOCUMENT_SEAL)
        certificates = [x509.Certificate.load(der) for der in chain]
        if not certificates or certificates[0].public_key.dump() != keys.public(kid).spki():
            raise SealRefused(kid=kid, reason="the first certificate is not that of the seal's key")
        issuers = SimpleCertificateStore()  # type: ignore[no-untyped-call] # the validator ships no types
        issuers.register_multiple([own for own in certificates[1:] if own.self_signed == "no"])
        super().__init__(signing_cert=certificates[0], cert_registry=issuers, embed_roots=False)
        self._keys = keys
        self._kid = kid

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002 - the library's signature
        """Return the DER signature over the signed attributes; its s is the smaller of the two that verify.

        Both (r, s) and (r, n - s) verify, so without a rule anybody could change a byte of a good seal.
        """
        if digest_algorithm != DIGEST or dry_run:
            raise SealRefused(reason=f"digest {digest_algorithm} is not the seal's")
        raw = self._keys.sign(self._kid, Purpose.DOCUMENT_SEAL, data)
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        return encode_dss_signature(r, min(s, P256_ORDER - s))
