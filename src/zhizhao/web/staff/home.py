"""Where an official starts, by role, and what each role is called."""

from collections.abc import Mapping
from typing import Final

from zhizhao.staff.account import Role
from zhizhao.staff.session import Session
from zhizhao.web.i18n import gettext
from zhizhao.web.i18n import marked as N_  # noqa: N812 the customary name of the marker

ROLE_NAMES: Final[Mapping[Role, str]] = {
    Role.REGISTRAR_CLERK: N_("登记人员"),
    Role.REGISTRAR_REVIEWER: N_("复核人员"),
    Role.DESK_PROVINCE: N_("省级受理人员"),
    Role.DESK_TECHNICAL: N_("技术服务单位人员"),
    Role.DESK_GUIDANCE: N_("业务指导人员"),
    Role.DESK_OPERATIONS: N_("系统运维人员"),
    Role.DESK_CITY: N_("市局核对人员"),
    Role.COUNTER_CLERK: N_("窗口人员"),
    Role.OFFICER: N_("执法人员"),
    Role.OVERSEER: N_("统计人员"),
    Role.SYSTEM_ADMIN: N_("系统管理员"),
    Role.SECURITY_ADMIN: N_("安全管理员"),
    Role.AUDIT_ADMIN: N_("审计管理员"),
}
HOMES: Final = (
    (Role.COUNTER_CLERK, "/desk"),
    (Role.REGISTRAR_CLERK, "/office"),
    (Role.REGISTRAR_REVIEWER, "/office"),
)
"""Role → first page; the first that fits."""


def home_of(session: Session) -> str:
    """Return the page where this person's work begins."""
    return next((page for role, page in HOMES if role in session.roles_in_force), "/account")


def role_names(session: Session) -> list[str]:
    """Return the roles' names in the reader's language, in the order of the list."""
    return [gettext(name) for role, name in ROLE_NAMES.items() if role in session.account.roles]
