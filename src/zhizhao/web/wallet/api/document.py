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


@get(PATH, permission=PUBLIC, include_in_schema=False)
async def openapi_document(settings: NamedDependency[Settings]) -> Response[bytes]:
    """Send the document."""
    return Response(_document(settings.base_url), media_type="application/json", headers={"cache-control": "no-cache"})


@lru_cache(maxsize=4)
def _document(base_url: str) -> bytes:
    """Return the document as JSON; built once, from an application of these routes alone."""
    nothing: dict[str, Provide] = {
        name: Provide(lambda: None, sync_to_thread=False) for name in ("settings", "clock", "wallet_verbs")
    }
    application = Litestar(
        route_handlers=[api_router()],
        dependencies=nothing,
        openapi_config=_config(base_url),
        logging_config=None,
    )
    schema: dict[str, Any] = application.openapi_schema.to_schema()
    return msgspec.json.encode(schema)


def _config(base_url: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="手机执照接口 / wallet API",
        version=zhizhao.__version__,
        description=ABOUT,
        servers=[Server(url=base_url)],
        tags=[Tag(name=name, description=text) for name, text in TAGS.items()],
        components=Components(
            security_schemes={
                "dpop": SecurityScheme(type="http", scheme="DPoP", description="RFC 9449 §7; with a DPoP header."),
            }
        ),
        security=[{"dpop": []}],
        use_handler_docstrings=True,
    )
