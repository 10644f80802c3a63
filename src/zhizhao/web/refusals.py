"""Turns every exception into an answer: problem+json for programs (RFC 9457), a panel or a page for people.

Set once, app-wide; handlers contain no `try` for this. Nothing internal leaves: the facts and the traceback go to the
log under the request's number, and the answer carries the number.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, PermissionDeniedException, ValidationException
from litestar.types import ExceptionHandlersMap

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.web.errors import SignInRequired
from zhizhao.web.i18n import speaking
from zhizhao.web.pages import is_htmx, page
from zhizhao.web.preferences import preferences_of
from zhizhao.web.problems import HTTP_CODES, PROBLEMS, Problem, code_of, field_errors, members, problem_of, retry_after
from zhizhao.web.request_id import request_id

PROBLEM_JSON: Final = "application/problem+json"
SIGN_IN: Final = "/sign-in"
MACHINE_PATHS: Final = ("/api/", "/wallet/api/", "/oauth/", "/.well-known/", "/status/", "/healthz", "/readyz")
"""Addresses that answer programs, whatever they accept."""
INTERNAL: Final = 500
CSRF_TEXT: Final = "CSRF token verification failed"

log = structlog.get_logger("zhizhao.web")


def exception_handlers() -> ExceptionHandlersMap:
    """Return the handlers that `build_app` sets for the whole application."""
    return {ZhizhaoError: refuse, HTTPException: refuse_http, ExceptionGroup: refuse_named, Exception: fail}


def refuse(request: Request[Any, Any, Any], error: ZhizhaoError) -> Response[Any]:
    """Answer a refusal that the domain names."""
    code, row = code_of(error), problem_of(error)
    level = log.error if row.status >= INTERNAL else log.info
    level("refused", code=error.code, facts=error.facts, **_where(request))
    if isinstance(error, SignInRequired) and for_people(request):
        return _to_sign_in(request)
    wrong = field_errors(error)
    extra = {"errors": wrong} if wrong else None
    return _answer(request, code, row, facts=error.facts, extra=extra)


def refuse_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer what the framework refuses: no such route, a malformed body, a failed CSRF check."""
    code = HTTP_CODES.get(error.status_code, "internal" if error.status_code >= INTERNAL else "request-malformed")
    if isinstance(error, PermissionDeniedException) and error.detail == CSRF_TEXT:
        code = "csrf-refused"
    if error.status_code >= INTERNAL:
        log.error("failed", exc_info=error, **_where(request))
    row = PROBLEMS[code]
    extra: dict[str, Any] = {}
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        extra["errors"] = [_field_error(part) for part in error.extra if isinstance(part, dict)]
    return _answer(request, code, row, extra=extra, headers=dict(error.headers or {}))


def refuse_named(request: Request[Any, Any, Any], group: "ExceptionGroup[Exception]") -> Response[Any]:
    """Answer what a transaction of the request made of a driver's failure.

    The framework throws a handler's exception into the request's transaction and wraps what comes back in a group.
    """
    found: Exception = group
    while isinstance(found, ExceptionGroup):
        found = next((one for one in found.exceptions if isinstance(one, ZhizhaoError)), found.exceptions[0])
    return refuse(request, found) if isinstance(found, ZhizhaoError) else fail(request, group)


def fail(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer what should not have happened."""
    log.error("failed", exc_info=error, **_where(request))
    return _answer(request, "internal", PROBLEMS["internal"])


def for_people(request: Request[Any, Any, Any]) -> bool:
    """Say whether a person reads the answer: a page or a part of one, not a program."""
    if request.url.path.startswith(MACHINE_PATHS):
        return False
    return "hx-request" in request.headers or "text/html" in request.headers.get("accept", "")


def problem_body(
    request: Request[Any, Any, Any], code: str, row: Problem, *, facts: Mapping[str, object]
) -> dict[str, Any]:
    """Return the members of RFC 9457 with our `code`, the number of the request and the facts that the text prints."""
    base = request.app.state.pages.settings.base_url
    return members(code, row, facts, base_url=base, number=request_id(request.scope))


def _answer(
    request: Request[Any, Any, Any],
    code: str,
    row: Problem,
    *,
    facts: Mapping[str, object] | None = None,
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[Any]:
    facts = facts or {}
    sent = {**(headers or {}), **retry_after(row, facts)}
    with speaking(preferences_of(request).lang):
        body = problem_body(request, code, row, facts=facts)
        if for_people(request):
            block = "panel" if is_htmx(request) else None
            return page(request, "refusal.html", block=block, status=row.status, headers=sent, problem=body)
    if row.status == 401:  # noqa: PLR2004 RFC 9110 §15.5.2: a 401 names how to authenticate
        wallet = request.url.path.startswith("/wallet/")
        sent.setdefault("www-authenticate", 'DPoP algs="ES256"' if wallet else "Bearer")  # RFC 9449 §7.1
    return Response({**body, **(extra or {})}, status_code=row.status, headers=sent, media_type=PROBLEM_JSON)


def _to_sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Send a person to the sign-in page, which leads back to a page that can be asked for again."""
    query = f"?{request.url.query}" if request.url.query else ""
    back = request.url.path + query if request.method == "GET" else ""
    target = f"{SIGN_IN}?next={quote(back)}" if back else SIGN_IN
    if is_htmx(request):
        return Response(None, status_code=401, headers={"hx-redirect": SIGN_IN}, media_type="text/html")
    return Response(None, status_code=303, headers={"location": target})


def _field_error(part: Mapping[str, Any]) -> dict[str, str]:
    """Return which field of the request was refused and how the parser says it; no value is repeated."""
    return {"field": str(part.get("key", "")), "message": str(part.get("message", ""))[:200]}


def _where(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Return what a log line says about the request; never its query or body."""
    return {
        "request_id": request_id(request.scope),
        "method": request.method,
        "path": request.url.path,
    }
