"""The OpenAPI 3.1 document of the wallet's JSON, made from the routes themselves (INTERFACES.md §6)."""

from functools import lru_cache
from typing import Any, Final

import msgspec
from litestar import Litestar, Response, get
from litestar.di import NamedDependency, Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme, Server, Tag

import zhizhao
from zhizhao.settings import Settings
from zhizhao.web.guards import PUBLIC
from zhizhao.web.wallet.api.router import api_router

PATH: Final = "/wallet/api/openapi.json"
TAGS: Final = {
    "begin": "首次使用：实名凭据、登记设备 / prove a person, register a device",
    "access": "访问令牌与解锁 / tokens and unlocking",
    "licences": "执照、出示码 / licences, presentation codes",
    "records": "用照记录 / use records",
    "devices": "设备与密码 / devices and the PIN",
    "loss": "挂失与恢复 / loss and recovery",
}
ABOUT: Final = (
    "手机执照的公开接口。每个请求带 DPoP 证明（RFC 9449），访问令牌绑定设备密钥。"
    " The wallet's public JSON: every request carries a DPoP proof, tokens are bound to the device key."
)
OPEN: Final = frozenset({"/wallet/api/info"})
"""Asks for nothing."""
KEY_ONLY: Final = frozenset(
    {
        "/wallet/api/proofs",
        "/wallet/api/token",
        "/wallet/api/unlock",
        "/wallet/api/pin/reset",
        "/wallet/api/devices/revive",
    }
)
"""Ask for a DPoP proof and no token; so does `POST /wallet/api/devices`."""
REFUSALS: Final = {
    "400": "The request is malformed; `code` says how.",
    "401": "No good proof, token or device; `code` says which.",
    "403": "Refused to this caller; `code` says why.",
    "404": "There is no such thing for this caller.",
    "409": "The present state does not allow it.",
    "410": "The slip is over.",
    "413": "The body is too large.",
    "429": "Too early; see `Retry-After`.",
    "503": "Busy, or the outcome is unknown; ask again.",
}
PROBLEM: Final = {
    "title": "Problem",
    "type": "object",
    "description": "RFC 9457; `code` is stable, texts are in the language of the query `lang`.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail", "code", "request_id"],
}


@get(PATH, permission=PUBLIC, include_in_schema=False)
async def openapi_document(settings: NamedDependency[Settings]) -> Response[bytes]:
    """Send the document."""
    body = _document(settings.base_url)
    return Response(body, media_type="application/json", headers={"cache-control": "no-cache"})


@lru_cache(maxsize=4)
def _document(base_url: str) -> bytes:
    """Return the document as JSON; built once, from an application of these routes alone."""
    nothing = {name: Provide(lambda: None, sync_to_thread=False) for name in ("settings", "clock", "wallet_verbs")}
    application = Litestar(
        route_handlers=[api_router(documented=True)],
        dependencies=nothing,
        openapi_config=_config(base_url),
        logging_config=None,
    )
    schema: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(application.openapi_schema.to_schema()))
    schema["components"]["schemas"]["Problem"] = PROBLEM
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            _complete(operation, path=path, method=method)
    return msgspec.json.encode(schema)


def _complete(operation: dict[str, Any], *, path: str, method: str) -> None:
    """Say what every operation has in common: its refusals, and what it asks the caller to prove."""
    if path in OPEN:
        operation["security"] = []
        return
    keyed = path in KEY_ONLY or (path == "/wallet/api/devices" and method == "post")
    operation["security"] = [{"proof": []}] if keyed else [{"proof": [], "token": []}]
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, text in REFUSALS.items():
        operation["responses"][status] = {"description": text, "content": content}


def _config(base_url: str) -> OpenAPIConfig:
    proof = "A DPoP proof (RFC 9449 §4) of exactly this request, signed by the device's P-256 key; used once."
    bound = "`Authorization: DPoP <token>` (RFC 9449 §7.1); the proof then carries `ath`."
    return OpenAPIConfig(
        title="手机执照接口 / wallet API",
        version=zhizhao.__version__,
        description=ABOUT,
        servers=[Server(url=base_url)],
        tags=[Tag(name=name, description=text) for name, text in TAGS.items()],
        components=Components(
            security_schemes={
                "proof": SecurityScheme(type="apiKey", name="DPoP", security_scheme_in="header", description=proof),
                "token": SecurityScheme(type="http", scheme="DPoP", description=bound),
            }
        ),
        use_handler_docstrings=True,
    )
