"""Accounts: user names, and the three administrations that nobody combines."""

import itertools

import pytest

from zhizhao.staff.account import ADMINISTRATORS, Role, check_duties, check_username
from zhizhao.staff.errors import DutiesConflict, UsernameMalformed


class TestCheckUsername:
    """A user name is typed by people and stands in no code."""

    def test_small_letters(self) -> None:
        """Blanks at the ends and capitals are forgiven."""
        assert check_username(" Wang.Yan ") == "wang.yan"

    @pytest.mark.parametrize(
        "text", ["", "ab", "1wang", "wang yan", "王砚", "w" * 33, "wang_yan", "wang\n"[:4] + "\x00"]
    )
    def test_refused(self, text: str) -> None:
        """Everything else is refused."""
        with pytest.raises(UsernameMalformed):
            check_username(text)


class TestCheckDuties:
    """SECURITY.md §4: no person holds two of system, security and audit administration."""

    @pytest.mark.parametrize("pair", list(itertools.combinations(sorted(ADMINISTRATORS), 2)))
    def test_no_two_administrations(self, pair: tuple[Role, Role]) -> None:
        """Each pair is refused, also among other roles."""
        with pytest.raises(DutiesConflict):
            check_duties(frozenset({*pair, Role.OVERSEER}))

    @pytest.mark.parametrize("role", sorted(Role))
    def test_one_is_fine(self, role: Role) -> None:
        """Each role alone, and a clerk's two roles, are fine."""
        assert check_duties(frozenset({role})) == {role}
        assert check_duties(frozenset({Role.REGISTRAR_CLERK, Role.COUNTER_CLERK}))
