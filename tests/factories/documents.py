"""Faces, keys, sheets and sealed documents for tests; everything in them is made up."""

import dataclasses
import json
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from zhizhao.document.pdf import Press
from zhizhao.document.seal import seal_now
from zhizhao.document.sheet import Occasion, Sheet, archive_sheet, licence_sheet
from zhizhao.kernel.clock import HeldClock
from zhizhao.licence.face import FaceItem, LicenceFace, Side
from zhizhao.settings import Settings
from zhizhao.trust.certificates import Certificates
from zhizhao.trust.demo_authority import DemoAuthority
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.key_file import KdfCost
from zhizhao.trust.keys import Purpose
from zhizhao.verification.anchors import TrustAnchors, anchors_document, read_anchors

VECTORS = Path(__file__).parents[1] / "vectors" / "domain"
BASE_URL = "https://demo.zhizhao.example"
NOW = datetime(2026, 11, 23, 8, 0, 5, tzinfo=UTC)
USCC = "91370811DEM00A011T"
DISPLAY = "dsp_Qb3kT9vWm2LxYz7RcN4pHs"
PRESENTATION = "prs_Hw5XnC8qTb1DmRv7YzKp3s"
SCOPE = (
    "一般项目：软件开发；信息系统集成服务；信息技术咨询服务；数据处理和存储支持服务；计算机软硬件及辅助设备零售；"
    "办公设备租赁服务；技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广；企业管理咨询；会议及展览服务；"
    "广告设计、代理；货物进出口。（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）许可项目：第二类增值电信业务。"
    "（依法须经批准的项目，经相关部门批准后方可开展经营活动，具体经营项目以相关部门批准文件或许可证件为准）"
)
ADDRESS = "山东省济宁市任城区样张街道示例路100号演示大厦8层801室"
CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)


@lru_cache(maxsize=1)
def press() -> Press:
    """Return the one press of this test process; its fonts are 90 MB."""
    return Press()


@lru_cache(maxsize=1)
def templates() -> dict[str, Any]:
    """Return the face templates by letter."""
    raw = json.loads((VECTORS / "face_templates.json").read_text("utf-8"))
    return {template["template"]: template for template in raw["templates"]}


def settings(*, demo: bool = True, **changes: Any) -> Settings:
    """Return settings of a made-up installation."""
    return Settings(base_url=BASE_URL, data_dir="/nowhere", demo=demo, **changes)


def fact(field: str, *, name: str = "济宁市星河示例软件科技有限公司", scope: str = SCOPE) -> str:
    """Return a made-up text for one field of a face."""
    texts = {
        "name": name,
        "entity_type": "有限责任公司（自然人投资或控股）",
        "form": "个人经营",
        "parent_name": "示例外国企业有限公司",
        "parent_address": "示例国示例市示例大街1号",
        "residence_term": "2020年02月22日至2030年02月21日",
    }
    if field in {"scope", "business_scope"}:
        return scope
    if field in texts:
        return texts[field]
    if field.endswith("_on"):
        return "2020年02月22日"
    if field.endswith("_term"):
        return "2020年02月22日至2040年02月21日"
    if field in {
        "legal_representative",
        "executing_partner",
        "investor",
        "operator",
        "principal",
        "chief_representative",
    }:
        return "陈示例"
    if "capital" in field or "fund" in field or "contribution" in field:
        return "贰仟万元整"
    return ADDRESS


def face(template: str = "A", version: str = "2022", **texts: str) -> LicenceFace:
    """Return a made-up face of a template and version; `texts` replaces fields of that name."""
    fields = templates()[template]["faces"][version]
    items = tuple(
        FaceItem(
            field=one["field"],
            label=one["label_zh"],
            text=texts.get(one["field"], fact(one["field"])),
            side=Side(one["side"]),
        )
        for one in fields
    )
    return LicenceFace(
        template=template,
        version=version,
        made_on=date(2024, 3, 18),
        uscc=USCC,
        name=next((item.text for item in items if item.field == "name"), "***"),
        kind="1",
        items=items,
        registrar="济宁市任城区登记机关（演示）",
        legal_representative="陈示例",
        principal_label="法定代表人",
    )


def occasion(**changes: Any) -> Occasion:
    """Return a made-up verification at a counter."""
    usual = Occasion(
        presentation_id=PRESENTATION,
        purpose="食品经营许可核发（新办）",
        relying_party="济宁市行政审批服务局（演示）",
        place="任城区政务服务中心 窗口03",
        case_number="JN2026-000123",
        verified_at=NOW,
    )
    return dataclasses.replace(usual, **changes)


def licence(drawn: LicenceFace | None = None, **changes: Any) -> Sheet:
    """Return the sheet of a licence."""
    usual: dict[str, Any] = {"settings": settings(), "display_id": DISPLAY, "drawn_at": NOW}
    return licence_sheet(drawn or face(), **(usual | changes))


def archive(drawn: LicenceFace | None = None, about: Occasion | None = None, **changes: Any) -> Sheet:
    """Return the sheet of an archive copy."""
    usual: dict[str, Any] = {"settings": settings(), "display_id": DISPLAY}
    return archive_sheet(drawn or face(), about or occasion(), **(usual | changes))


@dataclasses.dataclass
class Issuer:
    """An installation's keys, certificates and anchors in a folder."""

    keys: FileKeys
    certificates: Certificates
    clock: HeldClock

    @property
    def chain(self) -> list[bytes]:
        """Return the chain of the seal."""
        return self.certificates.chain(Purpose.DOCUMENT_SEAL)

    def anchors(self) -> TrustAnchors:
        """Return what this installation publishes."""
        document = anchors_document(self.keys, self.certificates, base_url=BASE_URL)
        return read_anchors(document, source="test")

    def seal(self, pdf: bytes) -> bytes:
        """Return the PDF with the seal."""
        return seal_now(pdf, keys=self.keys, chain=self.chain, sealed_at=NOW, reason="存档件")

    def sealed(self, sheet: Sheet) -> bytes:
        """Return a drawn and sealed sheet."""
        return self.seal(press().render_now(sheet))


def issuer(folder: Path) -> Issuer:
    """Return fresh keys with the demonstration's certificates."""
    clock = HeldClock(NOW)
    keys = FileKeys.create(folder, b"test passphrase", clock=clock, cost=CHEAP)
    return Issuer(keys=keys, certificates=DemoAuthority(folder, keys, clock=clock, demo=True).ensure(), clock=clock)
