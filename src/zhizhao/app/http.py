"""Builds the HTTP application: every web policy is set here, once, for every route."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any

from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.types import ControllerRouterHandler

from zhizhao.kernel.clock import Clock
from zhizhao.settings import Settings
from zhizhao.storage.database import Database, Transaction
from zhizhao.web.assets import Assets, serve_assets
from zhizhao.web.csp import header_hook
from zhizhao.web.csrf import csrf_config, require_same_origin
from zhizhao.web.guards import require_permission
from zhizhao.web.heads import with_heads
from zhizhao.web.health import ReadyFacts, health_handlers, no_facts
from zhizhao.web.limits import BODY_BYTES, LimitedRequest
from zhizhao.web.pages import Pages
from zhizhao.web.preferences import keep_preferences
from zhizhao.web.reading import reading_middleware
from zhizhao.web.refusals import exception_handlers
from zhizhao.web.session import FindSession, session_middleware


def build_app(
    *,
    handlers: Sequence[ControllerRouterHandler],
    dependencies: Mapping[str, Any],
    settings: Settings,
    clock: Clock,
    database: Database,
    csrf_secret: str,
    find_session: FindSession | None = None,
    openapi: OpenAPIConfig | None = None,
    lifespan: Sequence[Any] = (),
    ready_facts: ReadyFacts = no_facts,
    on_app_init: Sequence[Callable[[AppConfig], AppConfig]] = (),
) -> Litestar:
    """Return the application of an installation.

    `handlers` are the doors' routes; `dependencies` maps names to ready values (or to `Provide`), for example
    `desk_verbs`. `csrf_secret` must be the same in every worker. `find_session` finds an official's session.
    """
    assets = Assets()
    provided = {
        "settings": settings,
        "clock": clock,
        "database": database,
        "tx": Provide(_transactions(database)),
        "reader": Provide(_readers(database)),
        **dependencies,
    }
    middleware: list[Any] = [reading_middleware]
    if find_session is not None:
        middleware.append(session_middleware(find_session))
    application = Litestar(
        route_handlers=[*handlers, keep_preferences, serve_assets(assets), *health_handlers(ready_facts)],
        dependencies={name: _provide(value) for name, value in provided.items()},
        exception_handlers=exception_handlers(),
        guards=[require_same_origin, require_permission],
        middleware=middleware,
        before_send=[header_hook(demo=settings.demo)],
        csrf_config=csrf_config(csrf_secret),
        request_class=LimitedRequest,
        request_max_body_size=BODY_BYTES,
        openapi_config=openapi,
        logging_config=None,
        lifespan=list(lifespan),
        on_app_init=list(on_app_init),
    )
    application.state.pages = Pages(settings, assets)
    application.asgi_handler = with_heads(application.asgi_handler)
    return application


def _provide(value: Any) -> Provide:
    """Return a dependency that hands out a ready value, or the given provider."""
    if isinstance(value, Provide):
        return value
    return Provide(lambda: value, sync_to_thread=False)


def _transactions(database: Database) -> Callable[[], AsyncGenerator[Transaction, None]]:
    """Return the provider of `tx`: one writing transaction a request, committed before the reply leaves."""

    async def tx() -> AsyncGenerator[Transaction, None]:
        async with database.write() as connection:
            yield connection

    return tx


def _readers(database: Database) -> Callable[[], AsyncGenerator[Transaction, None]]:
    """Return the provider of `reader`: one reading transaction a request."""

    async def reader() -> AsyncGenerator[Transaction, None]:
        async with database.read() as connection:
            yield connection

    return reader
