"""The number of one request: in the reply's header, on every error shown to people, in every log line."""

import secrets
from base64 import b32encode
from collections.abc import MutableMapping
from typing import Any, Final

from litestar.types import Scope

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32, so that it can be read over the telephone."""
_RANDOM_BYTES: Final = 8  # 64 bits, of which the number shows 60
_TO_CROCKFORD: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())
KEY: Final = "zhizhao_request_id"


def new_request_id() -> str:
    """Return 60 random bits as `XXXX-XXXX-XXXX`."""
    text = b32encode(secrets.token_bytes(_RANDOM_BYTES)).translate(_TO_CROCKFORD).decode()
    return f"{text[:4]}-{text[4:8]}-{text[8:12]}"


def request_id(scope: Scope | MutableMapping[str, Any]) -> str:
    """Return the number of the request that this ASGI scope belongs to; made at the first call, never the caller's."""
    state = scope.setdefault("state", {})
    if KEY not in state:
        state[KEY] = new_request_id()
    number: str = state[KEY]
    return number
