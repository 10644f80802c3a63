"""The system's libcrypto through ctypes: only what SM2 needs, no compiler (HOUSE.md §4).

`cryptography` carries an OpenSSL of its own. Nothing that one of the two libraries made is ever handed to the
other: bytes cross, pointers do not. Python's `ssl` module may share this library, and error queues are per thread, so
every failed call here empties the queue behind itself.
"""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_ulong, c_void_p
from functools import cache
from typing import Any, Final

from zhizhao.trust.errors import Sm2Unavailable

NAMES: Final = ("libcrypto.so.3", "libcrypto.so", "libcrypto.3.dylib", "libcrypto-3-x64.dll")
LEAST_VERSION: Final = 0x30000000
INSTALL: Final = "OpenSSL 3 with SM2: `apt install libssl3` (Debian, Ubuntu), `apk add libcrypto3` (Alpine)"
ENCODED_POINT: Final = 65
SIGNATURE_ROOM: Final = 80
"""A strict DER SM2 signature has at most 72 bytes."""

_PROTOTYPES: Final[dict[str, tuple[Any, tuple[Any, ...]]]] = {
    "OpenSSL_version_num": (c_ulong, ()),
    "ERR_clear_error": (None, ()),
    "CRYPTO_free": (None, (c_void_p, c_char_p, c_int)),
    "EVP_PKEY_free": (None, (c_void_p,)),
    "EVP_PKEY_is_a": (c_int, (c_void_p, c_char_p)),
    "EVP_PKEY_CTX_new_from_name": (c_void_p, (c_void_p, c_char_p, c_char_p)),
    "EVP_PKEY_CTX_new_from_pkey": (c_void_p, (c_void_p, c_void_p, c_char_p)),
    "EVP_PKEY_CTX_free": (None, (c_void_p,)),
    "EVP_PKEY_keygen_init": (c_int, (c_void_p,)),
    "EVP_PKEY_generate": (c_int, (c_void_p, POINTER(c_void_p))),
    "EVP_PKEY_get_octet_string_param": (c_int, (c_void_p, c_char_p, c_char_p, c_size_t, POINTER(c_size_t))),
    "EVP_PKEY_get_bn_param": (c_int, (c_void_p, c_char_p, POINTER(c_void_p))),
    "BN_bn2binpad": (c_int, (c_void_p, c_char_p, c_int)),
    "BN_clear_free": (None, (c_void_p,)),
    "d2i_PUBKEY": (c_void_p, (c_void_p, POINTER(c_char_p), c_long)),
    "d2i_AutoPrivateKey": (c_void_p, (c_void_p, POINTER(c_char_p), c_long)),
    "EVP_PKEY_sign_init": (c_int, (c_void_p,)),
    "EVP_PKEY_sign": (c_int, (c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t)),
    "EVP_PKEY_verify_init": (c_int, (c_void_p,)),
    "EVP_PKEY_verify": (c_int, (c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)),
}


class LibcryptoFailed(Exception):
    """A call into libcrypto failed; callers turn it into their own named error."""


class Libcrypto:
    """The calls, each of which frees what it took and raises LibcryptoFailed; safe between threads."""

    def __init__(self, library: Any) -> None:
        try:
            for name, (result, arguments) in _PROTOTYPES.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
        except AttributeError as cause:
            raise Sm2Unavailable(reason="a call is missing", call=str(cause), install=INSTALL) from cause
        self._lib = library
        version = library.OpenSSL_version_num()
        if version < LEAST_VERSION:
            raise Sm2Unavailable(reason="too old", version=hex(version), install=INSTALL)

    def _must(self, result: int | None) -> int:
        """Return a result that means success; otherwise empty the error queue and raise."""
        if result is None or result <= 0:
            self._lib.ERR_clear_error()
            raise LibcryptoFailed
        return result

    def new_key(self) -> int:
        """Return a fresh SM2 key; the caller owns it."""
        context = self._must(self._lib.EVP_PKEY_CTX_new_from_name(None, b"SM2", None))
        key = c_void_p()
        try:
            self._must(self._lib.EVP_PKEY_keygen_init(context))
            self._must(self._lib.EVP_PKEY_generate(context, byref(key)))
        finally:
            self._lib.EVP_PKEY_CTX_free(context)
        return self._must(key.value)

    def read_public(self, spki: bytes) -> int:
        """Return the SM2 key of a SubjectPublicKeyInfo; the caller owns it."""
        return self._read(self._lib.d2i_PUBKEY, spki)

    def read_private(self, der: bytes) -> int:
        """Return the SM2 key of a PKCS#8 or SEC 1 private key; the caller owns it."""
        return self._read(self._lib.d2i_AutoPrivateKey, der)

    def _read(self, read: Any, der: bytes) -> int:
        key = self._must(read(None, byref(c_char_p(der)), len(der)))
        self._lib.ERR_clear_error()  # a decoder that tried other formats first leaves its complaints behind
        if self._lib.EVP_PKEY_is_a(key, b"SM2") != 1:
            self.free(key)
            raise LibcryptoFailed
        return key

    def free(self, key: int) -> None:
        """Give a key back; private numbers are cleared by the library."""
        self._lib.EVP_PKEY_free(key)

    def point(self, key: int) -> bytes:
        """Return the public point, 04 ‖ x ‖ y, 65 bytes."""
        room = ctypes.create_string_buffer(ENCODED_POINT)
        length = c_size_t()
        self._must(self._lib.EVP_PKEY_get_octet_string_param(key, b"pub", room, ENCODED_POINT, byref(length)))
        return room.raw[: length.value]

    def scalar(self, key: int) -> bytes:
        """Return the private number, 32 bytes big-endian."""
        number = c_void_p()
        self._must(self._lib.EVP_PKEY_get_bn_param(key, b"priv", byref(number)))
        room = ctypes.create_string_buffer(32)
        try:
            self._must(self._lib.BN_bn2binpad(number, room, 32))
            return room.raw
        finally:
            self._lib.BN_clear_free(number)
            ctypes.memset(room, 0, 32)

    def sign_digest(self, key: int, digest: bytes) -> bytes:
        """Return the strict DER SM2 signature over a 32-byte digest (e of GB/T 32918.2)."""
        context = self._must(self._lib.EVP_PKEY_CTX_new_from_pkey(None, key, None))
        room = ctypes.create_string_buffer(SIGNATURE_ROOM)
        length = c_size_t(SIGNATURE_ROOM)
        try:
            self._must(self._lib.EVP_PKEY_sign_init(context))
            self._must(self._lib.EVP_PKEY_sign(context, room, byref(length), digest, len(digest)))
        finally:
            self._lib.EVP_PKEY_CTX_free(context)
        return room.raw[: length.value]

    def verify_digest(self, key: int, signature: bytes, digest: bytes) -> None:
        """Return if the strict DER signature is good for the digest."""
        context = self._must(self._lib.EVP_PKEY_CTX_new_from_pkey(None, key, None))
        try:
            self._must(self._lib.EVP_PKEY_verify_init(context))
            self._must(self._lib.EVP_PKEY_verify(context, signature, len(signature), digest, len(digest)))
        finally:
            self._lib.EVP_PKEY_CTX_free(context)


@cache
def system_libcrypto() -> Libcrypto:
    """Return the system's library, found once. Raises Sm2Unavailable."""
    return find_libcrypto(NAMES)


def find_libcrypto(names: tuple[str, ...]) -> Libcrypto:
    """Return the first library of these names that loads and makes an SM2 key. Raises Sm2Unavailable."""
    for name in names:
        try:
            found = Libcrypto(ctypes.CDLL(name))
        except OSError:
            continue
        try:
            found.free(found.new_key())
        except LibcryptoFailed as cause:
            raise Sm2Unavailable(reason="built without SM2", library=name, install=INSTALL) from cause
        return found
    raise Sm2Unavailable(reason="not found", names=names, install=INSTALL)
