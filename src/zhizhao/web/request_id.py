"""The number of one request: in the reply's header, on every error shown to people, in every log line."""

import secrets
from collections.abc import MutableMapping
from typing import Any, Final

from litestar.types import Scope

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32, so that it can be read over the telephone."""
GROUPS: Final = 3
GROUP: Final = 4
KEY: Final = "zhizhao_request_id"


def new_request_id() -> str:
    """Return 60 random bits as `XXXX-XXXX-XXXX`."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def request_id(scope: Scope | MutableMapping[str, Any]) -> str:
    """Return the number of the request that this ASGI scope belongs to; made at the first call, never the caller's."""
    state = scope.setdefault("state", {})
    if KEY not in state:
        state[KEY] = new_request_id()
    number: str = state[KEY]
    return number
