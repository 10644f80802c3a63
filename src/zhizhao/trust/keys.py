"""One key per purpose behind one interface; private bytes never cross it (SECURITY.md §3.7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from zhizhao.trust.signature_cache import SignatureCache


class Purpose(StrEnum):
    """What a key may be used for. A wire format of the key file: add, never rename, never share a key."""

    ISSUER = "issuer"
    """Signs licence credentials (SD-JWT VC)."""
    ISSUER_SM2 = "issuer-sm2"
    """Signs the same claims with the domestic suite."""
    STATUS_LIST = "status-list"
    OIDC = "oidc"
    """Signs ID tokens and user-info."""
    ACCESS = "access"
    """Signs access tokens."""
    RECEIPT = "receipt"
    LEDGER = "ledger"
    """Signs heads of the ledger's tree."""
    DOCUMENT_SEAL = "document-seal"
    """Signs PDF and OFD."""
    DATA = "data"
    """Wraps the data keys of sealed columns."""
    LOOKUP = "lookup"
    """MAC for equality search over sealed columns."""
    CODE = "code"
    """MAC of presentation codes, slips and other one-time codes."""
    PAIRWISE = "pairwise"
    """MAC behind pairwise subjects."""
    COOKIE = "cookie"
    """MAC of cookies and form tokens."""


class Suite(StrEnum):
    """Algorithms; the file format names them, so add, never rename."""

    ES256 = "ES256"
    """ECDSA, P-256, SHA-256; signatures are 64 bytes r‖s (RFC 7518 §3.4)."""
    SM2 = "SM2"
    """GB/T 32918.2 with SM3 and the default distinguishing id; signatures are strict DER (GB/T 35276)."""
    HMAC_SHA256 = "HMAC-SHA-256"
    A256GCM = "A256GCM"
    """Wraps short secrets with AES-256-GCM."""


SUITES = MappingProxyType(
    {
        Purpose.ISSUER: Suite.ES256,
        Purpose.ISSUER_SM2: Suite.SM2,
        Purpose.STATUS_LIST: Suite.ES256,
        Purpose.OIDC: Suite.ES256,
        Purpose.ACCESS: Suite.ES256,
        Purpose.RECEIPT: Suite.ES256,
        Purpose.LEDGER: Suite.ES256,
        Purpose.DOCUMENT_SEAL: Suite.ES256,
        Purpose.DATA: Suite.A256GCM,
        Purpose.LOOKUP: Suite.HMAC_SHA256,
        Purpose.CODE: Suite.HMAC_SHA256,
        Purpose.PAIRWISE: Suite.HMAC_SHA256,
        Purpose.COOKIE: Suite.HMAC_SHA256,
    }
)
"""The suite of each purpose."""


class KeyState(StrEnum):
    """The life of a key; time alone moves it on (`ring/rotation.py`)."""

    ANNOUNCED = "announced"
    """Published, not used yet, so that caches learn it first."""
    CURRENT = "current"
    """Signs, MACs and wraps."""
    VERIFYING = "verifying"
    """Only checks and opens what it made before."""
    RETIRED = "retired"
    """Neither; what it signed no longer verifies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInfo:
    """What may be said about a key."""

    kid: str
    """RFC 7638 thumbprint of the public key; 22 random characters for a symmetric key."""
    purpose: Purpose
    suite: Suite
    state: KeyState
    created_at: datetime
    current_at: datetime
    """When it starts (or started) to sign."""
    superseded_at: datetime | None
    """When the next key takes (or took) over; None: no successor yet."""
    retires_at: datetime | None
    """When it stops to verify; None: not before it is withdrawn."""


class PublicKey(Protocol):
    """A public key that can verify; built only from checked points."""

    kid: str
    suite: Suite

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return if the signature, in the suite's form, is this key's over the message. Raises SignatureBad."""

    def spki(self) -> bytes:
        """Return the DER SubjectPublicKeyInfo."""

    def jwk(self) -> dict[str, str]:
        """Return the public JWK with `kid`, without `use` and `alg`."""


class KeyProvider(Protocol):
    """Where keys live: an encrypted file now, a module (PKCS#11, SDF) behind the same calls later."""

    signatures: SignatureCache
    """Good signatures seen in this process; cleared of old entries by its bound, and by `epoch` at any change."""

    @property
    def epoch(self) -> int:
        """Return the number that grows with every change of the key set; part of every signature-cache key."""

    def current(self, purpose: Purpose) -> str:
        """Return the kid that signs for this purpose now."""

    def live(self, purpose: Purpose) -> tuple[str, ...]:
        """Return the kids that may have made something still good: current first, then verifying, then announced."""

    def public(self, kid: str) -> PublicKey:
        """Return an announced, current or verifying public key. Raises KeyUnknown."""

    def public_for(self, kid: str, purpose: Purpose) -> PublicKey:
        """Return the same, but only if the key serves this purpose. Raises KeyUnknown."""

    def sign(self, kid: str, purpose: Purpose, message: bytes) -> bytes:
        """Sign the message; ES256: 64 bytes r‖s, SM2: strict DER. Raises KeyUnknown, KeyNotUsable."""

    def mac(self, kid: str, purpose: Purpose, data: bytes) -> bytes:
        """Return the 32-byte HMAC-SHA-256. Raises KeyUnknown, KeyNotUsable."""

    def wrap(self, kid: str, purpose: Purpose, data: bytes) -> bytes:
        """Return nonce ‖ cipher text ‖ tag of a short secret. Raises KeyUnknown, KeyNotUsable."""

    def unwrap(self, kid: str, purpose: Purpose, data: bytes) -> bytes:
        """Return the secret that `wrap` hid. Raises KeyUnknown, KeyNotUsable, SealBroken."""

    def list(self, purpose: Purpose | None = None) -> tuple[KeyInfo, ...]:
        """Return all keys, retired ones too, oldest first."""

    def rotate(self, purpose: Purpose, *, compromised: bool = False, announce: timedelta | None = None) -> KeyInfo:
        """Make a new key that takes over after the announcement, after a compromise at once. Raises RotationRefused."""
