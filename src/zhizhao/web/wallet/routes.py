"""Every route of the holder's door."""

from typing import Final

from litestar.types import ControllerRouterHandler

from zhizhao.web.wallet.api.document import openapi_document
from zhizhao.web.wallet.api.router import api_router

handlers: Final[list[ControllerRouterHandler]] = [openapi_document, api_router()]
