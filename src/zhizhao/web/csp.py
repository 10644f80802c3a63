"""Security headers of every response, errors and static files included (SECURITY.md §3.10, UX.md §3).

They are added in Litestar's `before_send`, which sees every message that leaves the application. A response that needs
another value sets the header itself; the only ones that do are listed in `tests/web/base/test_headers.py`.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from litestar.types import Message, Scope

from zhizhao.web.request_id import request_id

CSP: Final = (
    "default-src 'self'; img-src 'self' data:; script-src 'self'; style-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
WORKER_CSP: Final = CSP.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""Of the scanner worker's own script only: a worker obeys the policy of its own response."""
DOWNLOAD_CSP: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Of documents that people brought and of archive copies: nothing in them runs."""
NO_CAMERA: Final = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
WITH_CAMERA: Final = NO_CAMERA.replace("camera=()", "camera=(self)")
"""Of scanner pages only."""
HSTS: Final = "max-age=63072000"
NO_STORE: Final = "no-store"

ALWAYS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"content-security-policy", CSP.encode()),
    (b"permissions-policy", NO_CAMERA.encode()),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", NO_STORE.encode()),
)
"""Header → its value unless the response says another; `no-store` is the default, caching is chosen on purpose."""


def header_hook(*, demo: bool) -> Callable[[Message, Scope], Awaitable[None]]:
    """Return the hook that completes the headers of every response."""
    wanted = ALWAYS if demo else (*ALWAYS, (b"strict-transport-security", HSTS.encode()))

    async def add_headers(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers: list[tuple[bytes, bytes]] = list(message["headers"])
        present = {name.lower() for name, _ in headers}
        headers.extend(header for header in wanted if header[0] not in present)
        headers.append((b"x-request-id", request_id(scope).encode()))
        message["headers"] = headers

    return add_headers
