"""Counters for Prometheus, served on a port of their own and never on the public one (INTERFACES.md §8)."""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any, Final
from wsgiref.simple_server import WSGIServer

from litestar.types import Message, Scope
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.process_collector import ProcessCollector

STARTED: Final = "zhizhao_started"
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0)
"""Seconds; 0.3 is the counter's p95 budget (UX.md §16)."""


class Metrics:
    """The numbers of one worker process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.answers = Counter(
            "zhizhao_http_answers", "Answers by route and status", ("route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "zhizhao_http_seconds",
            "Seconds from routing to the answer's head",
            ("route",),
            buckets=BUCKETS,
            registry=self.registry,
        )

    def hook(self) -> Callable[[Message, Scope], Awaitable[None]]:
        """Return the `before_send` hook that counts every answer; its label is the route's template, never the path."""

        async def count(message: Message, scope: Scope) -> None:
            if message["type"] != "http.response.start":
                return
            route = str(scope.get("path_template") or "none")
            self.answers.labels(route, str(message["status"])).inc()
            started = scope["state"].get(STARTED)
            if started is not None:
                self.seconds.labels(route).observe(perf_counter() - started)

        return count

    def serve(self, port: int, *, address: str = "127.0.0.1") -> Callable[[], None]:
        """Serve `/metrics` on its own port; return what stops it."""
        server: WSGIServer
        thread: Any
        server, thread = start_http_server(port, addr=address, registry=self.registry)

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join(5)

        return stop
