"""Numbers for Prometheus: counted by route, on a port of their own (INTERFACES.md §8)."""

from typing import Any

import httpx
from litestar import Litestar
from litestar.testing import TestClient

from factories.postgres import free_port
from factories.web import client_of, trial_app
from zhizhao.storage.database import Database
from zhizhao.web.metrics import Metrics


def told(metrics: Metrics) -> str:
    """Return what the port says."""
    port = free_port()
    stop = metrics.serve_first_free(port)
    try:
        return httpx.get(f"http://127.0.0.1:{port}/metrics").text
    finally:
        stop()


def test_answers_are_counted_by_route_and_status(sqlite_url: str) -> None:
    """The label is the route's template: no path, no id, nothing personal."""
    metrics = Metrics()
    app: Any = metrics.counting(trial_app(Database(sqlite_url)))
    with client_of(app) as client:
        client.get("/trial/page")
        client.get("/trial/refuse")
        client.get("/nothing/370811199001011234")
    value = metrics.registry.get_sample_value
    assert value("zhizhao_http_answers_total", {"route": "/trial/page", "status": "200"}) == 1
    assert value("zhizhao_http_answers_total", {"route": "/trial/refuse", "status": "409"}) == 1
    assert value("zhizhao_http_seconds_count", {"route": "/trial/page"}) == 1
    text = told(metrics)
    assert "zhizhao_http_answers_total" in text
    assert "process_resident_memory_bytes" in text
    assert "370811199001011234" not in text


def test_the_public_port_has_no_metrics(client: TestClient[Litestar]) -> None:
    """`/metrics` is answered on its own port only."""
    assert client.get("/metrics").status_code == 404


def test_each_worker_takes_its_own_port() -> None:
    """A second process on the same machine takes the next free port."""
    port = free_port()
    stops = [Metrics().serve_first_free(port) for _ in range(2)]
    try:
        assert httpx.get(f"http://127.0.0.1:{port}/metrics").status_code == 200
    finally:
        for stop in stops:
            stop()


def test_health(client: TestClient[Litestar]) -> None:
    """Alive, and ready with the store's time."""
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert ready["status"] == "ok"
    assert ready["store"] == "sqlite"
    assert ready["time"].endswith("Z")
