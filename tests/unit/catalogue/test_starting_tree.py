"""The packaged starting tree."""

from zhizhao.catalogue.matter import Domain, Function
from zhizhao.catalogue.starting_tree import field_groups, starting_tree
from zhizhao.catalogue.tree import make_tree
from zhizhao.registry.entity import EntityStatus
from zhizhao.registry.template import PERSON_FIELDS, face_data

AROUND = {"uscc", "registrar", "issued_on"}
NOTICE_FIELDS = {"交通运输", "工程建设", "卫生健康", "市场监管", "安全生产", "环境保护", "社会治安"}
"""The enforcement fields of the notice, 三(三)."""


class TestStartingTree:
    """Data, but data that must hold together."""

    def test_it_is_large_enough_and_every_code_stands_once(self) -> None:
        """Every matter was checked when it was read."""
        matters = starting_tree()
        assert len(matters) >= 24
        assert len({matter.code for matter in matters}) == len(matters)
        assert len({matter.name for matter in matters}) == len(matters)

    def test_the_notices_fields_are_there(self) -> None:
        """三(三): enforcement; 三(二): e-commerce; 三(四): utilities and banks."""
        branches = {
            branch.domain: {i.name for i in branch.industries} for branch in make_tree(1, starting_tree()).branches()
        }
        assert branches[Domain.GOVERNMENT] >= NOTICE_FIELDS
        assert branches[Domain.COMMERCE] == {"公共事业服务", "商业银行服务", "电商平台"}

    def test_every_field_is_one_of_some_face(self) -> None:
        """A field that no template prints could never go out."""
        printed = {field for template in face_data().templates.values() for field in template.fields}
        for matter in starting_tree():
            assert set(matter.fields) <= printed | AROUND

    def test_every_template_gives_its_person_and_name(self) -> None:
        """A matter that wants the person gets it whatever the template calls it."""
        assert set(field_groups()["@person"]) == set(PERSON_FIELDS)
        printed = {field for template in face_data().templates.values() for field in template.fields}
        grouped = {field for group in field_groups().values() for field in group}
        assert printed - grouped == {"name", "entity_type", "form", "parent_name", "parent_address"}

    def test_statuses(self) -> None:
        """Active alone, but for the deregistration, which a revoked entity must reach."""
        wide = {matter.code for matter in starting_tree() if matter.statuses != {EntityStatus.ACTIVE}}
        assert wide == {"EG-SCJG-ZXDJ"}
        (end,) = [matter for matter in starting_tree() if matter.code == "EG-SCJG-ZXDJ"]
        assert end.statuses == {EntityStatus.ACTIVE, EntityStatus.REVOKED}

    def test_every_function_and_paper(self) -> None:
        """Each use of the notice has matters; each matter makes some paper unnecessary, 三(一)."""
        assert {function for matter in starting_tree() for function in matter.functions} == set(Function)
        assert all(matter.documents_not_required for matter in starting_tree())
