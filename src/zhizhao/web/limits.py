"""How large a request may be: body, uploads, nesting and lists (SECURITY.md §3.10); headers are in `protocol.py`."""

import re
from typing import Any, Final

from litestar import Request

from zhizhao.web.errors import JsonNotText, JsonTooDeep

BODY_BYTES: Final = 1024 * 1024
UPLOAD_BYTES: Final = 10 * 1024 * 1024
"""On upload routes only: `@post(…, request_max_body_size=UPLOAD_BYTES)`."""
JSON_DEPTH: Final = 32
JSON_ITEMS: Final = 1000
"""Longest list, and most members of one object."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_MARK = re.compile(rb"[\[\]{},]")
_OPENING: Final = (b"[", b"{")


def check_json(body: bytes) -> None:
    """Check the coding, nesting and lists of a JSON text without building it. Raises JsonNotText, JsonTooDeep.

    Most bodies hold fewer brackets and commas than the limits in all, which two counts tell. The decoder's error for
    other codings is no decoding error of its own, and the framework would answer it with 500.
    """
    _require_text(body)
    if body.count(b"[") + body.count(b"{") <= JSON_DEPTH and body.count(b",") < JSON_ITEMS:
        return
    counts: list[int] = []
    for mark in _MARK.finditer(_STRING.sub(b'""', body)):
        sign = mark.group()
        if sign in _OPENING:
            counts.append(1)
        elif sign == b",":
            if counts:
                counts[-1] += 1
        elif counts:
            counts.pop()
        if len(counts) > JSON_DEPTH or (counts and counts[-1] > JSON_ITEMS):
            raise JsonTooDeep(depth=len(counts), items=counts[-1] if counts else 0)


def _require_text(body: bytes) -> None:
    try:
        body.decode()
    except UnicodeDecodeError as cause:
        raise JsonNotText(at=cause.start) from cause


class LimitedRequest(Request[Any, Any, Any]):
    """The request of every route: a JSON body is measured before it is parsed."""

    async def body(self) -> bytes:
        """Return the body. Raises JsonNotText, JsonTooDeep, and Litestar's 413 beyond the route's size."""
        whole = await super().body()
        if "json" in self.headers.get("content-type", "json"):
            check_json(whole)
        return whole
