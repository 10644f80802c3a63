"""A grant and the rules of its noun."""

from datetime import date
from typing import Any

import pytest

from factories.grants import PERSON, a_grant
from zhizhao.mandate.errors import GrantMalformed
from zhizhao.mandate.grant import Role, checked


class TestChecked:
    """Each rule refuses, and says which."""

    @pytest.mark.parametrize(
        "parts",
        [
            {},
            {"role": Role.MANAGER, "matters": None},
            {"uses": None, "used": 99},
            {"uses": 0, "used": 0},
            {"from_on": date(2026, 11, 23), "to_on": date(2026, 11, 23)},
        ],
        ids=["agent", "manager", "unlimited", "no-use", "one-day"],
    )
    def test_good_grants(self, parts: dict[str, Any]) -> None:
        """The control."""
        grant = a_grant(**parts)
        assert checked(grant) is grant

    @pytest.mark.parametrize(
        ("reason", "parts"),
        [
            ("role", {"role": Role.LEGAL_REPRESENTATIVE}),
            ("matters", {"matters": frozenset()}),
            ("functions", {"functions": frozenset()}),
            ("dates", {"to_on": date(2026, 10, 31)}),
            ("uses", {"uses": 1, "used": 2}),
            ("uses", {"uses": -1, "used": 0}),
            ("grantee", {"principal_lookup": PERSON}),
        ],
    )
    def test_each_rule(self, reason: str, parts: dict[str, Any]) -> None:
        """Nobody grants to himself, nothing is granted by an empty list, time does not run backwards."""
        with pytest.raises(GrantMalformed) as caught:
            checked(a_grant(**parts))
        assert caught.value.facts["reason"] == reason
