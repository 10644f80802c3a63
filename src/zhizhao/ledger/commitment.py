"""A salted commitment: what stands in an entry where personal data would; without the salt it says nothing."""

import hmac


def commitment(value: str, salt: bytes) -> str:
    """Return HMAC-SHA-256 of the value under the salt, in hexadecimal (SECURITY.md §3.6: erase the salt to erase)."""
    return hmac.digest(salt, value.encode(), "sha256").hex()
