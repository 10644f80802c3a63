"""A small ASGI function in front of the router: the redeem path by exact address (PERFORMANCE.md §3.1).

The ordinary route answers the same requests in the same words; this one only skips routing. Security headers, request
number, body limit and problem details are those of every other route, and the structural tests list both.
"""

from typing import Any, Final

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.web.api.redeem import RedeemDoor, Reply
from zhizhao.web.csp import ALWAYS, HSTS
from zhizhao.web.i18n import SOURCE, speaking
from zhizhao.web.limits import BODY_BYTES
from zhizhao.web.problems import code_of, field_errors, members, problem_of, retry_after
from zhizhao.web.request_id import request_id

PATH: Final = "/api/v1/presentations"
READ: Final = frozenset({b"authorization", b"content-type", b"idempotency-key"})
"""The headers that a redemption reads."""
Headers = list[tuple[bytes, bytes]]
log = structlog.get_logger("zhizhao.web")
_encode = msgspec.json.Encoder().encode


class ClientGone(Exception):
    """The caller hung up before its request was whole; there is nobody to answer and nothing to do."""


class BodyTooLarge(ZhizhaoError):
    """The body is larger than an ordinary request may be."""

    code = "body-too-large"


def fast_lane(app: ASGIApp, *, door: RedeemDoor, base_url: str, demo: bool) -> ASGIApp:
    """Return the application with the redeem path answered before the router."""
    always: Headers = [*ALWAYS] if demo else [*ALWAYS, (b"strict-transport-security", HSTS.encode())]

    async def lane(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"] != PATH or scope["method"] != "POST":
            await app(scope, receive, send)
            return
        scope["path_template"] = PATH  # as the router would: the label of the numbers
        number = request_id(scope)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"] if name in READ}
        try:
            reply = await door.answer(headers, await _body(receive))
            status, body, own = 201, _encode(reply.shown), created_headers(reply)
        except ClientGone:
            return  # half a request never burns a code (RFC 9112 §8)
        except Exception as error:  # noqa: BLE001 the last stop, as the router's: logged whole, told as `internal`
            status, body, own = _problem(error, base_url=base_url, number=number)
        own += [*always, (b"content-length", str(len(body)).encode()), (b"x-request-id", number.encode())]
        await send({"type": "http.response.start", "status": status, "headers": own})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return lane


async def _body(receive: Receive) -> bytes:
    whole = b""
    while True:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        part: bytes = message.get("body", b"")
        whole += part
        if len(whole) > BODY_BYTES:
            raise BodyTooLarge(size=len(whole))
        if not message.get("more_body"):
            return whole


def created_headers(reply: Reply) -> Headers:
    """Return the headers of a created presentation."""
    own = [(name.encode(), value.encode()) for name, value in reply.headers.items()]
    return [(b"content-type", b"application/json"), *own]


def _problem(error: Exception, *, base_url: str, number: str) -> tuple[int, bytes, Headers]:
    code, row = code_of(error), problem_of(error)
    facts = error.facts if isinstance(error, ZhizhaoError) else {}
    if code == "internal":
        log.error("failed", exc_info=error, request_id=number, method="POST", path=PATH)
    else:
        log.info("refused", code=code, request_id=number, path=PATH)
    with speaking(SOURCE):
        problem = members(code, row, facts, base_url=base_url, number=number)
    if isinstance(error, ZhizhaoError) and (wrong := field_errors(error)):
        problem["errors"] = wrong
    headers: Headers = [(b"content-type", b"application/problem+json")]
    headers += [(name.encode(), value.encode()) for name, value in retry_after(row, facts).items()]
    if row.status == 401:  # noqa: PLR2004 RFC 9110 §15.5.2: a 401 names how to authenticate
        headers.append((b"www-authenticate", b"Bearer"))
    return row.status, _encode(problem), headers
