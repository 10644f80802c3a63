"""Who may use a route: every handler names one permission or says that it is public; without one it is refused.

Grammar of a permission: `scope:resource:action`. The scope says how the caller is known: `office`, `desk` and `staff`
by a staff session, `api` by a client's access token, `wallet` by a device's token. The first group is decided here by
the role; the doors of the second group check their token themselves, before anything else (`BEARER`).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from zhizhao.staff.account import Role
from zhizhao.web.errors import PermissionUndeclared, RoleForbidden, SignInRequired
from zhizhao.web.session import session_of

PUBLIC: Final = "public"
"""Said by a route that anybody may use, on purpose."""
BEARER: Final[Mapping[str, Any]] = {"bearer": True, "exclude_from_csrf": True}
"""Options of a route that authenticates by a token in a header: no cookie reaches it, so no CSRF check is needed."""

COOKIELESS: Final[Mapping[str, Any]] = {"cookieless": True, "exclude_from_csrf": True}
"""Options of a page that shared caches may keep: it sets no cookie and takes the reader's choices from its query."""


class Permission(StrEnum):
    """What a caller may do; add a value with a line here and a row in `ROLES`, never rename one."""

    OFFICE_LICENCE_READ = "office:licence:read"
    """Search the register's view, see a licence and its history."""
    OFFICE_SLIP_MAKE = "office:slip:make"
    """Check a person's papers at the window and print a one-time slip."""
    OFFICE_LICENCE_ISSUE = "office:licence:issue"
    """Issue, reissue or withdraw a licence."""
    OFFICE_UPLOAD_SUBMIT = "office:upload:submit"
    """Hand a registrar's file in, have it tried, see what was found, delete it."""
    OFFICE_UPLOAD_RELEASE = "office:upload:release"
    """Let a file be taken that somebody else handed in."""
    DESK_PRESENTATION_REDEEM = "desk:presentation:redeem"
    """Read a shown code at a counter and see the verdict."""
    DESK_PRESENTATION_READ = "desk:presentation:read"
    """See what this counter read before; archive, print, re-file or void it."""
    DESK_LICENCE_FREEZE = "desk:licence:freeze"
    """Freeze a lost licence for its holder at the counter."""
    STAFF_SESSION_USE = "staff:session:use"
    """See and end one's own session, change one's own password; every role may."""
    API_PRESENTATION_REDEEM = "api:presentation:redeem"
    """A client's system redeems a code."""
    API_PRESENTATION_READ = "api:presentation:read"
    """A client's system reads its own presentations, archives, proofs, matters and quota."""
    WALLET_LICENCE_USE = "wallet:licence:use"
    """A holder's device lists, downloads, shows, freezes its licences and sees their records."""


ROLES: Final[Mapping[Permission, frozenset[Role]]] = {
    Permission.OFFICE_LICENCE_READ: frozenset({Role.REGISTRAR_CLERK, Role.REGISTRAR_REVIEWER}),
    Permission.OFFICE_SLIP_MAKE: frozenset({Role.REGISTRAR_CLERK}),
    Permission.OFFICE_LICENCE_ISSUE: frozenset({Role.REGISTRAR_CLERK, Role.REGISTRAR_REVIEWER}),
    Permission.OFFICE_UPLOAD_SUBMIT: frozenset({Role.REGISTRAR_CLERK, Role.REGISTRAR_REVIEWER}),
    Permission.OFFICE_UPLOAD_RELEASE: frozenset({Role.REGISTRAR_REVIEWER}),
    Permission.DESK_PRESENTATION_REDEEM: frozenset({Role.COUNTER_CLERK}),
    Permission.DESK_PRESENTATION_READ: frozenset({Role.COUNTER_CLERK}),
    Permission.DESK_LICENCE_FREEZE: frozenset({Role.COUNTER_CLERK, Role.REGISTRAR_CLERK}),
}
"""Permission of a staff scope → the roles that hold it (INTERFACES.md §3, SECURITY.md §4)."""

TOKEN_SCOPES: Final = frozenset({"api", "wallet"})


async def require_permission(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let the request through or raise PermissionUndeclared, SignInRequired or RoleForbidden.

    Which methods an address knows (OPTIONS, made by the framework) is no secret: a 405 says the same.
    """
    named = handler.opt.get("permission")
    if named == PUBLIC or connection.scope.get("method") == "OPTIONS":
        return
    if not isinstance(named, Permission):
        raise PermissionUndeclared(handler=handler.handler_name)
    if named.split(":")[0] in TOKEN_SCOPES and handler.opt.get("bearer"):
        return
    session = session_of(connection.scope)
    if session is None:
        raise SignInRequired(path=connection.scope["path"])
    if named is Permission.STAFF_SESSION_USE:
        return
    if not session.roles_in_force & ROLES.get(named, frozenset()):
        raise RoleForbidden(permission=str(named), roles=sorted(session.roles_in_force))
