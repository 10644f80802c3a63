"""Passwords: what is refused, with its reason; what is generated is always accepted."""

import pytest

from zhizhao.staff.errors import PasswordWeak
from zhizhao.staff.password import check_new_password, generate_password, normal


class TestCheckNewPassword:
    """NIST SP 800-63B: length and a list, no rules of composition."""

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("lantern74", "short"),
            ("x" * 129, "long"),
            ("ababababababab", "plain"),
            ("password2026", "known"),
            ("Password1234", "known"),
            ("my-wang.yan-secret", "own_name"),
        ],
    )
    def test_refused(self, text: str, reason: str) -> None:
        """Each rule names itself."""
        with pytest.raises(PasswordWeak) as refused:
            check_new_password(text, "wang.yan")
        assert refused.value.facts["reason"] == reason

    @pytest.mark.parametrize(
        "text", ["lantern-harbour-74", "运河边的第三棵柳树很高很绿", "correct horse battery staple"]
    )
    def test_accepted(self, text: str) -> None:
        """Sentences in any script are fine."""
        assert check_new_password(text, "wang.yan") == text

    def test_a_known_word_inside_a_long_one_is_fine(self) -> None:
        """The list refuses what is little more than a known password."""
        assert check_new_password("admin of the third lantern", "wang.yan")

    def test_generated_ones_pass(self) -> None:
        """What the command prints is never weak."""
        made = {generate_password() for _ in range(200)}
        assert len(made) == 200
        assert all(check_new_password(password, "wang.yan") for password in made)

    def test_keyboards_do_not_matter(self) -> None:
        """A letter and its accent typed apart are the same password."""
        assert normal("cafe\u0301-lantern") == normal("caf\u00e9-lantern")
