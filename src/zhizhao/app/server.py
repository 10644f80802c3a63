"""Serve an installation with uvicorn: one process on SQLite, as many workers as cores on PostgreSQL."""

import asyncio
import socket
from functools import partial
from typing import Any

import uvicorn
from litestar.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from zhizhao.app.build import create_app, require_safe, writers_place
from zhizhao.app.parts import open_parts
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.settings import Settings
from zhizhao.storage.errors import UnsafeStore
from zhizhao.web.metrics import Metrics
from zhizhao.web.protocol import LimitedProtocol


class ListenRefused(ZhizhaoError):
    """The server cannot listen at the address: another program does, or it is not this machine's."""

    code = "listen-refused"


BACKLOG = 2048
DRAIN_SECONDS = 30


def config_of(
    settings: Settings, *, host: str, port: int, workers: int = 1, metrics_port: int | None = None
) -> uvicorn.Config:
    """Return uvicorn's configuration: our limited protocol, no access log (the proxy's), no proxy headers."""
    application: Any = partial(create_app, settings)
    if metrics_port:
        application = partial(_counted, settings, metrics_port=metrics_port)
    return uvicorn.Config(
        application,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=LimitedProtocol,
        ws="none",
        loop="uvloop",
        lifespan="on",
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        date_header=True,
        backlog=BACKLOG,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def _counted(settings: Settings, *, metrics_port: int) -> ASGIApp:
    """Return a worker's application with its answers counted; the numbers are on the first free port of their own."""
    metrics = Metrics()
    metrics.serve_first_free(metrics_port)
    return metrics.counting(create_app(settings, metrics=metrics))


def serve(settings: Settings, *, host: str, port: int, workers: int = 1, metrics_port: int | None = None) -> None:
    """Serve until told to stop. Raises UnsafeStore, ListenRefused and every refusal of the start-up checks before."""
    if workers > 1 and settings.url_of_database().startswith("sqlite"):
        raise UnsafeStore(reason="SQLite has one writing process; use PostgreSQL for more than one worker")
    asyncio.run(_require_startable(settings))
    config = config_of(settings, host=host, port=port, workers=workers, metrics_port=metrics_port)
    place = bound(host, port)
    if workers == 1:
        uvicorn.Server(config).run([place])
        return
    Multiprocess(config, [place]).run()


def bound(host: str, port: int) -> socket.socket:
    """Return a socket at an address, which listens when the server does. Raises ListenRefused."""
    place = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((host, port))
    except OSError as cause:
        place.close()
        raise ListenRefused(host=host, port=port, reason=cause.strerror or str(cause)) from cause
    place.set_inheritable(True)
    return place


async def _require_startable(settings: Settings) -> None:
    """Run the start-up checks once before anything listens, so that a refusal is one line on the command line."""
    async with open_parts(settings) as parts:
        with writers_place(parts):
            await require_safe(parts)
