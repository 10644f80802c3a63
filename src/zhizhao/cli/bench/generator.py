"""The load generator: keep-alive connections over loopback, each sends its next request when the last is answered."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

STATUS_AT = slice(9, 12)


@dataclass(slots=True)
class Tally:
    """What a run of requests gave."""

    answers: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    """Milliseconds, of a closed loop."""


class _Caller(asyncio.Protocol):
    """One connection: writes a request, reads one answer by its length, takes the next."""

    def __init__(self, requests: Iterator[bytes], tally: Tally, done: "asyncio.Future[None]") -> None:
        self._requests = requests
        self._tally = tally
        self._done = done
        self._waiting = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 a stream connection has this transport
        self._transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        head, gap, body = self._waiting.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(head):
            return
        self._tally.answers[int(head[STATUS_AT])] += 1
        self._tally.latencies.append((time.perf_counter() - self._sent_at) * 1000)
        self._waiting = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # a broken connection shows in the count of answers
        if not self._done.done():
            self._done.set_result(None)


def _length(head: bytes) -> int:
    at = head.lower().index(b"content-length:") + len(b"content-length:")
    return int(head[at:].split(b"\r\n", 1)[0])


async def drive(port: int, requests: Sequence[bytes], *, connections: int) -> Tally:
    """Send every request once over that many connections; return the answers by status."""
    loop = asyncio.get_running_loop()
    tally = Tally()
    waiting = iter(requests)
    started = time.perf_counter()
    ends = []
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        await loop.create_connection(lambda done=done: _Caller(waiting, tally, done), "127.0.0.1", port)  # type: ignore[misc] # the default binds this round's future
        ends.append(done)
    await asyncio.gather(*ends)
    tally.seconds = time.perf_counter() - started
    return tally
