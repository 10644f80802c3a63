"""The API's own documents: OpenAPI 3.1, and the same as pages that need no network and no script."""

from typing import Any, Final

from litestar import Litestar, Request, Response, Router, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Server
from litestar.openapi.spec.oauth_flow import OAuthFlow
from litestar.openapi.spec.oauth_flows import OAuthFlows

import zhizhao
from zhizhao.settings import Settings
from zhizhao.web.guards import PUBLIC
from zhizhao.web.openapi import door_schema
from zhizhao.web.pages import page
from zhizhao.web.problems import PROBLEMS

PREFIXES: Final = ("/api/v1", "/oauth/token")
TITLE: Final = "zhizhao relying-party API (接入单位接口)"
DESCRIPTION: Final = (
    "Redeem presentation codes, read your own verifications, fetch archive copies, receipts and proofs. "
    "Errors are application/problem+json (RFC 9457) with a stable code."
)
API_PROBLEMS: Final = (
    "code-malformed",
    "request-malformed",
    "text-refused",
    "id-number-malformed",
    "document-malformed",
    "invalid-token",
    "invalid-client",
    "matter-not-granted",
    "field-not-granted",
    "function-not-granted",
    "code-unknown",
    "presentation-unknown",
    "code-used",
    "archive-refused",
    "code-expired",
    "body-too-large",
    "json-too-large",
    "idempotency-mismatch",
    "quota-exhausted",
    "peak-exceeded",
    "too-many-misses",
    "match-limited",
    "internal",
    "busy",
    "commit-unknown",
)
"""Every problem that a client of this API can meet, in order of status."""


def openapi_config(settings: Settings) -> OpenAPIConfig:
    """Return how the application describes itself; the doors publish their own part of it."""
    flow = OAuthFlow(token_url=f"{settings.base_url}/oauth/token", scopes={"present": "redeem presentation codes"})
    return OpenAPIConfig(
        title="zhizhao",
        version=zhizhao.__version__,
        servers=[Server(url=settings.base_url)],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={"client": SecurityScheme(type="oauth2", flows=OAuthFlows(client_credentials=flow))}
        ),
        openapi_router=Router("/openapi", route_handlers=[], opt={"permission": PUBLIC}),
        render_plugins=[JsonRenderPlugin(path="/whole.json")],
    )


def _document(app: Litestar) -> dict[str, Any]:
    return door_schema(app, prefixes=PREFIXES, title=TITLE, description=DESCRIPTION)


@get("/api/v1/openapi.json", permission=PUBLIC, include_in_schema=False, sync_to_thread=False)
def openapi(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the relying-party API."""
    return _document(request.app)


@get("/api/v1/docs", permission=PUBLIC, include_in_schema=False, sync_to_thread=False)
def docs(request: Request[Any, Any, Any]) -> Response[Any]:
    """Show the same as a page: every operation, its fields, every problem with what to do."""
    document = _document(request.app)
    problems = [(code, PROBLEMS[code].status, *PROBLEMS[code].texts({})) for code in API_PROBLEMS]
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "responses" in operation
    ]
    return page(
        request, "api/docs.html", operations=operations, schemas=document["components"]["schemas"], problems=problems
    )
