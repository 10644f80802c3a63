"""Pages for people: Jinja templates with escaping always on, in the reader's language, theme and size.

A partial is a named block of the page's own template: `page(request, "desk/scan.html", block="verdict", …)` renders
that block alone. Macros are reached as `ui.name(…)`, without an import, so they work in a block as in a page.
"""

import gzip
from functools import cached_property, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from litestar import Request, Response
from litestar.utils.scope.state import ScopeState
from markupsafe import Markup

from zhizhao.settings import Settings
from zhizhao.web import csp, wording
from zhizhao.web.assets import Assets
from zhizhao.web.bundle import with_one_script
from zhizhao.web.codes import code128_svg, qr_svg
from zhizhao.web.csrf import FIELD
from zhizhao.web.i18n import SOURCE, current_language, gettext, ngettext, speaking
from zhizhao.web.icons import MARK, icon
from zhizhao.web.preferences import Preferences, options_of, preferences_of
from zhizhao.web.request_id import request_id
from zhizhao.web.session import session_of

TEMPLATES: Final = Path(__file__).parent / "templates"
WORTH_PACKING: Final = 1024
"""Bytes below which compression costs more than it saves."""
PACK_LEVEL: Final = 5
PUBLIC_MINUTE: Final = "public, max-age=60"
"""Cache of a page without anything personal: `page(…, cache=PUBLIC_MINUTE)`."""


@lru_cache(maxsize=8192)
def _settled(language: str, message: str) -> Markup:
    """Return a message without values, as it stands on every page in this language."""
    with speaking(language):
        return Markup(gettext(message)) % {}  # noqa: S704 our own catalogue, as the extension does


def said(message: str, **values: object) -> Markup:
    """Return a message of a template; values are escaped. The extension's `_`, without asking the context for it."""
    if values:
        return Markup(gettext(message)) % values  # noqa: S704 our own catalogue
    return _settled(current_language(), message)


class Pages:
    """The templates of an installation, compiled once."""

    def __init__(self, settings: Settings, assets: Assets) -> None:
        self.settings = settings
        self.assets = assets

    @cached_property
    def environment(self) -> Environment:
        """Return the Jinja environment with our globals, filters and macros."""
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined] # added by the i18n extension
        environment.globals["_"] = said
        environment.globals |= {
            "static": self.assets.url,
            "icon": icon,
            "mark": MARK,
            "settings": self.settings,
            "demo": self.settings.demo,
            "qr_svg": qr_svg,
            "code128_svg": code128_svg,
        }
        environment.filters |= {
            name: getattr(wording, name) for name in ("day", "hour", "second", "moment", "fours", "mask_uscc")
        }
        environment.globals["ui"] = _macros(environment)
        return environment

    def render(self, name: str, context: dict[str, Any], *, block: str | None = None) -> str:
        """Return a template, or one named block of it, as text."""
        template = self.environment.get_template(name)
        return template.render(context) if block is None else _render_block(template, block, context)


def _macros(environment: Environment) -> SimpleNamespace:
    """Return every macro of `templates/parts/` under its name."""
    found: dict[str, Any] = {}
    for path in sorted((TEMPLATES / "parts").glob("*.html")):
        module = environment.get_template(f"parts/{path.name}").module
        found |= {name: value for name, value in vars(module).items() if not name.startswith("_")}
        environment.globals["ui"] = SimpleNamespace(**found)
    return SimpleNamespace(**found)


def _render_block(template: Template, block: str, context: dict[str, Any]) -> str:
    """Return one block of a template, with the same context as the whole page would have."""
    fresh = template.new_context(context)
    return "".join(template.blocks[block](fresh))


def reader_of(request: Request[Any, Any, Any]) -> Preferences:
    """Return how the reader of this request wants to read; for doors that choose words by language."""
    return preferences_of(request)


def _context(request: Request[Any, Any, Any], reader: Preferences) -> dict[str, Any]:
    """Return what every template may use."""
    scope = request.scope
    token = ScopeState.from_scope(scope).csrf_token
    token = token if isinstance(token, str) else ""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return {
        "request": request,
        "path": request.url.path,
        "here": here if request.method == "GET" else request.url.path,
        "reader": reader,
        "source_language": reader.lang == SOURCE,
        "cookieless": bool(options_of(request).get("cookieless")),
        "session": session_of(scope),
        "request_id": request_id(scope),
        "csrf_token": token,
        "csrf_field": Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token),
        "title_suffix": gettext("执照"),
    }


def page(
    request: Request[Any, Any, Any],
    name: str,
    /,
    *,
    block: str | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    camera: bool = False,
    cache: str = csp.NO_STORE,
    **context: Any,
) -> Response[bytes]:
    """Answer with a template, or with one of its named blocks.

    `camera` allows the camera on this page; `cache` is set only on pages that hold nothing personal.
    """
    pages: Pages = request.app.state.pages
    reader = preferences_of(request)
    with speaking(reader.lang):
        text = pages.render(name, _context(request, reader) | context, block=block)
    if block is None:
        text = with_one_script(text, pages.assets.bundle)
    body = text.encode()
    sent = {"cache-control": cache, "content-language": reader.lang, "vary": "accept-encoding", **(headers or {})}
    if camera:
        sent["permissions-policy"] = csp.WITH_CAMERA
    if len(body) >= WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
        body, sent["content-encoding"] = gzip.compress(body, PACK_LEVEL, mtime=0), "gzip"
    return Response(body, media_type="text/html", status_code=status, headers=sent)


def is_htmx(request: Request[Any, Any, Any]) -> bool:
    """Say whether htmx asks and a block is the answer; a restored history page wants the whole page."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers
