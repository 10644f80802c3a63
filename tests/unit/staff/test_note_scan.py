"""Notes in the counter's book: kept as written, never with an ID number."""

import pytest

from zhizhao.kernel.idcard import id_check_character
from zhizhao.staff.counter.note_scan import clean_note
from zhizhao.staff.errors import SettingMalformed

BODY = "37990019900101123"
ID_NUMBER = BODY + id_check_character(BODY)


class TestCleanNote:
    """What may stand beside a scan."""

    def test_kept(self) -> None:
        """Words and ordinary numbers are kept."""
        assert (
            clean_note(" 客户补交 2 份材料，编号 20261123000123456789 ")
            == "客户补交 2 份材料，编号 20261123000123456789"
        )
        assert clean_note("   ") == ""

    @pytest.mark.parametrize("text", [ID_NUMBER, f"身份证{ID_NUMBER}已看", ID_NUMBER.lower()])
    def test_an_id_number_is_refused(self, text: str) -> None:
        """A number that passes GB 11643 is refused, wherever it stands."""
        with pytest.raises(SettingMalformed) as refused:
            clean_note(text)
        assert refused.value.facts == {"field": "note", "reason": "id-number"}

    def test_control_eighteen_digits_that_are_no_id_number(self) -> None:
        """Control: the check looks at the number, not at its length."""
        wrong = BODY + ("1" if ID_NUMBER[-1] != "1" else "2")
        assert clean_note(wrong) == wrong

    @pytest.mark.parametrize("text", ["x" * 201, "ab\u202ecd", "a\x00b"])
    def test_unfit(self, text: str) -> None:
        """Too long, bidi controls, control characters."""
        with pytest.raises(SettingMalformed):
            clean_note(text)
