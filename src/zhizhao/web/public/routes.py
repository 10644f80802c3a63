"""Every route of the public door."""

from typing import Final

from litestar.types import ControllerRouterHandler

from zhizhao.web.public.display import display
from zhizhao.web.public.files import favicon, robots
from zhizhao.web.public.guide import guide, guide_clerk, guide_holder
from zhizhao.web.public.notices import accessibility, problems, sitemap
from zhizhao.web.public.start import start
from zhizhao.web.public.verify import check, verify
from zhizhao.web.public.well_known import anchors, credential_type, issuer, jwks, status_list

handlers: Final[list[ControllerRouterHandler]] = [
    start,
    display,
    verify,
    check,
    guide,
    guide_holder,
    guide_clerk,
    accessibility,
    sitemap,
    problems,
    robots,
    favicon,
    jwks,
    issuer,
    anchors,
    credential_type,
    status_list,
]
