"""Counters for Prometheus, served on a port of their own and never on the public one (INTERFACES.md §8)."""

import errno
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final
from wsgiref.simple_server import WSGIServer

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.process_collector import ProcessCollector

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
            "Seconds to the answer's head",
            ("route",),
            buckets=BUCKETS,
            registry=self.registry,
        )

        self.job_failures = Counter(
            "zhizhao_job_failures", "Turns of background work that failed", ("job",), registry=self.registry
        )
        self.issuing_stopped = Gauge(
            "zhizhao_issuing_stopped", "1: nothing new is issued, the witness is out of reach", registry=self.registry
        )
        self.witnessed_seconds = Gauge(
            "zhizhao_ledger_witnessed_seconds", "Seconds since the witness held the newest head", registry=self.registry
        )

    def counting(self, app: ASGIApp) -> ASGIApp:
        """Return the application with every answer counted: of routes, and of what stands in front of the router.

        The label is the route's template, never the path: a path may hold an id.
        """

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP:
                await app(scope, receive, send)
                return
            started = perf_counter()

            async def send_counted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    route = str(scope.get("path_template") or "none")
                    self.answers.labels(route, str(message["status"])).inc()
                    self.seconds.labels(route).observe(perf_counter() - started)
                await send(message)

            await app(scope, receive, send_counted)

        return counted

    def serve_first_free(self, port: int, *, most: int = 64) -> Callable[[], None]:
        """Serve on the first free port from `port` on: each worker takes its own. Raises OSError when none is free."""
        for candidate in range(port, port + most):
            try:
                return self.serve(candidate)
            except OSError as cause:
                if cause.errno != errno.EADDRINUSE:
                    raise
        raise OSError(errno.EADDRINUSE, "no free port for the metrics")

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
