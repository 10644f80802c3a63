"""How a person wants to read: theme, size and language, kept in cookies, switched by plain buttons (UX.md §4, §5).

Pages that must be cacheable without a cookie (the licence display) take the same names from their query instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

from litestar import Request, Response, get
from litestar.datastructures import Cookie
from litestar.params import QueryParameter

from zhizhao.web.guards import PUBLIC
from zhizhao.web.i18n import LANGUAGES, SOURCE
from zhizhao.web.local_path import local_path

YEAR_SECONDS: Final = 365 * 86400
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "theme": ("auto", "light", "dark"),
    "size": ("standard", "elder"),
    "lang": LANGUAGES,
}
"""Name of a preference → its values, the first is the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The three choices of one reader."""

    theme: str = "auto"
    """`auto` follows the system."""
    size: str = "standard"
    """`elder` is 长辈版: larger type and targets, fewer choices."""
    lang: str = SOURCE


def read_preferences(found: Mapping[str, Any], *, prefix: str = "zz-") -> Preferences:
    """Return the preferences among cookies (`zz-theme` …) or, with an empty prefix, among query values."""
    chosen: dict[str, str] = {}
    for name, values in CHOICES.items():
        value = found.get(prefix + name)
        if value in values:
            chosen[name] = str(value)
    return Preferences(**chosen)


def options_of(request: Request[Any, Any, Any]) -> Mapping[str, Any]:
    """Return the options of the request's route; nothing for a request that found no route."""
    handler = cast("dict[str, Any]", request.scope).get("route_handler")
    options: Mapping[str, Any] = handler.opt if handler is not None else {}
    return options


def preferences_of(request: Request[Any, Any, Any]) -> Preferences:
    """Return the preferences of a request: from its query on cookie-less pages, else from its cookies."""
    if options_of(request).get("cookieless"):
        # the button pressed comes after the hidden fields of the same name, so the last value is the choice
        last = {name: values[-1] for name, values in request.query_params.dict().items()}
        return read_preferences(last, prefix="")
    return read_preferences(request.cookies)


@get("/preferences", permission=PUBLIC, sync_to_thread=False)
def keep_preferences(
    request: Request[Any, Any, Any],
    back: Annotated[str, QueryParameter(max_length=2000)] = "/",
) -> Response[None]:
    """Keep what the query names in cookies and go back to the page the reader came from; a script needs no page."""
    response: Response[None] = Response(None, status_code=303, headers={"location": local_path(back)})
    if request.headers.get("accept") == "application/json":
        response = Response(None, status_code=204)
    for name, values in CHOICES.items():
        value = request.query_params.get(name)
        if value in values:
            response.set_cookie(
                Cookie(
                    key=f"zz-{name}",
                    value=value,
                    path="/",
                    max_age=YEAR_SECONDS,
                    secure=True,
                    httponly=True,
                    samesite="lax",
                )
            )
    return response
