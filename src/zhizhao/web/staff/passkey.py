"""Passkeys: sign in with one, add one, take one away. The browser speaks JSON here, the CSRF token is in a header."""

from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from zhizhao.staff.errors import PasskeyRefused
from zhizhao.trust.base64url import unb64url
from zhizhao.web.errors import SignInRequired
from zhizhao.web.form import Form, FormData
from zhizhao.web.guards import PUBLIC, Permission
from zhizhao.web.local_path import local_path
from zhizhao.web.session import session_of, start_session, token_of
from zhizhao.web.staff.home import home_of
from zhizhao.web.staff.verbs import StaffVerbs

LONGEST_ID = 1400
"""Characters of base64url of the longest credential id, 1023 bytes (WebAuthn level 2 §4)."""


class SignInAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the browser sends after `navigator.credentials.get`."""

    answer: dict[str, Any]
    next: str = ""


class RegisterAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the browser sends after `navigator.credentials.create`."""

    answer: dict[str, Any]
    label: str = ""


class RemoveForm(Form, frozen=True, kw_only=True):
    """Which passkey goes."""

    credential: str


@post("/sign-in/passkey/options", permission=PUBLIC, status_code=200)
async def sign_in_options(staff_verbs: NamedDependency[StaffVerbs]) -> dict[str, Any]:
    """Give out a challenge; it names no account."""
    return dict(await staff_verbs.begin_sign_in())


@post("/sign-in/passkey", permission=PUBLIC, status_code=200)
async def sign_in_by_passkey(
    request: Request[Any, Any, Any], data: JSONBody[SignInAnswer], staff_verbs: NamedDependency[StaffVerbs]
) -> Response[Any]:
    """Judge the answer, open a session, say where to go."""
    opened = await staff_verbs.sign_in_passkey(data.answer)
    old = token_of(request)
    if old:
        await staff_verbs.sign_out(old)
    go = local_path(data.next, otherwise=home_of(opened.session))
    response: Response[Any] = Response({"go": go})
    start_session(response, opened.token)
    return response


@post("/account/passkeys/options", permission=Permission.STAFF_SESSION_USE, status_code=200)
async def register_options(request: Request[Any, Any, Any], staff_verbs: NamedDependency[StaffVerbs]) -> dict[str, Any]:
    """Give out a challenge for a new passkey of the signed-in account."""
    session = session_of(request.scope)
    if session is None:
        raise SignInRequired
    return dict(await staff_verbs.begin_register(session))


@post("/account/passkeys", permission=Permission.STAFF_SESSION_USE, status_code=200)
async def register(
    request: Request[Any, Any, Any], data: JSONBody[RegisterAnswer], staff_verbs: NamedDependency[StaffVerbs]
) -> dict[str, str]:
    """Keep the new passkey."""
    session = session_of(request.scope)
    if session is None:
        raise SignInRequired
    await staff_verbs.register_passkey(session, data.answer, data.label.strip())
    return {"go": "/account?done=passkey"}


@post("/account/passkeys/remove", permission=Permission.STAFF_SESSION_USE)
async def remove(
    request: Request[Any, Any, Any], data: FormData[RemoveForm], staff_verbs: NamedDependency[StaffVerbs]
) -> Response[None]:
    """Take one of one's own passkeys away."""
    session = session_of(request.scope)
    if session is None:
        raise SignInRequired
    await staff_verbs.remove_passkey(session, _credential(data.credential))
    return Response(None, status_code=303, headers={"location": "/account?done=removed"})


def _credential(text: str) -> bytes:
    """Return the bytes of a credential id. Raises PasskeyRefused."""
    try:
        return unb64url(text[:LONGEST_ID].encode())
    except ValueError as cause:
        raise PasskeyRefused(reason="malformed") from cause
