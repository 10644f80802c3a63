"""What a name may hold; the same filter everywhere."""

# ruff: noqa: RUF001 full-width and foreign letters are what is tested

import contextlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhizhao.kernel.text import (
    TextRefused,
    clean_name,
    clean_text,
    comparable,
    lone_latin_lookalikes,
    mask_name,
    squeeze,
)


def refusal(text: str) -> tuple[object, object]:
    """Return reason and character of a refusal."""
    with pytest.raises(TextRefused) as refused:
        clean_name(text, longest=300)
    return refused.value.facts["reason"], refused.value.facts["character"]


class TestKept:
    """What stays as registered."""

    @pytest.mark.parametrize(
        "name",
        [
            "济宁市示例机电设备有限公司",
            "示例（济宁）“试”《验》有限公司·分公司",
            "任城区𠮷祥小吃店",
            "曲阜市𰻞𰻞面馆",
            "示例𱍐公司",
            "示例𮯰公司",
            "<script>alert(1)</script>公司",
            "Ａ＆Ｂ　贸易",
            "阿布力孜·买买提",
            "ئەلى",
            "辻󠄀商店",
        ],
    )
    def test_as_it_is(self, name: str) -> None:
        """Full-width signs, rare Han of planes 2 and 3, other scripts and even markup are text."""
        assert clean_name(name, longest=60) == name

    def test_composed(self) -> None:
        """NFC, and blanks at the ends go."""
        assert clean_name("　Café 示例 ", longest=60) == "Café 示例"

    def test_joiners_where_the_script_needs_them(self) -> None:
        """Persian and Uyghur write with a non-joiner; Han does not."""
        assert clean_name("می\u200cخواهم", longest=60) == "می\u200cخواهم"
        assert refusal("济\u200c宁") == ("zero-width", "U+200C")

    def test_unicode_data_would_have_refused_rare_han(self) -> None:
        """Negative control: this Python's data call extension H unassigned, and the filter knows better."""
        if unicodedata.unidata_version < "15":
            assert unicodedata.category("\U00031350") == "Cn"
        assert clean_name("\U00031350", longest=1)


class TestRefused:
    """What no name may hold, each with its own reason and the character named."""

    @pytest.mark.parametrize("character", [*map(chr, range(0x20)), "\x7f", *map(chr, range(0x80, 0xA0))])
    def test_controls(self, character: str) -> None:
        """Every C0 and C1 control inside a name."""
        assert refusal(f"济{character}宁") == ("control", f"U+{ord(character):04X}")

    @pytest.mark.parametrize("point", [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
    def test_directions(self, point: int) -> None:
        """Marks, overrides and isolates, also at the ends of a name."""
        for text in (f"济{chr(point)}宁", f"{chr(point)}济宁", f"济宁{chr(point)}"):
            assert refusal(text) == ("direction", f"U+{point:04X}")

    @pytest.mark.parametrize(
        "point",
        [0xAD, 0x34F, 0x180E, 0x200B, 0x200C, 0x200D, 0x2028, 0x2029, 0x2060, 0x2063, 0x3164, 0xFE0F, 0xFEFF, 0xE0041],
    )
    def test_invisible(self, point: int) -> None:
        """Zero-width characters, fillers, variation selectors and tags."""
        assert refusal(f"济{chr(point)}宁") == ("zero-width", f"U+{point:04X}")

    @pytest.mark.parametrize(
        ("character", "reason"),
        [
            ("\ue000", "private-use"),
            ("\U000f0000", "private-use"),
            ("\u0378", "unassigned"),
            ("\uffff", "unassigned"),
            ("\U000e0fff", "unassigned"),
            ("\ud800", "surrogate"),
        ],
    )
    def test_no_characters(self, character: str, reason: str) -> None:
        """Code points that are no character, or mean something only on one machine."""
        assert refusal(f"济{character}宁") == (reason, f"U+{ord(character):04X}")

    def test_painted_over(self) -> None:
        """A pile of marks hides its neighbours."""
        assert refusal("济" + "\u0301" * 9)[0] == "marks"

    def test_empty_and_long(self) -> None:
        """Length counts characters after composing; a name of 300 characters does not fit 200."""
        assert refusal("　 ")[0] == "empty"
        with pytest.raises(TextRefused) as refused:
            clean_name("名" * 300, longest=200)
        assert refused.value.facts["reason"] == "too-long"
        assert clean_name("𠮷" * 200, longest=200)
        assert clean_name("e\u0301" * 200, longest=200) == "é" * 200
        with pytest.raises(TextRefused):
            clean_name("e\u0301" * 201, longest=200)
        with pytest.raises(TextRefused):
            clean_name("名" * 1_000_000, longest=200)

    @given(st.text(st.characters(), min_size=1, max_size=30))
    def test_anything(self, text: str) -> None:
        """Either it is refused, or what comes out is NFC, holds no control or direction, and passes again."""
        with contextlib.suppress(TextRefused):
            name = clean_name(text, longest=30)
            assert unicodedata.is_normalized("NFC", name)
            assert not any(unicodedata.category(c) in {"Cc", "Cs", "Co"} or c in "\u202e\u2066\u200f" for c in name)
            assert clean_name(name, longest=30) == name


class TestLongText:
    """Scopes and addresses may have been typed in several lines."""

    def test_line_breaks_are_blanks(self) -> None:
        """Each break is one blank; a name refuses it."""
        assert clean_text(" 食品销售；\r\n 餐饮服务\t（堂食）\n", longest=60) == "食品销售； 餐饮服务 （堂食）"
        assert refusal("食品\n销售") == ("control", "U+000A")

    def test_everything_else_is_the_same_filter(self) -> None:
        """An override inside a scope is refused as in a name."""
        with pytest.raises(TextRefused):
            clean_text("食品\u202e销售", longest=60)
        with pytest.raises(TextRefused):
            clean_text("\n" * 1000, longest=60)


class TestShown:
    """Masks, comparison, look-alikes."""

    @pytest.mark.parametrize(
        ("name", "masked"), [("张三恕", "张*"), ("欧阳示例", "欧*"), ("𠮷田", "𠮷*"), ("John", "J*"), ("", "*")]
    )
    def test_mask(self, name: str, masked: str) -> None:
        """First character and a star."""
        assert mask_name(name) == masked

    def test_comparable(self) -> None:
        """Full-width and half-width brackets are one name; letters in any case."""
        assert comparable("示例（济宁）Ａbc 公司") == comparable("示例(济宁)ABC公司")
        assert comparable("示例甲") != comparable("示例乙")

    @pytest.mark.parametrize(
        ("name", "places"),
        [
            ("工商I银行", (2,)),
            ("济宁ABC公司", ()),
            ("示例А公司", (2,)),
            ("示例ABСD公司", (4,)),
            ("⼯商银行", (0,)),
            ("示例公司", ()),
            ("John Smith", ()),
            ("l中", (0,)),
        ],
    )
    def test_lookalikes_are_told(self, name: str, places: tuple[int, ...]) -> None:
        """A lone Latin letter beside Han, Cyrillic among Latin, radicals; nothing is changed."""
        assert lone_latin_lookalikes(name) == places
        assert clean_name(name, longest=60) == name

    def test_squeeze(self) -> None:
        """Numbers lose blanks, hyphens of all lengths and zero-width characters."""
        assert squeeze("９１ 37-08\u201311\u200b ma\ufeff", upper=True) == "91370811MA"
