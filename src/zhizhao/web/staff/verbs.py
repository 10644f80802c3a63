"""What the sign-in pages need; `app/wire_staff.py` binds it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zhizhao.staff.passkey import Passkey
from zhizhao.staff.session import Opened, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a person typed to sign in."""

    username: str
    password: str
    number: str
    """Six digits of the authenticator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword:
    """What a person typed to change a password."""

    present: str
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffVerbs:
    """Bound verbs; each opens the transactions it needs, because a password takes longer than one may be held."""

    sign_in: Callable[[Typed], Awaitable[Opened]]
    """Raises SignInRefused, SignInPaused, SignInLocked, PasskeyNeeded."""
    begin_sign_in: Callable[[], Awaitable[Mapping[str, Any]]]
    """Options of `navigator.credentials.get`."""
    sign_in_passkey: Callable[[Mapping[str, Any]], Awaitable[Opened]]
    """Raises PasskeyRefused."""
    sign_out: Callable[[str], Awaitable[None]]
    change_password: Callable[[Session, str, NewPassword], Awaitable[int]]
    """Session, its token, the passwords; returns how many other sessions ended. Raises SignInRefused, PasswordWeak."""
    passkeys: Callable[[Session], Awaitable[list[Passkey]]]
    begin_register: Callable[[Session], Awaitable[Mapping[str, Any]]]
    register_passkey: Callable[[Session, Mapping[str, Any], str], Awaitable[Passkey]]
    """Session, the browser's answer, a label. Raises PasskeyRefused."""
    remove_passkey: Callable[[Session, bytes], Awaitable[None]]
    """Raises PasskeyRefused, LastWayIn."""
