"""Stand-ins for what the public door asks below: licences to display, findings, accounts."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from factories.changed import changed
from zhizhao.licence.errors import LicenceUnknown
from zhizhao.licence.face import FaceItem, LicenceFace, Side
from zhizhao.licence.status import LicenceStatus
from zhizhao.presentation.errors import PresentationUnknown
from zhizhao.registry.entity import EntityStatus, Mark
from zhizhao.verification.errors import FileTooLarge
from zhizhao.verification.finding import Finding, Kind, Standing, Status, no, status_unknown, unknown, yes
from zhizhao.web.public.verbs import ArchiveView, DemoAccount, Display, PublicVerbs, Published

AS_OF = datetime(2026, 11, 23, 2, tzinfo=UTC)
CHECKED = datetime(2026, 11, 23, 2, 24, tzinfo=UTC)
SCOPE = (
    "许可项目：食品销售（依法须经批准的项目，经相关部门批准后方可开展经营活动）。一般项目：日用百货销售；"
    "农副产品销售；互联网销售（除销售需要许可的商品）；国内贸易代理。"
)
ITEMS = (
    ("name", "名称", "济宁示例云帆商贸有限公司", Side.LEFT),
    ("type", "类型", "有限责任公司（自然人投资或控股）", Side.LEFT),
    ("principal", "法定代表人", "张三恕", Side.LEFT),
    ("scope", "经营范围", SCOPE, Side.LEFT),
    ("capital", "注册资本", "200万元", Side.RIGHT),
    ("established", "成立日期", "2019年04月18日", Side.RIGHT),
    ("address", "住所", "山东省济宁市任城区示例路 18 号 2 幢 306 室", Side.RIGHT),
)
FACE = LicenceFace(
    template="A",
    version="2022",
    made_on=date(2026, 3, 2),
    uscc="91370811MAT000026L",
    name="济宁示例云帆商贸有限公司",
    kind="1",
    items=tuple(FaceItem(field=field, label=label, text=text, side=side) for field, label, text, side in ITEMS),
    registrar="任城区示例登记机关",
    legal_representative="张三恕",
    principal_label="法定代表人",
)
IN_FORCE = Display(
    face=FACE,
    entity_status=EntityStatus.ACTIVE,
    marks=frozenset(),
    licence_status=LicenceStatus.VALID,
    as_of=AS_OF,
    checked_at=CHECKED,
)
DISPLAYS = {
    "dsp_valid": IN_FORCE,
    "dsp_revoked": changed(IN_FORCE, entity_status=EntityStatus.REVOKED, licence_status=LicenceStatus.WITHDRAWN),
    "dsp_deregistered": changed(
        IN_FORCE, entity_status=EntityStatus.DEREGISTERED, licence_status=LicenceStatus.WITHDRAWN
    ),
    "dsp_rescinded": changed(IN_FORCE, entity_status=EntityStatus.RESCINDED, licence_status=LicenceStatus.WITHDRAWN),
    "dsp_moved": changed(IN_FORCE, entity_status=EntityStatus.MOVED_OUT, licence_status=LicenceStatus.WITHDRAWN),
    "dsp_suspended": changed(IN_FORCE, licence_status=LicenceStatus.SUSPENDED),
    "dsp_marked": changed(IN_FORCE, marks=frozenset(Mark)),
    "dsp_hostile": changed(
        IN_FORCE, face=changed(FACE, name='<script>alert(1)</script>"', registrar="</b><img src=x onerror=alert(1)>")
    ),
}


async def display(display_id: str) -> Display:
    """Find one of the stand-ins."""
    if display_id not in DISPLAYS:
        raise LicenceUnknown(display_id=display_id)
    return DISPLAYS[display_id]


async def check_file(data: bytes) -> Finding:
    """Judge by the first word: `good`, `bad`, `large`, anything else is unknown."""
    if data.startswith(b"large"):
        raise FileTooLarge(size=len(data), limit=1)
    if data.startswith(b"good"):
        return Finding(
            kind=Kind.RECEIPT,
            intact=yes("token-whole"),
            valid=yes("signature-computes"),
            trusted=yes("key-held"),
            status=Status(standing=Standing.VALID, because="key-published", as_of=AS_OF),
            subject={"uscc": FACE.uscc, "name": FACE.name},
        )
    if data.startswith(b"bad"):
        part = Finding(
            kind=Kind.CREDENTIAL,
            intact=yes("token-whole"),
            valid=yes("signature-computes"),
            trusted=yes("key-held"),
            status=Status(standing=Standing.SUSPENDED, because="list-suspended", as_of=AS_OF),
        )
        return Finding(
            kind=Kind.ARCHIVE_COPY,
            intact=no("digest-differs"),
            valid=unknown("not-whole"),
            trusted=unknown("nothing-valid"),
            status=status_unknown("nothing-valid"),
            parts=(("credential.sd-jwt", part),),
        )
    nothing = unknown("kind-unknown")
    return Finding(
        kind=Kind.UNKNOWN, intact=nothing, valid=nothing, trusted=nothing, status=status_unknown("kind-unknown")
    )


async def demo_accounts() -> Sequence[DemoAccount]:
    """Return two accounts."""
    return [
        DemoAccount(role="法定代表人", name="张三恕", secret="K7M2-9QXT-44", more="370811199001011234"),
        DemoAccount(role="窗口人员", name="counter03", secret="demo-desk-03", number="482913"),
    ]


async def status_list(number: int) -> str:
    """Return a token for list 1."""
    if number != 1:
        raise LicenceUnknown(status_list=number)
    return "eyJ0eXAi.eyJzdWIi.c2ln"


async def archive(presentation_id: str) -> ArchiveView:
    """Find the one archive copy of these tests."""
    if presentation_id != "prs_known":
        raise PresentationUnknown(presentation_id=presentation_id)
    return ArchiveView(
        presentation_id=presentation_id,
        name="济宁示例商贸有限公司",
        uscc="91370811MAT000018R",
        relying_party="任城区政务服务系统（演示）",
        purpose="食品经营许可",
        place="窗口03",
        case_number="JN2026-000123",
        verified_at=datetime(2026, 11, 23, 8, tzinfo=UTC),
        version=1,
        licence_status=LicenceStatus.VALID,
        entity_status=EntityStatus.ACTIVE,
        checked_at=datetime(2026, 11, 25, 8, tzinfo=UTC),
    )


def public_verbs(**parts: Any) -> PublicVerbs:
    """Return the bound stand-ins; keywords replace single ones."""
    published = Published(
        jwks=lambda: {"keys": []},
        anchors=lambda: b"{}",
        status_list=status_list,
        issuer=lambda: {"issuer": "https://zhizhao.test", "jwks": {"keys": []}},
        credential_type={"vct": "https://zhizhao.test/vct/business-licence/1"},
    )
    verbs = PublicVerbs(
        archive=archive, display=display, check_file=check_file, demo_accounts=demo_accounts, published=published
    )
    return changed(verbs, **parts)
