"""Symmetric keys prepared once: HMAC-SHA-256 and AES-256-GCM wrapping."""

import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhizhao.trust.errors import SealBroken

KEY_BYTES: Final = 32
NONCE: Final = 12


class MacKey:
    """An HMAC-SHA-256 key."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def mac(self, data: bytes) -> bytes:
        """Return the 32-byte MAC."""
        return hmac.digest(self._key, data, "sha256")


class WrapKey:
    """An AES-256-GCM key that hides short secrets, bound to its own name."""

    __slots__ = ("_cipher", "_name")

    def __init__(self, key: bytes, *, name: bytes) -> None:
        self._cipher = AESGCM(key)
        self._name = name

    def wrap(self, data: bytes) -> bytes:
        """Return nonce ‖ cipher text ‖ tag."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, data, self._name)

    def unwrap(self, data: bytes) -> bytes:
        """Return what `wrap` hid. Raises SealBroken."""
        try:
            return self._cipher.decrypt(data[:NONCE], data[NONCE:], self._name)
        except (InvalidTag, ValueError) as cause:
            raise SealBroken(reason="wrapped key") from cause
