"""SM3 digests and HMAC (GB/T 32905) through `cryptography`."""

from cryptography.hazmat.primitives import hashes, hmac


def sm3(*parts: bytes) -> bytes:
    """Return the 32-byte digest of the parts one after another."""
    context = hashes.Hash(hashes.SM3())
    for part in parts:
        context.update(part)
    return context.finalize()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """Return the 32-byte HMAC-SM3."""
    context = hmac.HMAC(key, hashes.SM3())
    context.update(data)
    return context.finalize()
