"""What the checker holds to be true: roots and seal keys for documents, public keys by purpose for tokens.

An installation publishes its anchors as one small JSON file, `anchors.json` in its data folder and
`/.well-known/zhizhao-anchors.json` on the web. A wire format: fields may be added, none renamed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

import msgspec
from asn1crypto import pem

from zhizhao.trust.base64url import b64url_text, unb64url
from zhizhao.trust.certificates import Certificates
from zhizhao.trust.errors import CertificateRefused, PublicKeyRefused
from zhizhao.trust.es256 import load_p256_public
from zhizhao.trust.jwk import read_public_jwk
from zhizhao.trust.keys import SUITES, KeyProvider, PublicKey, Purpose, Suite
from zhizhao.trust.x509.chain import read_leaf
from zhizhao.verification.errors import AnchorsRefused

FILE: Final = "anchors.json"
WELL_KNOWN: Final = "/.well-known/zhizhao-anchors.json"
TOKEN_PURPOSES: Final = (Purpose.ISSUER, Purpose.RECEIPT, Purpose.STATUS_LIST)
LARGEST: Final = 1024 * 1024
MOST: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A public key and what it may sign."""

    key: PublicKey
    purposes: frozenset[Purpose] | None
    """None: whoever named the key did not say; then the kind of token alone keeps purposes apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchors:
    """Everything trusted in one check."""

    source: str
    """Where the anchors come from, for the evidence."""
    roots: tuple[bytes, ...] = ()
    """DER certificates."""
    seal_keys: frozenset[bytes] | None = None
    """SubjectPublicKeyInfo of the seals; None: every signer under the roots is trusted."""
    keys: Mapping[str, TrustedKey] = field(default_factory=dict)
    """By `kid`, the RFC 7638 thumbprint."""
    base_url: str = ""
    """Origin of the installation; empty when the anchors do not say."""

    def key_for(self, kid: str, purpose: Purpose) -> PublicKey | None:
        """Return the key if it is held for this purpose."""
        known = self.keys.get(kid)
        if known is None or (known.purposes is not None and purpose not in known.purposes):
            return None
        return known.key


class _Key(msgspec.Struct, frozen=True, kw_only=True):
    purpose: Purpose
    spki: str


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    format: Literal["zhizhao-anchors-1"]
    base_url: str
    roots: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST)]
    keys: Annotated[tuple[_Key, ...], msgspec.Meta(max_length=MOST)]


def anchors_document(keys: KeyProvider, certificates: Certificates, *, base_url: str) -> bytes:
    """Return the anchors that an installation publishes; written anew whenever its keys change."""
    purposes = (*TOKEN_PURPOSES, Purpose.DOCUMENT_SEAL)
    wanted = [(purpose, kid) for purpose in purposes if SUITES[purpose] is Suite.ES256 for kid in keys.live(purpose)]
    document = _Document(
        format="zhizhao-anchors-1",
        base_url=base_url,
        roots=tuple(b64url_text(der) for der in certificates.roots()),
        keys=tuple(_Key(purpose=purpose, spki=b64url_text(keys.public(kid).spki())) for purpose, kid in wanted),
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def read_anchors(content: bytes, *, source: str) -> TrustAnchors:
    """Return the anchors in a published document, a PEM file or a JWK Set. Raises AnchorsRefused."""
    if len(content) > LARGEST:
        raise AnchorsRefused(source=source, reason="too large")
    try:
        if content.lstrip()[:1] == b"{":
            return _from_json(content, source=source)
        return _from_pem(content, source=source)
    except (ValueError, msgspec.DecodeError, PublicKeyRefused, CertificateRefused) as cause:
        raise AnchorsRefused(source=source, reason="neither anchors, nor PEM, nor a JWK Set") from cause


def _from_json(content: bytes, *, source: str) -> TrustAnchors:
    fields = msgspec.json.decode(content, type=dict[str, Any])
    if isinstance(fields.get("keys"), list) and "format" not in fields:
        return TrustAnchors(source=source, keys=dict(_from_jwks(fields["keys"])))
    document = msgspec.convert(fields, _Document)
    seals = {unb64url(one.spki.encode()) for one in document.keys if one.purpose is Purpose.DOCUMENT_SEAL}
    known: dict[str, TrustedKey] = {}
    for one in document.keys:
        key = load_p256_public(unb64url(one.spki.encode()))
        known[key.kid] = TrustedKey(key=key, purposes=frozenset({one.purpose}))  # purposes never share a key
    return TrustAnchors(
        source=source,
        roots=tuple(_root(unb64url(one.encode())) for one in document.roots),
        seal_keys=frozenset(seals),
        keys=known,
        base_url=document.base_url,
    )


def _from_jwks(jwks: list[Any]) -> Iterable[tuple[str, TrustedKey]]:
    for jwk in jwks[:MOST]:
        if isinstance(jwk, Mapping) and jwk.get("crv") == "P-256":
            key = read_public_jwk(jwk)
            yield key.kid, TrustedKey(key=key, purposes=None)


def _from_pem(content: bytes, *, source: str) -> TrustAnchors:
    roots: list[bytes] = []
    known: dict[str, TrustedKey] = {}
    for kind, _, der in pem.unarmor(content, multiple=True):
        if kind == "CERTIFICATE":
            roots.append(_root(der))
        elif kind == "PUBLIC KEY":
            key = load_p256_public(der)
            known[key.kid] = TrustedKey(key=key, purposes=None)
    if not roots and not known:
        raise AnchorsRefused(source=source, reason="no certificate and no public key")
    return TrustAnchors(source=source, roots=tuple(roots), keys=known)


def _root(der: bytes) -> bytes:
    read_leaf(der)  # refuses what is no certificate
    return der
