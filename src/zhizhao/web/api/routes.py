"""Every route of the relying-party API."""

from typing import Final

from litestar.types import ControllerRouterHandler

from zhizhao.web.api.documents import docs, openapi
from zhizhao.web.api.presentations import holder_match, licence_pdf, of_case, presentation, proof, redeem
from zhizhao.web.api.scope import client, matters
from zhizhao.web.api.token import token

handlers: Final[list[ControllerRouterHandler]] = [
    token,
    redeem,
    presentation,
    of_case,
    licence_pdf,
    proof,
    holder_match,
    client,
    matters,
    openapi,
    docs,
]
