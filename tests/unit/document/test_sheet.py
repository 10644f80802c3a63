"""The sheet takes everything from the face and adds only what paper needs."""

from factories.changed import changed
from factories.documents import BASE_URL, DISPLAY, PRESENTATION, archive, face, licence, occasion, settings
from zhizhao.document.sheet import verification_url
from zhizhao.licence.face import MISSING_NAME


class TestLicenceSheet:
    """Facts of the face, in its order."""

    def test_takes_labels_and_texts_from_the_face(self) -> None:
        """The rows are the items of the face, left and right, the scope apart."""
        drawn = face("C")
        sheet = licence(drawn)
        assert sheet.scope is not None
        rows = [*sheet.left, sheet.scope, *sheet.right]
        assert [(row.label, row.text) for row in rows] == [(item.label, item.text) for item in drawn.items]

    def test_no_name_is_three_asterisks(self) -> None:
        """An individual business may have no name (DOMAIN.md §7.3)."""
        assert licence(face("F", name="")).left[0].text == MISSING_NAME

    def test_2019_prints_the_term_and_2022_does_not(self) -> None:
        """The version of the face decides, never today (DOMAIN.md §7.4)."""
        assert "营业期限" in [row.label for row in licence(face("A", "2019")).right]
        assert "营业期限" not in [row.label for row in licence(face("A", "2022")).right]

    def test_code_leads_to_our_own_page(self) -> None:
        """The face's code is an https address of the installation."""
        assert licence().url == f"{BASE_URL}/d/{DISPLAY}"

    def test_agreed_substitute_is_printed_and_noted(self) -> None:
        """A character that no font has is replaced as agreed, and the foot says so."""
        agreed = settings(glyph_substitutes={"𮧵": "韡"})
        sheet = licence(face("A", legal_representative="王𮧵㛃"), settings=agreed)
        assert sheet.left[2].text == "王韡㛃"
        assert sheet.note == "“韡”为代用字，登记用字U+2E9F5"

    def test_an_unused_substitute_is_not_noted(self) -> None:
        """The foot speaks only of this sheet."""
        assert licence(settings=settings(glyph_substitutes={"𮧵": "韡"})).note is None


class TestArchiveSheet:
    """The same sheet, for one purpose."""

    def test_panel_names_purpose_party_time_place_case_and_presentation(self) -> None:
        """Everything that the file needs later stands on the paper, time in Beijing's."""
        panel = archive().panel
        assert panel is not None
        assert [row.text for row in panel.rows] == [
            "食品经营许可核发（新办）",
            "济宁市行政审批服务局（演示）",
            "2026年11月23日 16:00:05　任城区政务服务中心 窗口03",
            "JN2026-000123",
            PRESENTATION,
        ]

    def test_code_leads_to_the_check_of_this_presentation(self) -> None:
        """One stable public path."""
        panel = archive().panel
        assert panel is not None
        assert panel.url == f"{BASE_URL}/verify?p={PRESENTATION}"

    def test_watermark_says_demonstration_only_in_demo_mode(self) -> None:
        """Production prints no 演示."""
        shown, real = archive().panel, archive(settings=settings(demo=False)).panel
        assert shown is not None
        assert real is not None
        assert (shown.watermark or "").endswith(" · 演示")
        assert "演示" not in (real.watermark or "").replace("（演示）", "")

    def test_long_purpose_is_short_in_the_watermark_and_whole_in_the_panel(self) -> None:
        """The watermark is a reminder, the panel the record."""
        panel = archive(about=occasion(purpose="用" * 200)).panel
        assert panel is not None
        assert panel.rows[0].text == "用" * 200
        assert "用" * 39 + "…" in (panel.watermark or "")

    def test_partial_face_says_so(self) -> None:
        """A copy with only the granted fields must not pass for a whole licence."""
        whole = face()
        few = changed(whole, items=whole.items[:1])
        panel = archive(few, occasion(is_partial=True)).panel
        assert panel is not None
        assert "仅含获准事项" in panel.state


def test_verification_url_keeps_strange_ids_inside_the_query() -> None:
    """An id cannot add parameters of its own."""
    assert verification_url("https://a.example", "x&y=1#z") == "https://a.example/verify?p=x%26y%3D1%23z"
