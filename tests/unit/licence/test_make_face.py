"""Faces by template and version."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.changed import changed
from factories.licences import FACTS, PRINCIPAL, an_entity
from zhizhao.licence.errors import NotIssuable
from zhizhao.licence.face import FaceItem, LicenceFace, Side, chinese_date, face_json, parse_face
from zhizhao.licence.make_face import face_version, make_face, printed_date
from zhizhao.registry.template import TERM_FIELDS, face_data

BEFORE, AFTER = date(2022, 8, 31), date(2022, 9, 1)


class TestMakeFace:
    """DOMAIN.md §7.2 to §7.4."""

    @pytest.mark.parametrize("letter", "ABCDEFGHI")
    @pytest.mark.parametrize("made_on", [BEFORE, AFTER])
    def test_every_template_prints_its_items_in_order(self, letter: str, made_on: date) -> None:
        """The items, labels and sides are those of the data, each with its text."""
        face = make_face(an_entity(template=letter, approved_on=made_on))
        version = "2019" if made_on == BEFORE else "2022"
        expected = face_data().templates[letter].faces[version]
        assert (face.template, face.version, face.made_on) == (letter, version, made_on)
        assert [(i.field, i.label, i.side) for i in face.items] == [(i.field, i.label_zh, i.side) for i in expected]
        assert [i.text for i in face.items] == [FACTS[i.field] for i in expected]
        assert face.legal_representative == "张三恕"

    def test_the_term_of_2019_stays_and_2022_has_none(self) -> None:
        """A licence of 2020 keeps its term when it is shown in 2030 (§7.4)."""
        for letter in "ABCGH":
            old = make_face(an_entity(template=letter, approved_on=date(2020, 2, 22)))
            new = make_face(an_entity(template=letter, approved_on=AFTER))
            assert {i.field for i in old.items} & TERM_FIELDS
            assert not {i.field for i in new.items} & TERM_FIELDS

    @pytest.mark.parametrize(
        ("letter", "label"),
        [
            ("A", "法定代表人"),
            ("C", "执行事务合伙人"),
            ("E", "投资人"),
            ("F", "经营者"),
            ("G", "负责人"),
            ("I", "首席代表"),
        ],
    )
    def test_the_principal_has_the_templates_label(self, letter: str, label: str) -> None:
        """One role, many names (§4.1)."""
        assert make_face(an_entity(template=letter)).principal_label == label

    def test_without_a_name_three_asterisks_are_printed(self) -> None:
        """An individual business may have none (§7.3)."""
        face = make_face(an_entity(template="F", name=None, kind="8"))
        assert face.name == "***"
        assert face.text("name") == "***"

    def test_an_item_without_text_is_left_out(self) -> None:
        """Nothing is invented; the other items keep their order."""
        face = make_face(an_entity(facts={"registered_capital": "  "}))
        assert face.text("registered_capital") is None
        assert [i.field for i in face.items][-2:] == ["established_on", "domicile"]

    def test_money_stays_the_registered_text(self) -> None:
        """Text with unit and currency, never a number."""
        face = make_face(an_entity(facts={"registered_capital": "人民币2,000.00万元整"}))
        assert face.text("registered_capital") == "人民币2,000.00万元整"

    def test_the_person_and_type_come_from_the_entity_where_facts_lack_them(self) -> None:
        """The register's own columns stand in."""
        bare = changed(an_entity(principal=changed(PRINCIPAL, name="李四")), facts={}, entity_type="有限责任公司")
        face = make_face(bare)
        assert (face.text("legal_representative"), face.text("entity_type")) == ("李四", "有限责任公司")

    def test_the_day_falls_back_to_registration_and_recording(self) -> None:
        """Approval, else registration, else the Beijing day on which we recorded the facts."""
        entity = an_entity(approved_on=None)
        assert make_face(entity).made_on == date(2020, 2, 22)
        assert make_face(changed(entity, registered_on=None)).made_on == date(2026, 11, 23)

    def test_registered_on_of_an_individual_business(self) -> None:
        """注册日期 comes from the register's own date where no text came."""
        entity = an_entity(template="F", facts={"registered_on": ""})
        assert make_face(entity).text("registered_on") == "2020年02月22日"
        assert make_face(changed(entity, registered_on=None)).text("registered_on") is None

    def test_a_kind_without_a_sheet_is_refused(self) -> None:
        """企业集团登记证 is no licence."""
        with pytest.raises(NotIssuable):
            make_face(an_entity(template="", kind="23"))


class TestVersion:
    """The version is chosen by the day the face was made."""

    @pytest.mark.parametrize(
        ("day", "version"),
        [
            (date(1999, 1, 1), "2019"),
            (date(2019, 3, 1), "2019"),
            (BEFORE, "2019"),
            (AFTER, "2022"),
            (date(2099, 1, 1), "2022"),
        ],
    )
    def test_bounds(self, day: date, version: str) -> None:
        """Both ends of each version; days before the first take the first."""
        assert face_version(day) == version


class TestDates:
    """Dates are printed as text."""

    @pytest.mark.parametrize(
        ("stated", "printed"),
        [
            ("2020-02-22", "2020年02月22日"),
            ("2020/2/2", "2020年02月02日"),
            ("2020.12.31", "2020年12月31日"),
            ("2020年02月22日", "2020年02月22日"),
            ("2020-02-30", "2020-02-30"),
            ("长期", "长期"),
            ("", ""),
        ],
    )
    def test_numeric_forms_are_printed_the_one_way(self, stated: str, printed: str) -> None:
        """What is no date stays as registered."""
        assert printed_date(stated) == printed

    @given(st.dates())
    def test_every_day(self, day: date) -> None:
        """Four, two and two digits."""
        assert printed_date(day.isoformat()) == chinese_date(day)
        assert len(chinese_date(day)) == len("2020年02月22日")

    def test_the_day_of_the_face(self) -> None:
        """Printed under the registrar."""
        assert make_face(an_entity()).made_on_text == "2024年05月06日"


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
FACES = st.builds(
    LicenceFace,
    template=st.sampled_from("ABCDEFGHI"),
    version=st.sampled_from(["2019", "2022"]),
    made_on=st.dates(),
    uscc=TEXTS,
    name=TEXTS,
    kind=TEXTS,
    items=st.lists(st.builds(FaceItem, field=TEXTS, label=TEXTS, text=TEXTS, side=st.sampled_from(Side))).map(tuple),
    registrar=TEXTS,
    legal_representative=TEXTS,
    principal_label=TEXTS,
)


@given(FACES)
def test_the_stored_form_reads_back(face: LicenceFace) -> None:
    """What is kept is what was made, rare characters included."""
    assert parse_face(face_json(face)) == face
    assert parse_face(face_json(face).encode()) == face
