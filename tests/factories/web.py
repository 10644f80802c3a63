"""An application of the web floor alone, with trial routes that provoke each policy."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.params import JSONBody
from litestar.testing import TestClient

from zhizhao.app.http import build_app
from zhizhao.kernel.clock import HeldClock
from zhizhao.presentation.errors import CodeUsed
from zhizhao.settings import Settings
from zhizhao.storage.database import Database
from zhizhao.web.form import Form, FormData
from zhizhao.web.guards import BEARER, COOKIELESS, PUBLIC, Permission
from zhizhao.web.pages import page
from zhizhao.web.session import FindSession

ORIGIN = "https://zhizhao.test"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


class NoteForm(Form, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field."""

    note: str


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A JSON body that takes anything."""

    data: Any


@get("/trial/page", permission=PUBLIC)
async def trial_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer a page."""
    return page(request, "refusal.html", problem={"code": "x", "title": "标题", "detail": "正文", "request_id": "0"})


@get("/trial/cacheable", permission=PUBLIC, **COOKIELESS)
async def trial_cacheable(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer a page without cookies."""
    return page(request, "refusal.html", problem={"code": "x", "title": "标题", "detail": "正文", "request_id": "0"})


@get("/trial/camera", permission=PUBLIC)
async def trial_camera(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer a scanner page."""
    problem = {"code": "x", "title": "标题", "detail": "正文", "request_id": "0"}
    return page(request, "refusal.html", camera=True, problem=problem)


@get("/trial/refuse", permission=PUBLIC)
async def trial_refuse() -> None:
    """Refuse with facts that nobody may see."""
    raise CodeUsed(secret_fact="370811199001011234")


@get("/trial/break", permission=PUBLIC)
async def trial_break() -> None:
    """Break."""
    message = "SELECT secret FROM somewhere"
    raise RuntimeError(message)


@post("/trial/note", permission=PUBLIC, status_code=200)
async def trial_note(data: FormData[NoteForm]) -> str:
    """Take a form."""
    return data.note


@post("/api/trial", permission=Permission.API_PRESENTATION_REDEEM, status_code=200, **BEARER)
async def trial_json(request: Request[Any, Any, Any], data: JSONBody[Body]) -> dict[str, Any]:
    """Take JSON; say which cookies arrived."""
    return {"cookies": dict(request.cookies), "kind": type(data.data).__name__}


@get("/trial/desk", permission=Permission.DESK_PRESENTATION_REDEEM)
async def trial_desk() -> str:
    """Need a counter clerk."""
    return "desk"


@get("/trial/undeclared")
async def trial_undeclared() -> str:
    """Name no permission: a defect."""
    return "never seen"


TRIALS = [
    trial_page,
    trial_cacheable,
    trial_camera,
    trial_refuse,
    trial_break,
    trial_note,
    trial_json,
    trial_desk,
    trial_undeclared,
]


def trial_app(
    database: Database,
    *,
    handlers: Sequence[Any] = (),
    demo: bool = True,
    find_session: FindSession | None = None,
    base_url: str = ORIGIN,
    dependencies: dict[str, Any] | None = None,
) -> Litestar:
    """Return an application with the trial routes and further handlers."""
    return build_app(
        handlers=[*TRIALS, *handlers],
        dependencies=dependencies or {},
        settings=Settings(base_url=base_url, data_dir="/nowhere", demo=demo),
        clock=HeldClock(NOW),
        database=database,
        csrf_secret="a secret of the tests, thirty-two",
        find_session=find_session,
        lifespan=[lambda _app: _closing(database)],
    )


@asynccontextmanager
async def _closing(database: Database) -> AsyncIterator[None]:
    yield
    await database.close()


@contextmanager
def client_of(app: Litestar) -> Iterator[TestClient[Litestar]]:
    """Give a client that keeps cookies as a browser on https does and does not follow redirects."""
    with TestClient(app, base_url=ORIGIN, raise_server_exceptions=False) as client:
        client.follow_redirects = False
        yield client


MakeApp = Callable[..., Litestar]
