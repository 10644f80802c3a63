"""The limits that uvicorn's fast parser lacks: bytes and number of headers, seconds to send them (SECURITY.md §3.10).

In front of HAProxy they change nothing; for the newcomer without a proxy they are the only ones. Measured before:
10,000 headers and one header of 20 MB were answered 200, and an unfinished header was held as long as one watched.
"""

import asyncio
import json
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from zhizhao.web.csp import ALWAYS

HEADERS: Final = 100
HEAD_BYTES: Final = 64 * 1024
"""Request line and headers together."""
HEAD_SECONDS: Final = 10.0
BODY_SECONDS: Final = 60.0
"""From the end of the headers to the end of the body: 10 MiB at 170 KiB/s."""
WRITE_SECONDS: Final = 60.0
"""How long a client may refuse to read an answer."""
KEEP_ALIVE_SECONDS: Final = 5
JOINED_BYTES: Final = 64 * 1024
"""Bytes of an answer that may wait for the end of a turn."""


class HeadRefused(Exception):
    """A request whose head passes a limit; ends the parsing at once."""


class JoiningTransport:
    """Sends what is written in one turn of the loop in one piece: head and body of an answer in one system call.

    Everything else is the transport's own. What is still held goes out before `close`, and is dropped by `abort`.
    """

    __slots__ = ("_call_soon", "_held", "_size", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._call_soon = loop.call_soon
        self._held: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Hold the bytes until this turn of the loop ends."""
        if not self._held:
            self._call_soon(self._send)
        self._held.append(data)
        self._size += len(data)
        if self._size > JOINED_BYTES:  # so that a client that does not read is felt at once
            self._send()

    def close(self) -> None:
        """Send what is held, then close."""
        self._send()
        self._transport.close()

    def abort(self) -> None:
        """Drop what is held and the connection."""
        self._held = []
        self._transport.abort()

    def __getattr__(self, name: str) -> Any:
        """Give the transport's own."""
        return getattr(self._transport, name)

    def _send(self) -> None:
        held, self._held, self._size = self._held, [], 0
        if held and not self._transport.is_closing():
            self._transport.write(b"".join(held))


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's httptools protocol that counts bytes, headers and seconds."""

    head_seconds = HEAD_SECONDS
    body_seconds = BODY_SECONDS
    write_seconds = WRITE_SECONDS

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._in_head = True
        self._head_bytes = 0
        self._status = HTTPStatus.BAD_REQUEST
        self._deadline: asyncio.TimerHandle | None = None
        self._wanted: float | None = None
        """Seconds that the state of the request allows; None: it is our turn."""
        self._moved = False
        """The state has changed since the clock was set."""
        self._write_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in the parent
        """Start to count the seconds of the first head."""
        super().connection_made(JoiningTransport(transport, self.loop))  # type: ignore[arg-type] # it is one, by delegation
        self._wanted = self.head_seconds
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop every clock."""
        self._stop()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes of an unfinished head, which the parser keeps to itself, then parse."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._wanted is None and self._deadline is None and self._answered():
            self._wanted, self._moved = self.head_seconds, True  # a bare line end begins no message and is no silence
        if self._moved:
            self._arm()
        if self._in_head and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._in_head = True
        self._seen = 0
        self._hosts = 0
        self._wanted, self._moved = self.head_seconds, True

    def on_url(self, url: bytes) -> None:
        """Count the request line."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count one header."""
        self._count(len(name) + len(value) + 4)
        self._hosts += name.lower() == b"host"
        if len(self.headers) >= HEADERS:
            self._status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise HeadRefused
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """End the head; the body has its own time. One host, because who stands before us may read the other one."""
        if self._hosts != 1 and self.parser.get_http_version() != "1.0":  # RFC 9112 §3.2
            self._status = HTTPStatus.BAD_REQUEST
            raise HeadRefused
        self._in_head = False
        self._head_bytes = 0
        self._wanted, self._moved = self.body_seconds, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Stop the clock: now it is our turn."""
        self._wanted, self._moved = None, True
        self._in_head = True
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Give a client that does not read a limited time."""
        super().pause_writing()
        self._write_deadline = self.loop.call_later(self.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop that clock."""
        if self._write_deadline is not None:
            self._write_deadline.cancel()
            self._write_deadline = None
        if self.flow is not None:
            super().resume_writing()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 the parent calls it with its own words
        """Answer what could not be parsed, or passed a limit."""
        self._refuse(self._status)

    def _count(self, length: int) -> None:
        self._seen += length
        if self._seen > HEAD_BYTES:
            self._status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise HeadRefused

    def _answered(self) -> bool:
        """Say whether no answer is owed: nothing was asked yet, or all that was asked is answered."""
        return not self.pipeline and (self.cycle is None or self.cycle.response_complete)

    def _arm(self) -> None:
        """Set the clock that the state of the request wants; a request that came whole in one piece never needs one."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._moved = False
        self._deadline = None if self._wanted is None else self.loop.call_later(self._wanted, self._too_late)

    def _stop(self) -> None:
        self._wanted = None
        self._arm()

    def _too_late(self) -> None:
        """Close a connection that was silent for too long; nobody waits for an answer on an empty one."""
        self._deadline = None
        if not self._answered() and self._in_head:
            self._arm()  # the head of a next request waits behind an answer that is still ours to give
            return
        if self._head_bytes == 0 and self._in_head:
            self.transport.close()
            return
        if self.cycle is not None and not self.cycle.response_complete and self.cycle.response_started:
            self.transport.abort()
            return
        self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _refuse(self, status: HTTPStatus) -> None:
        self._stop()
        body = json.dumps({"type": "about:blank", "title": status.phrase, "status": status.value}).encode()
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}".encode(),
            b"content-type: application/problem+json",
            f"content-length: {len(body)}".encode(),
            b"connection: close",
            *(name + b": " + value for name, value in ALWAYS),
        ]
        self.transport.write(b"\r\n".join([*lines, b"", body]))
        self.transport.close()


def server_options() -> dict[str, Any]:
    """Return what every uvicorn server of ours is started with."""
    return {
        "http": LimitedProtocol,
        "ws": "none",
        "server_header": False,
        "proxy_headers": False,
        "access_log": False,
        "log_config": None,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    }
