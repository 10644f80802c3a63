"""The start page: each audience finds its door, and a tour of two minutes shows the whole."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from zhizhao.web.guards import PUBLIC
from zhizhao.web.pages import page
from zhizhao.web.public.verbs import PublicVerbs


@get("/", permission=PUBLIC)
async def start(request: Request[Any, Any, Any], public_verbs: NamedDependency[PublicVerbs]) -> Response[bytes]:
    """Show the doors that exist."""
    accounts = await public_verbs.demo_accounts()
    return page(request, "public/start.html", accounts=accounts)
