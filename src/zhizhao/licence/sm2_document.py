"""The same claims under the domestic suite: canonical JSON with a detached SM2 signature beside it.

The bytes are made from the stored credential alone, so whoever has the credential can make them again and check the
signature without us, for example by the OpenSSL command line (GB/T 32918.2, default distinguishing id, strict DER).
"""

from collections.abc import Mapping
from typing import Any

from zhizhao.kernel.canonical import canonical
from zhizhao.licence.credential import Subject, open_credential, visible_claims
from zhizhao.licence.errors import CredentialUntrusted
from zhizhao.licence.names import IssuerNames
from zhizhao.trust.errors import SignatureBad
from zhizhao.trust.keys import KeyProvider, PublicKey, Purpose


def sm2_document(credential: str) -> bytes:
    """Return what the SM2 signature of a version is over: its claims in clear. Raises CredentialMalformed."""
    opened = open_credential(credential)
    return _document(opened.visible, opened.disclosed)


def document_of(subject: Subject, names: IssuerNames) -> bytes:
    """Return the same bytes before the credential is made."""
    return _document(visible_claims(subject, names), subject.claims)


def _document(visible: Mapping[str, Any], disclosed: Mapping[str, Any]) -> bytes:
    return canonical({**visible, **disclosed})


def sign_document(keys: KeyProvider, document: bytes) -> bytes:
    """Return the strict DER signature with the current SM2 issuer key."""
    return keys.sign(keys.current(Purpose.ISSUER_SM2), Purpose.ISSUER_SM2, document)


def check_sm2(credential: str, signature: bytes, *, keys: KeyProvider) -> PublicKey:
    """Return which of our live SM2 issuer keys signed the credential's claims. Raises CredentialUntrusted."""
    document = sm2_document(credential)
    for kid in keys.live(Purpose.ISSUER_SM2):
        key = keys.public(kid)
        try:
            key.verify(document, signature)
        except SignatureBad:
            continue
        return key
    raise CredentialUntrusted(reason="sm2-signature")
