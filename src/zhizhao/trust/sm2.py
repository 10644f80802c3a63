"""SM2 keys, signatures and their DER forms over the system's libcrypto (GB/T 32918.2, GB/T 35276).

The distinguishing id is always given, because OpenSSL 3.0 has no default and other systems use `1234567812345678`.
Z is computed once per key and id. Verification takes strict DER only; what other systems write goes through
`domestic/sm2_signature.py` first.
"""

import weakref
from typing import Final

from zhizhao.trust.base64url import b64url_text
from zhizhao.trust.domestic.libcrypto import Libcrypto, LibcryptoFailed, system_libcrypto
from zhizhao.trust.domestic.sm2_signature import ORDER, emit_der, read_der
from zhizhao.trust.domestic.sm3 import sm3
from zhizhao.trust.errors import PrivateKeyRefused, PublicKeyRefused, SignatureBad
from zhizhao.trust.es256 import thumbprint
from zhizhao.trust.keys import Suite

DEFAULT_ID: Final = b"1234567812345678"
P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A: Final = P - 3
B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
GX: Final = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
GY: Final = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0

_NUMBER: Final = 32
_UNCOMPRESSED: Final = 4
_LONGEST_ID: Final = 8191  # ENTL is the length in bits, two bytes
_CURVE: Final = b"".join(number.to_bytes(_NUMBER, "big") for number in (A, B, GX, GY))
_SPKI: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
"""SubjectPublicKeyInfo { id-ecPublicKey, 1.2.156.10197.1.301 } up to the point."""
_PKCS8_D: Final = bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420")
_PKCS8_POINT: Final = bytes.fromhex("a144034200")
"""PKCS#8 with an ECPrivateKey (RFC 5915) that names its public point: head ‖ d ‖ middle ‖ point."""


class _Handle:
    """Owns one EVP_PKEY and gives it back when nobody uses it any more."""

    __slots__ = ("__weakref__", "lib", "pointer")

    def __init__(self, lib: Libcrypto, pointer: int) -> None:
        self.lib = lib
        self.pointer = pointer
        weakref.finalize(self, lib.free, pointer)


class Sm2Public:
    """A public key on the SM2 curve; the constructor is given a checked point."""

    suite = Suite.SM2
    __slots__ = ("_handle", "_z", "kid", "point", "x", "y")

    def __init__(self, handle: _Handle, point: bytes) -> None:
        self._handle = handle
        self._z: dict[bytes, bytes] = {}
        self.point = point
        """04 ‖ x ‖ y, 65 bytes."""
        self.x = b64url_text(point[1 : _NUMBER + 1])
        self.y = b64url_text(point[_NUMBER + 1 :])
        self.kid = thumbprint(crv="SM2", x=self.x, y=self.y)

    def z(self, distinguishing_id: bytes = DEFAULT_ID) -> bytes:
        """Return Z = SM3(ENTL ‖ id ‖ a ‖ b ‖ G ‖ point), computed once per id (GB/T 32918.2 §5.5)."""
        if known := self._z.get(distinguishing_id):
            return known
        if len(distinguishing_id) > _LONGEST_ID:
            raise SignatureBad(reason="distinguishing id too long")
        bits = (8 * len(distinguishing_id)).to_bytes(2, "big")
        computed = sm3(bits, distinguishing_id, _CURVE, self.point[1:])
        if distinguishing_id == DEFAULT_ID:
            self._z[distinguishing_id] = computed  # others are rare and chosen by the other side: never kept
        return computed

    def verify(self, message: bytes, signature: bytes, *, distinguishing_id: bytes = DEFAULT_ID) -> None:
        """Verify a strict DER signature over the message. Raises SignatureBad."""
        read_der(signature)
        digest = sm3(self.z(distinguishing_id), message)
        try:
            self._handle.lib.verify_digest(self._handle.pointer, signature, digest)
        except LibcryptoFailed as cause:
            raise SignatureBad(kid=self.kid, reason="signature") from cause

    def spki(self) -> bytes:
        """Return the DER SubjectPublicKeyInfo with the SM2 curve's OID."""
        return _SPKI + self.point

    def jwk(self) -> dict[str, str]:
        """Return the public key in the shape of a JWK; `crv` SM2 is registered nowhere, so it is never published."""
        return {"kty": "EC", "crv": "SM2", "x": self.x, "y": self.y, "kid": self.kid}


class Sm2Private:
    """A private key on the SM2 curve, prepared for signing; its bytes leave it only towards the key file."""

    __slots__ = ("_handle", "public")

    def __init__(self, handle: _Handle, public: Sm2Public) -> None:
        self._handle = handle
        self.public = public

    def sign(self, message: bytes, *, distinguishing_id: bytes = DEFAULT_ID) -> bytes:
        """Return the strict DER signature over the message; k is random (GB/T 32918.2 §6.1)."""
        digest = sm3(self.public.z(distinguishing_id), message)
        return emit_der(*read_der(self._handle.lib.sign_digest(self._handle.pointer, digest)))

    def pkcs8(self) -> bytes:
        """Return the DER PKCS#8 form, for the encrypted key file only."""
        return _PKCS8_D + self._handle.lib.scalar(self._handle.pointer) + _PKCS8_POINT + self.public.point


def new_sm2() -> Sm2Private:
    """Return a fresh key. Raises Sm2Unavailable."""
    lib = system_libcrypto()
    return _private(_Handle(lib, lib.new_key()))


def load_sm2_private(der: bytes) -> Sm2Private:
    """Read a PKCS#8 or SEC 1 key. Raises PrivateKeyRefused, Sm2Unavailable."""
    lib = system_libcrypto()
    try:
        handle = _Handle(lib, lib.read_private(der))
        d = int.from_bytes(lib.scalar(handle.pointer), "big")
    except LibcryptoFailed as cause:
        raise PrivateKeyRefused(reason="not an SM2 private key") from cause
    if not 0 < d < ORDER - 1:  # GB/T 32918.1: d in [1, n-2]
        raise PrivateKeyRefused(reason="out of range")
    return _matching(_private(handle))


def _matching(private: Sm2Private) -> Sm2Private:
    """Return the key if its public half verifies what its private half signs. Raises PrivateKeyRefused."""
    try:
        private.public.verify(b"", private.sign(b""))
    except SignatureBad as cause:
        raise PrivateKeyRefused(reason="the public point is not that of the private number") from cause
    return private


def _private(handle: _Handle) -> Sm2Private:
    """Return the private key with a public half read anew from its own checked point."""
    return Sm2Private(handle, sm2_from_point(handle.lib.point(handle.pointer)))


def load_sm2_public(spki: bytes) -> Sm2Public:
    """Read a DER SubjectPublicKeyInfo with an uncompressed point. Raises PublicKeyRefused, Sm2Unavailable."""
    if not spki.startswith(_SPKI):
        raise PublicKeyRefused(reason="not an SM2 SubjectPublicKeyInfo")
    return sm2_from_point(spki[len(_SPKI) :])


def sm2_from_point(point: bytes) -> Sm2Public:
    """Return the key of an uncompressed point, checked in full. Raises PublicKeyRefused, Sm2Unavailable."""
    check_point(point)
    lib = system_libcrypto()
    try:
        return Sm2Public(_Handle(lib, lib.read_public(_SPKI + point)), point)
    except LibcryptoFailed as cause:
        raise PublicKeyRefused(reason="refused by libcrypto") from cause


def check_point(point: bytes) -> None:
    """Return if 04 ‖ x ‖ y is a point of the curve's group (GB/T 32918.1 §6.2.1). Raises PublicKeyRefused.

    (1) length and form, so not the point at infinity; (2) x, y < p; (3) y² = x³ + ax + b. The cofactor is 1, so every
    such point has order n.
    """
    if len(point) != 2 * _NUMBER + 1 or point[0] != _UNCOMPRESSED:  # (1)
        raise PublicKeyRefused(reason="not an uncompressed point")
    x = int.from_bytes(point[1 : _NUMBER + 1], "big")
    y = int.from_bytes(point[_NUMBER + 1 :], "big")
    if x >= P or y >= P:  # (2)
        raise PublicKeyRefused(reason="coordinate out of range")
    if (y * y - (x * x * x + A * x + B)) % P:  # (3)
        raise PublicKeyRefused(reason="not on the curve")
