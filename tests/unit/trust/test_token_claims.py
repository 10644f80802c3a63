"""Times and parties of a token."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from zhizhao.trust.errors import TokenClaimRefused, TokenOutOfTime
from zhizhao.trust.token_claims import check_parties, check_times

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
AT = int(NOW.timestamp())


class TestTimes:
    """`exp`, `iat`, `nbf` to the second."""

    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": AT + 1, "iat": AT},
            {"exp": AT - 59, "iat": AT + 60},
            {"exp": AT + 1.5, "iat": AT - 0.5, "nbf": AT + 60},
        ],
    )
    def test_in_time(self, claims: dict[str, Any]) -> None:
        """Within the leeway of a minute."""
        check_times(claims, now=NOW)

    @pytest.mark.parametrize(
        ("claims", "named"),
        [
            ({"exp": AT - 60, "iat": AT - 100}, "exp"),
            ({"exp": AT + 100, "iat": AT + 61}, "iat"),
            ({"exp": AT + 100, "iat": AT, "nbf": AT + 61}, "nbf"),
            *[({"exp": value, "iat": AT}, "exp") for value in (None, "1", True, [], -1, 1e300, float("nan"), 2**70)],
            *[({"exp": AT + 9, "iat": value}, "iat") for value in (None, "1", False, {}, -1)],
            *[({"exp": AT + 9, "iat": AT, "nbf": value}, "nbf") for value in (None, "1", True)],
            ({}, "exp"),
        ],
    )
    def test_out_of_time(self, claims: dict[str, Any], named: str) -> None:
        """The claim that is wrong is named."""
        with pytest.raises(TokenOutOfTime) as caught:
            check_times(claims, now=NOW)
        assert caught.value.facts["claim"] == named

    def test_the_ends_of_time(self) -> None:
        """From 1970 to the year 9999, both included; more is no date."""
        first, last = datetime(1970, 1, 1, tzinfo=UTC), 253_402_300_799
        check_times({"exp": last, "iat": 0, "nbf": 0}, now=first)
        for exp in (last + 1, last + 0.5):
            with pytest.raises(TokenOutOfTime):
                check_times({"exp": exp, "iat": 0}, now=first)

    def test_without_leeway(self) -> None:
        """Our own tokens end at the second."""
        check_times({"exp": AT + 1, "iat": AT}, now=NOW, leeway=timedelta(0))
        with pytest.raises(TokenOutOfTime):
            check_times({"exp": AT, "iat": AT}, now=NOW, leeway=timedelta(0))


class TestParties:
    """Issuer, audience, subject."""

    @pytest.mark.parametrize("aud", ["us", ["us"], ["other", "us"]])
    def test_for_us(self, aud: object) -> None:
        """`aud` is a text or a list."""
        check_parties({"iss": "i", "aud": aud, "sub": "s"}, expected_iss="i", expected_aud="us")
        check_parties({"iss": "i", "aud": aud, "sub": "s"}, expected_iss="i", expected_aud=frozenset({"us", "we"}))

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            *[({"iss": value}, "iss") for value in (None, "I", "", ["i"])],
            *[({"aud": value}, "aud") for value in (None, "", "u", "us/", [], ["other"], {"us": 1}, [["us"]], [None])],
            *[({"sub": value}, "sub") for value in (None, "", 1, ["s"])],
        ],
    )
    def test_not_for_us(self, change: dict[str, Any], named: str) -> None:
        """The claim that is wrong is named."""
        claims = {"iss": "i", "aud": "us", "sub": "s", **change}
        with pytest.raises(TokenClaimRefused) as caught:
            check_parties(claims, expected_iss="i", expected_aud="us")
        assert caught.value.facts["claim"] == named
