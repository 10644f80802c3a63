"""Sessions: idle limits by role, roles in force by method, ids that are not kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from zhizhao.staff.account import Account, AccountState, Role
from zhizhao.staff.session import Method, Session, idle_limit, new_token, token_hash

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def account(*roles: Role) -> Account:
    """Return an account with these roles."""
    return Account(
        account_id="stf_x",
        username="wang.yan",
        name="王砚",
        roles=frozenset(roles),
        unit="u",
        state=AccountState.ACTIVE,
    )


def session(*roles: Role, method: Method = Method.PASSWORD) -> Session:
    """Return a session that was just opened."""
    whose = account(*roles)
    return Session(
        account=whose, method=method, opened_at=AT, seen_at=AT, ends_at=AT + timedelta(hours=12), idle=idle_limit(whose)
    )


class TestSession:
    """SECURITY.md §3.8."""

    @pytest.mark.parametrize(
        ("role", "minutes"),
        [(Role.SYSTEM_ADMIN, 15), (Role.SECURITY_ADMIN, 15), (Role.AUDIT_ADMIN, 15), (Role.COUNTER_CLERK, 30)],
    )
    def test_idle_limit(self, role: Role, minutes: int) -> None:
        """Administrators have fifteen minutes, others thirty."""
        assert session(role).idle_ends_at == AT + timedelta(minutes=minutes)

    def test_the_absolute_end_comes_first(self) -> None:
        """Use does not carry a session past its twelve hours."""
        late = session(Role.COUNTER_CLERK)
        assert replace(late, seen_at=AT + timedelta(hours=11, minutes=50)).idle_ends_at == late.ends_at

    def test_administration_needs_a_key(self) -> None:
        """Signed in by password, an administrator carries the other roles only."""
        both = (Role.SYSTEM_ADMIN, Role.OVERSEER)
        assert session(*both).roles_in_force == {Role.OVERSEER}
        assert session(*both, method=Method.PASSKEY).roles_in_force == set(both)

    def test_ids_are_random_and_hashed(self) -> None:
        """Two ids differ, and the store's form does not show the id."""
        one, two = new_token(), new_token()
        assert one != two
        assert len(one) >= 43
        assert one.encode() not in token_hash(one)
