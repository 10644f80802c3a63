"""One's own account: who I am here, my password, my passkeys."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.staff.errors import PasswordWeak, SignInLocked, SignInPaused, SignInRefused
from zhizhao.staff.session import Session
from zhizhao.trust.base64url import b64url_text
from zhizhao.web.errors import SignInRequired
from zhizhao.web.form import Form, FormData
from zhizhao.web.guards import Permission
from zhizhao.web.pages import page
from zhizhao.web.problems import problem_of
from zhizhao.web.session import session_of, token_of
from zhizhao.web.staff.home import home_of, role_names
from zhizhao.web.staff.verbs import NewPassword, StaffVerbs

TEMPLATE = "staff/account.html"


class PasswordForm(Form, frozen=True, kw_only=True):
    """The fields of the change of password."""

    present: str = ""
    wanted: str = ""
    again: str = ""


@get("/account", permission=Permission.STAFF_SESSION_USE)
async def show_account(
    request: Request[Any, Any, Any],
    staff_verbs: NamedDependency[StaffVerbs],
    done: Annotated[str, QueryParameter(max_length=16)] = "",
) -> Response[Any]:
    """Show the account."""
    return await _page(request, staff_verbs, done=done)


@post("/account/password", permission=Permission.STAFF_SESSION_USE)
async def change_password(
    request: Request[Any, Any, Any], data: FormData[PasswordForm], staff_verbs: NamedDependency[StaffVerbs]
) -> Response[Any]:
    """Change the password; the other sessions of the account end."""
    session = _session(request)
    if data.wanted != data.again:
        return await _page(request, staff_verbs, fault="again", status=400)
    try:
        wanted = NewPassword(present=data.present, wanted=data.wanted)
        await staff_verbs.change_password(session, token_of(request) or "", wanted)
    except PasswordWeak as weak:
        return await _page(request, staff_verbs, fault=str(weak.facts["reason"]), status=400)
    except (SignInRefused, SignInPaused, SignInLocked) as refusal:
        return await _page(request, staff_verbs, refusal=refusal, status=problem_of(refusal).status)
    return Response(None, status_code=303, headers={"location": "/account?done=password"})


async def _page(
    request: Request[Any, Any, Any],
    verbs: StaffVerbs,
    *,
    done: str = "",
    fault: str = "",
    refusal: ZhizhaoError | None = None,
    status: int = 200,
) -> Response[Any]:
    session = _session(request)
    keys = [(key, b64url_text(key.credential_id)) for key in await verbs.passkeys(session)]
    return page(
        request,
        TEMPLATE,
        status=status,
        account=session.account,
        roles=role_names(session),
        home=home_of(session),
        keys=keys,
        done=done,
        fault=fault,
        refusal=None if refusal is None else {"code": refusal.code, "row": problem_of(refusal)},
        needs_key=session.account.is_administrator and not keys,
    )


def _session(request: Request[Any, Any, Any]) -> Session:
    session = session_of(request.scope)
    if session is None:
        raise SignInRequired
    return session
