"""An official's account: who it is, in which unit, with which roles."""

import re
from dataclasses import dataclass
from enum import StrEnum

from zhizhao.staff.errors import DutiesConflict, UsernameMalformed

USERNAME = re.compile(r"[a-z][a-z0-9.-]{2,31}")


class Role(StrEnum):
    """What an official is for, INTERFACES.md §3; a wire format: add, never rename."""

    REGISTRAR_CLERK = "registrar_clerk"
    """登记人员"""
    REGISTRAR_REVIEWER = "registrar_reviewer"
    """复核人员"""
    DESK_PROVINCE = "desk_province"
    DESK_TECHNICAL = "desk_technical"
    DESK_GUIDANCE = "desk_guidance"
    DESK_OPERATIONS = "desk_operations"
    DESK_CITY = "desk_city"
    """市局核对"""
    COUNTER_CLERK = "counter_clerk"
    """窗口人员"""
    OFFICER = "officer"
    """执法人员"""
    OVERSEER = "overseer"
    SYSTEM_ADMIN = "system_admin"
    """系统管理员"""
    SECURITY_ADMIN = "security_admin"
    """安全管理员"""
    AUDIT_ADMIN = "audit_admin"
    """审计管理员"""


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""The three that no person may combine (三员分立)."""


class AccountState(StrEnum):
    """Whether the account may be used; a wire format: add, never rename."""

    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One official. The name is what colleagues call the person; towards customers it is masked."""

    account_id: str
    username: str
    name: str
    roles: frozenset[Role]
    unit: str
    """The department or service centre, as text; a counter redeems under its unit's client."""
    state: AccountState

    @property
    def is_administrator(self) -> bool:
        """Say whether one of the three administrations is held: shorter idle time, a key as second factor."""
        return bool(self.roles & ADMINISTRATORS)


def check_username(text: str) -> str:
    """Return the user name in small letters. Raises UsernameMalformed."""
    username = text.strip().lower()
    if not USERNAME.fullmatch(username):
        raise UsernameMalformed(length=len(text))
    return username


def check_duties(roles: frozenset[Role]) -> frozenset[Role]:
    """Check that at most one of the three administrations is among the roles. Raises DutiesConflict."""
    if len(roles & ADMINISTRATORS) > 1:
        raise DutiesConflict(roles=sorted(r.value for r in roles & ADMINISTRATORS))
    return roles
