"""`/guide`: one page of pictures each for holder and clerk, made to be printed."""

from typing import Any

from litestar import Request, Response, get

from zhizhao.web.guards import PUBLIC
from zhizhao.web.pages import page


@get("/guide", permission=PUBLIC, sync_to_thread=False)
def guide(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Lead to the guides and answer the first questions."""
    return page(request, "public/guide.html")


@get("/guide/holder", permission=PUBLIC, sync_to_thread=False)
def guide_holder(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Show a holder the way from the slip to the counter."""
    return page(request, "public/guide_holder.html")


@get("/guide/clerk", permission=PUBLIC, sync_to_thread=False)
def guide_clerk(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Show a clerk how to check and what to say."""
    return page(request, "public/guide_clerk.html")
