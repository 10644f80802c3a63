"""Every route of the holder's door."""

from typing import Final

from litestar import Router
from litestar.types import ControllerRouterHandler

from zhizhao.web.wallet.api.document import openapi_document
from zhizhao.web.wallet.api.router import api_router
from zhizhao.web.wallet.callers import CALLERS
from zhizhao.web.wallet.lost import report_lost, show_lost
from zhizhao.web.wallet.pages import choose, declaration, enrol, prove, scan, shells, stopped
from zhizhao.web.wallet.part import holder, uses
from zhizhao.web.wallet.shell import manifest, worker

PARTS: Final = Router(
    path="/wallet/part",
    route_handlers=[
        holder.home,
        holder.choose,
        holder.licence,
        holder.devices,
        holder.me,
        uses.show,
        uses.record,
        uses.records,
        uses.export,
    ],
    dependencies=CALLERS,
)
handlers: Final[list[ControllerRouterHandler]] = [
    *shells,
    choose,
    declaration,
    enrol,
    prove,
    scan,
    stopped,
    show_lost,
    report_lost,
    manifest,
    worker,
    PARTS,
    openapi_document,
    api_router(),
]
