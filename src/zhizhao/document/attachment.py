"""What travels inside the PDF so that it can be checked without a network (PDF/A-3, ISO 19005-3 §6.8)."""

from dataclasses import dataclass
from typing import Final

CREDENTIAL_NAME: Final = "licence.sd-jwt"
RECEIPT_NAME: Final = "receipt.jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One embedded text file; its name is a wire format that every later release must still know."""

    name: str
    media_type: str
    description: str
    relationship: str
    """`data`: the page is made from it; `supplement`: it says more (ISO 19005-3 Annex E)."""
    text: str


def credential_attachment(credential: str) -> Attachment:
    """Return the signed face (SD-JWT VC) as an attachment."""
    return Attachment(
        name=CREDENTIAL_NAME,
        media_type="application/dc+sd-jwt",
        description="电子营业执照凭证 licence credential",
        relationship="data",
        text=credential,
    )


def receipt_attachment(receipt: str) -> Attachment:
    """Return the signed receipt of a verification (compact JWS) as an attachment."""
    return Attachment(
        name=RECEIPT_NAME,
        media_type="application/receipt+jwt",
        description="核验回执 verification receipt",
        relationship="supplement",
        text=receipt,
    )
