"""A salted commitment: what stands in an entry where personal data would; without the salt it says nothing."""

import hmac
import secrets

from zhizhao.ledger.errors import EntryMalformed

SALT_BYTES = 16


def new_salt() -> bytes:
    """Return a salt for one commitment; kept where the value is kept, erased with it."""
    return secrets.token_bytes(SALT_BYTES)


def commitment(value: str, salt: bytes) -> str:
    """Return HMAC-SHA-256 of the value under the salt, in hexadecimal (SECURITY.md §3.6: erase the salt to erase).

    Raises EntryMalformed: the salt is shorter than 16 bytes, so that it could be tried.
    """
    if len(salt) < SALT_BYTES:
        raise EntryMalformed(reason="a salt has 16 bytes at least", length=len(salt))
    return hmac.digest(salt, value.encode(), "sha256").hex()
