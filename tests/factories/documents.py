"""Faces, keys, sheets and sealed documents for tests; everything in them is made up."""

import dataclasses
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from factories.changed import changed
from zhizhao.document.attachment import credential_attachment, receipt_attachment
from zhizhao.document.pdf import Press
from zhizhao.document.seal import seal_now
from zhizhao.document.sheet import Occasion, Sheet, archive_sheet, licence_sheet
from zhizhao.kernel.clock import HeldClock
from zhizhao.licence.credential import make_credential, subject_of
from zhizhao.licence.face import FaceItem, LicenceFace, Side
from zhizhao.licence.names import IssuerNames
from zhizhao.licence.status_list import TYP as STATUS_TYPE
from zhizhao.licence.status_list import list_claims, pack
from zhizhao.settings import Settings
from zhizhao.trust.certificates import Certificates
from zhizhao.trust.demo_authority import DemoAuthority
from zhizhao.trust.file_provider import FileKeys
from zhizhao.trust.jws import sign_compact
from zhizhao.trust.key_file import KdfCost
from zhizhao.trust.keys import Purpose
from zhizhao.verification.anchors import TrustAnchors, anchors_document, read_anchors

VECTORS = Path(__file__).parents[1] / "vectors" / "domain"
BASE_URL = "https://demo.zhizhao.example"
NOW = datetime(2026, 11, 23, 8, 0, 5, tzinfo=UTC)
USCC = "91370811DEM00A011T"
LIST = f"{BASE_URL}/status/1"
DISPLAY = "dsp_Qb3kT9vWm2LxYz7RcN4pHs"
PRESENTATION = "prs_Hw5XnC8qTb1DmRv7YzKp3s"
SCOPE = (
    "一般项目：软件开发；信息系统集成服务；信息技术咨询服务；数据处理和存储支持服务；计算机软硬件及辅助设备零售；"
    "办公设备租赁服务；技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广；企业管理咨询；会议及展览服务；"
    "广告设计、代理；货物进出口。（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）许可项目：第二类增值电信业务。"
    "（依法须经批准的项目，经相关部门批准后方可开展经营活动，具体经营项目以相关部门批准文件或许可证件为准）"
)
ADDRESS = "山东省济宁市任城区样张街道示例路100号演示大厦8层801室"
NAMES = IssuerNames(base_url=BASE_URL, authority="11370800MBT000011G", type_code="11100000MB0143028R001")
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


TEXTS = {
    "entity_type": "有限责任公司（自然人投资或控股）",
    "form": "个人经营",
    "parent_name": "示例外国企业有限公司",
    "parent_address": "示例国示例市示例大街1号",
    "name": "济宁市星河示例软件科技有限公司",
    "scope": SCOPE,
    "business_scope": SCOPE,
}
KINDS = (
    ("_on", "2020年02月22日"),
    ("_term", "2020年02月22日至2040年02月21日"),
    ("capital", "贰仟万元整"),
    ("fund", "贰仟万元整"),
    ("contribution", "贰仟万元整"),
    ("representative", "陈示例"),
    ("partner", "陈示例"),
    ("investor", "陈示例"),
    ("operator", "陈示例"),
    ("principal", "陈示例"),
)


def fact(field: str) -> str:
    """Return a made-up text for one field of a face."""
    usual = next((text for ending, text in KINDS if field.endswith(ending)), ADDRESS)
    return TEXTS.get(field, usual)


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
    return changed(usual, **changes)


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
        work = partial(seal_now, pdf, keys=self.keys, chain=self.chain, sealed_at=NOW, reason="存档件")
        with ThreadPoolExecutor(1) as pool:  # the sealer has a loop of its own, and a test may already run in one
            return pool.submit(work).result()

    def sealed(self, sheet: Sheet) -> bytes:
        """Return a drawn and sealed sheet."""
        return self.seal(press().render_now(sheet))

    def credential(self, drawn: LicenceFace | None = None, *, index: int = 5) -> str:
        """Return the credential of a face without a holder's key."""
        subject = subject_of(drawn or face(), identifier="1.2.156.3005.2.x", version=1, issued_at=NOW, place=(1, index))
        return make_credential(self.keys, subject, names=NAMES)

    def receipt(self, **changes: Any) -> str:
        """Return the receipt of the made-up verification."""
        claims = {
            "iss": BASE_URL,
            "iat": int(NOW.timestamp()),
            "jti": PRESENTATION,
            "aud": "cli_x",
            "purpose": "食品经营许可核发（新办）",
            "verdict": "accepted",
            "licence": {"identifier": "1.2.156.3005.2.x", "version": 1, "status": "valid", "uscc": USCC},
            "status_at": "2026-11-23T08:00:05Z",
        }
        return sign_compact(self.keys, Purpose.RECEIPT, {**claims, **changes}, typ="receipt+jwt")

    def status_list(
        self, *, code: int = 0, index: int = 5, uri: str = f"{BASE_URL}/status/1", at: datetime = NOW
    ) -> str:
        """Return a signed status list with one entry set."""
        claims = list_claims(uri, pack(64, [(index, code)]), issuer=BASE_URL, at=at, lifetime_seconds=300)
        return sign_compact(self.keys, Purpose.STATUS_LIST, claims, typ=STATUS_TYPE)

    def licence_pdf(self) -> bytes:
        """Return a sealed licence with its credential."""
        return self.sealed(licence(attachments=(credential_attachment(self.credential()),)))

    def archive_pdf(self) -> bytes:
        """Return a sealed archive copy with credential and receipt."""
        evidence = (credential_attachment(self.credential()), receipt_attachment(self.receipt()))
        return self.sealed(archive(attachments=evidence))


def issuer(folder: Path, *, at: datetime = NOW) -> Issuer:
    """Return fresh keys with the demonstration's certificates, made at a moment."""
    clock = HeldClock(at)
    keys = FileKeys.create(folder, b"test passphrase", clock=clock, cost=CHEAP)
    return Issuer(keys=keys, certificates=DemoAuthority(folder, keys, clock=clock, demo=True).ensure(), clock=clock)
