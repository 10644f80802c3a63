"""P-256 keys prepared once, so that one signature costs what OpenSSL needs (RFC 7518 §3.4)."""

import hashlib
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from zhizhao.trust.base64url import b64url_text, unb64url
from zhizhao.trust.errors import PrivateKeyRefused, PublicKeyRefused, SignatureBad
from zhizhao.trust.keys import Suite

COORDINATE: Final = 32
_ALGORITHM = ec.ECDSA(hashes.SHA256())


def thumbprint(*, crv: str, x: str, y: str) -> str:
    """Return the RFC 7638 thumbprint of an elliptic-curve JWK."""
    canonical = f'{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}'
    return b64url_text(hashlib.sha256(canonical.encode()).digest())


class P256Public:
    """A public key on P-256; the constructor is given a checked point."""

    suite = Suite.ES256
    __slots__ = ("_key", "kid", "x", "y")

    def __init__(self, key: ec.EllipticCurvePublicKey) -> None:
        numbers = key.public_numbers()
        self._key = key
        self.x = b64url_text(numbers.x.to_bytes(COORDINATE, "big"))
        self.y = b64url_text(numbers.y.to_bytes(COORDINATE, "big"))
        self.kid = thumbprint(crv="P-256", x=self.x, y=self.y)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Verify 64 bytes r‖s. Raises SignatureBad."""
        if len(signature) != 2 * COORDINATE:
            raise SignatureBad(kid=self.kid, reason="length")
        r = int.from_bytes(signature[:COORDINATE], "big")
        s = int.from_bytes(signature[COORDINATE:], "big")
        try:
            self._key.verify(encode_dss_signature(r, s), message, _ALGORITHM)
        except InvalidSignature as cause:
            raise SignatureBad(kid=self.kid, reason="signature") from cause

    def spki(self) -> bytes:
        """Return the DER SubjectPublicKeyInfo."""
        return self._key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def jwk(self) -> dict[str, str]:
        """Return the public JWK."""
        return {"kty": "EC", "crv": "P-256", "x": self.x, "y": self.y, "kid": self.kid}


class P256Private:
    """A private key on P-256, prepared for signing; its bytes leave it only towards the key file."""

    __slots__ = ("_key", "public")

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public = P256Public(key.public_key())

    def sign(self, message: bytes) -> bytes:
        """Return 64 bytes r‖s over SHA-256 of the message."""
        r, s = decode_dss_signature(self._key.sign(message, _ALGORITHM))
        return r.to_bytes(COORDINATE, "big") + s.to_bytes(COORDINATE, "big")

    def pkcs8(self) -> bytes:
        """Return the DER PKCS#8 form, for the encrypted key file only."""
        return self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def new_p256() -> P256Private:
    """Return a fresh key."""
    return P256Private(ec.generate_private_key(ec.SECP256R1()))


def load_p256_private(pkcs8: bytes) -> P256Private:
    """Read a DER PKCS#8 key. Raises PrivateKeyRefused."""
    try:
        key = load_der_private_key(pkcs8, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as cause:
        raise PrivateKeyRefused(reason="not a PKCS#8 key") from cause
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise PrivateKeyRefused(reason="not P-256")
    return P256Private(key)


def load_p256_public(spki: bytes) -> P256Public:
    """Read a DER SubjectPublicKeyInfo. Raises PublicKeyRefused."""
    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as cause:
        raise PublicKeyRefused(reason="not a public key") from cause
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise PublicKeyRefused(reason="not P-256")
    return P256Public(key)


@lru_cache(maxsize=4096)
def p256_from_coordinates(x: str, y: str) -> P256Public:
    """Return the key of two canonical base64url coordinates; parsed once, then remembered. Raises PublicKeyRefused."""
    try:
        raw_x, raw_y = unb64url(x.encode()), unb64url(y.encode())
        if len(raw_x) != COORDINATE or len(raw_y) != COORDINATE:
            raise PublicKeyRefused(reason="coordinates are not 32 bytes")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + raw_x + raw_y)
    except ValueError as cause:
        raise PublicKeyRefused(reason="not a point on P-256") from cause
    return P256Public(key)
