"""Pages that say how the site is meant: accessibility, site map, the table of error codes."""

from typing import Any, Final

from litestar import Request, Response, get

from zhizhao.web.guards import PUBLIC
from zhizhao.web.i18n import marked as N_  # noqa: N812 the customary name of the marker
from zhizhao.web.pages import page
from zhizhao.web.problems import PROBLEMS

SITE: Final = (
    (
        N_("公众"),
        (
            ("/", N_("首页")),
            ("/verify", N_("核验")),
            ("/guide", N_("办事指南")),
            ("/guide/holder", N_("持照人图解")),
            ("/guide/clerk", N_("窗口人员图解")),
            ("/accessibility", N_("无障碍说明")),
        ),
    ),
    (
        N_("企业"),
        (("/wallet", N_("手机执照")),),
    ),
    (
        N_("工作人员"),
        (("/sign-in", N_("登录")), ("/desk", N_("窗口核验台")), ("/office", N_("登记工作台"))),
    ),
    (
        N_("开发者"),
        (
            ("/api/v1/docs", N_("接口文档")),
            ("/api/v1/openapi.json", N_("接口描述（OpenAPI）")),
            ("/problems", N_("错误代码")),
            ("/.well-known/jwks.json", N_("公钥")),
        ),
    ),
)
"""Groups of the site map: audience, then (address, name)."""


@get("/accessibility", permission=PUBLIC, sync_to_thread=False)
def accessibility(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Say what is done for everybody to be able to use the site, what is untested, and whom to tell."""
    return page(request, "public/accessibility.html")


@get("/sitemap", permission=PUBLIC, sync_to_thread=False)
def sitemap(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List every page that exists, by audience."""
    return page(request, "public/sitemap.html", site=SITE)


@get("/problems", permission=PUBLIC, sync_to_thread=False)
def problems(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List every error code with its status and words; the `type` of a problem leads here."""
    return page(request, "public/problems.html", problems=sorted(PROBLEMS.items()))
