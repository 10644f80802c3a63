"""Who works at the registration window."""

from typing import Any

from litestar import Request

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.staff.account import Account
from zhizhao.web.errors import SignInRequired
from zhizhao.web.session import session_of


def clerk_of(request: Request[Any, Any, Any]) -> Account:
    """Return the signed-in clerk. Raises SignInRequired."""
    session = session_of(request.scope)
    if session is None:
        raise SignInRequired(path=request.url.path)
    return session.account


def actor_of(request: Request[Any, Any, Any]) -> Actor:
    """Return who acts, for the ledger."""
    return Actor(ActorKind.STAFF, clerk_of(request).account_id)
