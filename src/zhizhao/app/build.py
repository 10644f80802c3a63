"""Build the served application from the settings: parts, doors, policies, background work."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

import structlog
from litestar.types import ASGIApp

from zhizhao.app import wire_api, wire_desk, wire_office, wire_public, wire_staff, wire_wallet
from zhizhao.app.background import Background
from zhizhao.app.http import build_app
from zhizhao.app.issuing_state import issuing_state
from zhizhao.app.logging import set_up_logging
from zhizhao.app.parts import KEY_FOLDER, Parts, build_parts
from zhizhao.document.pdf import Press
from zhizhao.kernel.clock import SystemClock
from zhizhao.presentation.archive import Archivist
from zhizhao.settings import Settings, read_passphrase
from zhizhao.storage.database import Transaction
from zhizhao.storage.lock import hold_writer
from zhizhao.storage.startup import require_safe_store
from zhizhao.trust.certificates import Certificates
from zhizhao.trust.file_provider import FileKeys, require_fit
from zhizhao.trust.keys import Purpose
from zhizhao.verification.publish_anchors import publish_anchors
from zhizhao.web.api.documents import openapi_config
from zhizhao.web.api.fast_lane import fast_lane
from zhizhao.web.api.redeem import RedeemDoor
from zhizhao.web.api.routes import handlers as api_handlers
from zhizhao.web.desk.routes import handlers as desk_handlers
from zhizhao.web.metrics import Metrics
from zhizhao.web.office.routes import handlers as office_handlers
from zhizhao.web.public.routes import handlers as public_handlers
from zhizhao.web.staff.routes import handlers as staff_handlers
from zhizhao.web.wallet.routes import handlers as wallet_handlers

HANDLERS = (
    *public_handlers,
    *wallet_handlers,
    *desk_handlers,
    *office_handlers,
    *staff_handlers,
    *api_handlers,
)


def create_app(settings: Settings, *, metrics: Metrics | None = None) -> ASGIApp:
    """Return the ASGI application of an installation; opens its keys now, its store at start-up."""
    set_up_logging(level="WARNING" if settings.demo else "INFO")
    clock = SystemClock()
    keys = FileKeys.open(settings.data_path() / KEY_FOLDER, read_passphrase(settings), clock=clock)
    require_fit(keys, demo=settings.demo)
    return serve_parts(build_parts(settings, keys=keys, clock=clock), metrics=metrics)


def serve_parts(parts: Parts, *, metrics: Metrics | None = None) -> ASGIApp:
    """Return the ASGI application over parts that are built."""
    settings = parts.settings
    press = Press(settings.font_dir)
    certificates = Certificates(settings.data_path() / KEY_FOLDER, parts.keys)
    publish_anchors(settings.data_path(), keys=parts.keys, certificates=certificates, base_url=settings.base_url)
    archivist = Archivist(
        press=press,
        keys=parts.keys,
        certificates=certificates,
        settings=settings,
        database=parts.database,
        store=parts.presentations,
        licences=parts.licences,
        clock=parts.clock,
    )
    api_verbs = wire_api.wire(parts, archivist)
    staff = wire_staff.wire(parts)
    application = build_app(
        handlers=HANDLERS,
        dependencies={
            "api_verbs": api_verbs,
            "desk_verbs": wire_desk.wire(parts, archivist),
            "office_verbs": wire_office.wire(parts),
            "public_verbs": wire_public.wire(parts),
            "staff_verbs": staff,
            "wallet_verbs": wire_wallet.wire(parts),
        },
        settings=settings,
        clock=parts.clock,
        database=parts.database,
        csrf_secret=parts.keys.mac(parts.keys.current(Purpose.COOKIE), Purpose.COOKIE, b"csrf").hex(),
        find_session=wire_staff.find_session_of(parts),
        openapi=openapi_config(settings),
        lifespan=[lambda _app: _life(parts, press, metrics)],
        ready_facts=lambda connection: _ready_facts(parts, connection),
    )
    door = RedeemDoor(verbs=api_verbs, database=parts.database)
    return fast_lane(application, door=door, base_url=settings.base_url, demo=settings.demo)


@asynccontextmanager
async def _life(parts: Parts, press: Press, metrics: Metrics | None) -> AsyncIterator[None]:
    """Start-up checks, background work, an orderly end: what was accepted is finished, then the store is closed."""
    with writers_place(parts):
        await require_safe(parts)
        async with _working(parts, press, metrics):
            yield


async def _ready_facts(parts: Parts, connection: Transaction) -> Mapping[str, str | None]:
    return (await issuing_state(parts, connection)).facts


async def require_safe(parts: Parts) -> None:
    """Check what SECURITY.md §3.5 asks of the store; warnings go to the log. Raises UnsafeStore and its like."""
    for warning in await require_safe_store(parts.database, clock=parts.clock, demo=parts.settings.demo):
        structlog.get_logger("zhizhao.start").warning("start-warning", told=warning)


def writers_place(parts: Parts) -> AbstractContextManager[None]:
    """Hold the single writer's place on SQLite; PostgreSQL has many writers. Raises UnsafeStore, naming the holder."""
    if parts.database.is_sqlite:
        return hold_writer(parts.settings.data_path(), clock=parts.clock)
    return nullcontext()


@asynccontextmanager
async def _working(parts: Parts, press: Press, metrics: Metrics | None) -> AsyncIterator[None]:
    background = Background(parts, metrics)
    await background.start()
    try:
        yield
    finally:
        await background.stop()
        await parts.redeem_line.batcher.drain()
        await parts.show_line.batcher.drain()
        press.close()
        await parts.database.close()
