"""`/d/{id}`: the licence as the public may see it; cacheable, without cookie, script or login."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from zhizhao.web.guards import COOKIELESS, PUBLIC
from zhizhao.web.pages import PUBLIC_MINUTE, page
from zhizhao.web.public.verbs import PublicVerbs


@get("/d/{display_id:str}", permission=PUBLIC, **COOKIELESS)
async def display(
    request: Request[Any, Any, Any], display_id: FromPath[str], public_verbs: NamedDependency[PublicVerbs]
) -> Response[bytes]:
    """Show the face, its status and as of when; a licence out of force stays visible under a clear notice."""
    shown = await public_verbs.display(display_id)
    address = f"{request.app.state.pages.settings.base_url}/d/{display_id}"
    return page(request, "public/display.html", cache=PUBLIC_MINUTE, shown=shown, address=address)
