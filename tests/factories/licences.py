"""Licences for tests: entities as the register states them, names, pressed versions."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from zhizhao.kernel.idcard import DocumentKind
from zhizhao.licence.chain import FIRST
from zhizhao.licence.licence import Licence
from zhizhao.licence.make_face import make_face
from zhizhao.licence.names import IssuerNames
from zhizhao.licence.press import Draft, press
from zhizhao.licence.status import LifeState
from zhizhao.registry.entity import Entity, EntityStatus, Principal
from zhizhao.registry.template import face_data
from zhizhao.trust.keys import KeyProvider

USCC = "91370800MAT000018U"
OTHER_USCC = "92370811MAT000026X"
RECORDED_AT = datetime(2026, 11, 23, 6, tzinfo=UTC)
ISSUED_AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
NAMES = IssuerNames(
    base_url="https://zhizhao.example",
    authority="11370800MBT000011G",
    type_code="11100000MB0143028R001",
    templates=frozenset("ABCDEFGHI"),
)
PRINCIPAL = Principal(name="张三恕", document_kind=DocumentKind.ID_CARD, lookup=b"p" * 32, sealed=None)
FACTS = {
    "name": "济宁示例𠮷商贸有限公司",
    "entity_type": "有限责任公司(自然人独资)",
    "legal_representative": "张三恕",
    "executing_partner": "张三恕",
    "investor": "张三恕",
    "operator": "张三恕",
    "principal": "张三恕",
    "chief_representative": "张三恕",
    "scope": "食品销售；日用百货销售。",
    "business_scope": "粮食种植。",
    "registered_capital": "2000万元",
    "registered_fund": "300万元",
    "contribution": "50万元",
    "members_contribution": "80万元",
    "established_on": "2020年02月22日",
    "registered_on": "2020年02月22日",
    "business_term": "2020年02月22日至长期",
    "operating_term": "2020年02月22日至长期",
    "partnership_term": "2020年02月22日至长期",
    "residence_term": "2020年02月22日至2030年02月21日",
    "domicile": "山东省济宁市任城区示例路1号",
    "main_place": "山东省济宁市任城区示例路1号",
    "place": "山东省济宁市任城区示例路1号",
    "business_place": "山东省济宁市任城区示例路1号",
    "residence_place": "山东省济宁市任城区示例路1号",
    "form": "个人经营",
    "parent_name": "Example Holding Ltd.",
    "parent_address": "1 Example Road",
}
"""A text for every field of every template; a template takes what it prints."""


def an_entity(uscc: str = USCC, **parts: Any) -> Entity:
    """Make an active company; `parts` replace its fields."""
    template = parts.get("template", "A")
    wanted = face_data().templates[template].fields if template else ()
    facts = {field: FACTS[field] for field in wanted if field in FACTS} | parts.pop("facts", {})
    entity = Entity(
        uscc=uscc,
        kind="1",
        name=FACTS["name"],
        status=EntityStatus.ACTIVE,
        marks=frozenset(),
        template="A",
        entity_type=FACTS["entity_type"],
        facts=facts,
        extra={},
        registrar="济宁市任城区行政审批服务局（演示）",
        division="370811",
        registered_on=date(2020, 2, 22),
        approved_on=date(2024, 5, 6),
        principal=PRINCIPAL,
        version=1,
        recorded_at=RECORDED_AT,
        warnings=(),
    )
    return replace(entity, **parts)


def a_licence(keys: KeyProvider, entity: Entity | None = None, **parts: Any) -> Licence:
    """Press a version of an entity's licence without any store; `parts` replace the draft's."""
    draft = Draft(
        face=make_face(entity or an_entity()),
        version=1,
        registry_version=1,
        state=LifeState(),
        display_id="dsp_0123456789abcdefghijkl",
        place=(1, 4711),
        issued_at=ISSUED_AT,
        previous_hash=FIRST,
    )
    return press(replace(draft, **parts), keys=keys, names=NAMES)
