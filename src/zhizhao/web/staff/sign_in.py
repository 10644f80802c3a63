"""Sign in by password and one-time number, and sign out."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.staff.errors import PasskeyNeeded, SignInLocked, SignInPaused, SignInRefused
from zhizhao.web.form import Form, FormData
from zhizhao.web.guards import PUBLIC, Permission
from zhizhao.web.local_path import local_path
from zhizhao.web.pages import page
from zhizhao.web.problems import problem_of
from zhizhao.web.session import end_session, session_of, start_session, token_of
from zhizhao.web.staff.home import home_of
from zhizhao.web.staff.verbs import StaffVerbs, Typed

TEMPLATE = "staff/sign_in.html"
LONGEST_NEXT = 500


class SignInForm(Form, frozen=True, kw_only=True):
    """The fields of the sign-in page."""

    username: str = ""
    password: str = ""
    number: str = ""
    next: str = ""


@get("/sign-in", permission=PUBLIC, staff_aware=True)
async def show_sign_in(
    request: Request[Any, Any, Any],
    next: Annotated[str, QueryParameter(max_length=LONGEST_NEXT)] = "",  # noqa: A002 the customary name of the query
) -> Response[Any]:
    """Show the form; who is signed in already goes on to work."""
    session = session_of(request.scope)
    if session is not None:
        return _go(local_path(next, otherwise=home_of(session)))
    return page(request, TEMPLATE, username="", next=local_path(next[:LONGEST_NEXT], otherwise=""), problem=None)


@post("/sign-in", permission=PUBLIC)
async def sign_in(
    request: Request[Any, Any, Any], data: FormData[SignInForm], staff_verbs: NamedDependency[StaffVerbs]
) -> Response[Any]:
    """Judge what was typed; a refusal comes back as the same page, with the user name kept and nothing told apart."""
    typed = Typed(username=data.username, password=data.password, number="".join(data.number.split()))
    try:
        opened = await staff_verbs.sign_in(typed)
    except (SignInRefused, SignInPaused, SignInLocked, PasskeyNeeded) as refusal:
        return _refused(request, data, refusal)
    old = token_of(request)
    if old:
        await staff_verbs.sign_out(old)
    response = _go(local_path(data.next, otherwise=home_of(opened.session)))
    start_session(response, opened.token)
    return response


@post("/sign-out", permission=Permission.STAFF_SESSION_USE)
async def sign_out(
    request: Request[Any, Any, Any], data: FormData[Form], staff_verbs: NamedDependency[StaffVerbs]
) -> Response[Any]:
    """End the session on the server and take its id from the browser."""
    del data
    token = token_of(request)
    if token:
        await staff_verbs.sign_out(token)
    response = _go("/sign-in")
    end_session(response)
    return response


def _refused(request: Request[Any, Any, Any], data: SignInForm, refusal: ZhizhaoError) -> Response[Any]:
    row = problem_of(refusal)
    seconds = refusal.facts.get("seconds")
    headers = {"retry-after": str(seconds)} if seconds else {}
    problem = {"code": refusal.code, "row": row, "seconds": seconds}
    return page(
        request,
        TEMPLATE,
        status=row.status,
        headers=headers,
        username=data.username[:64],
        next=local_path(data.next[:LONGEST_NEXT], otherwise=""),
        problem=problem,
    )


def _go(path: str) -> Response[Any]:
    return Response(None, status_code=303, headers={"location": path})
