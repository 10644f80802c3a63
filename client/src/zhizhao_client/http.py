"""One HTTP exchange: JSON in, JSON out, problems as exceptions."""

from typing import Any

import httpx

from zhizhao_client.errors import Problem, Unreachable

TIMEOUT = 30.0
OK_BELOW = 400


def connect(server: str) -> httpx.Client:
    """Return a client of one server; it follows no redirect and takes no proxy from the environment."""
    return httpx.Client(base_url=server.rstrip("/"), timeout=TIMEOUT, trust_env=False, follow_redirects=False)


def exchange(http: httpx.Client, method: str, path: str, **options: Any) -> httpx.Response:
    """Send one request. Raises Problem for every answer of 400 and above, Unreachable without an answer."""
    try:
        reply = http.request(method, path, **options)
    except httpx.HTTPError as cause:
        raise Unreachable(str(cause)) from cause
    if reply.status_code >= OK_BELOW:
        raise Problem(reply.status_code, _body(reply), retry_after=_seconds(reply))
    return reply


def _body(reply: httpx.Response) -> dict[str, Any]:
    try:
        body = reply.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _seconds(reply: httpx.Response) -> float | None:
    value = reply.headers.get("retry-after", "")
    return float(value) if value.replace(".", "", 1).isdigit() else None
