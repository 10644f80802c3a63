"""Addresses of our own origin only: where a form or a sign-in may lead back to.

SECURITY.md §3.8: no open redirector.
"""

from typing import Final
from urllib.parse import urlsplit

FORBIDDEN: Final = ("\\", "\r", "\n", "\t", "\0")


def local_path(text: str, *, otherwise: str = "/") -> str:
    """Return `text` if it is a path of this origin (with its query), else `otherwise`."""
    if not text.startswith("/") or text.startswith("//") or any(mark in text for mark in FORBIDDEN):
        return otherwise
    parts = urlsplit(text)
    if parts.scheme or parts.netloc:
        return otherwise
    return text
