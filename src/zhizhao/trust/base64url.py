"""Base64url without padding, strict both ways (RFC 7515 §2, RFC 4648 §3.5)."""

import binascii
from typing import Final

_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")


_PADDING: Final = (b"", b"===", b"==", b"=")


def b64url(data: bytes) -> bytes:
    """Return base64url without padding."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=")


def b64url_text(data: bytes) -> str:
    """Return base64url without padding as text."""
    return b64url(data).decode()


def unb64url(text: bytes) -> bytes:
    """Return the bytes of canonical base64url. Raises ValueError on padding, foreign characters and loose bits."""
    data = binascii.a2b_base64(text.translate(_FROM_URL) + _PADDING[len(text) % 4], strict_mode=True)
    if b64url(data) != text:  # padding, the other alphabet, loose bits in the last character
        raise ValueError(text)
    return data
