"""The slip: a clerk checks a person's papers and prints a one-time code that proves the person once to the phone."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from zhizhao.kernel.errors import DocumentMalformed, IdNumberMalformed, TextRefused
from zhizhao.kernel.idcard import LABELS, DocumentKind
from zhizhao.kernel.text import mask_name
from zhizhao.settings import Settings
from zhizhao.storage.database import Transaction
from zhizhao.wallet.errors import PersonUnknown
from zhizhao.wallet.proving.make_slip import Applicant
from zhizhao.wallet.slip import in_groups, slip_uri
from zhizhao.web.form import Form, FormData
from zhizhao.web.guards import Permission
from zhizhao.web.i18n import gettext as _
from zhizhao.web.i18n import speaking
from zhizhao.web.office.clerk import actor_of, clerk_of
from zhizhao.web.office.verbs import OfficeVerbs
from zhizhao.web.pages import page, reader_of

KINDS = [(kind.value, LABELS[kind]) for kind in DocumentKind]


class SlipForm(Form, frozen=True, kw_only=True):
    """The person as the papers say; only the slip's own MACs are kept of it."""

    name: str = ""
    document_number: str = ""
    checked: bool = False


@get("/office/slips", permission=Permission.OFFICE_SLIP_MAKE)
async def slip_form(request: Request[Any, Any, Any]) -> Response[Any]:
    """Show the form."""
    return _form(request, SlipForm(), faults={})


@post("/office/slips", permission=Permission.OFFICE_SLIP_MAKE, status_code=200)
async def make_slip(
    request: Request[Any, Any, Any],
    data: FormData[SlipForm],
    tx: NamedDependency[Transaction],
    *,
    office_verbs: NamedDependency[OfficeVerbs],
    settings: NamedDependency[Settings],
) -> Response[Any]:
    """Make a slip and show it ready to print; it cannot be shown a second time."""
    if not data.checked:
        return _form(request, data, faults={"checked": "papers"})
    try:
        applicant = Applicant(name=data.name, document_number=data.document_number)
        slip = await office_verbs.make_slip(tx, applicant, actor_of(request))
    except TextRefused:
        return _form(request, data, faults={"name": "name"})
    except (IdNumberMalformed, DocumentMalformed) as fault:
        return _form(request, data, faults={"document_number": str(fault.facts.get("reason"))})
    return page(
        request,
        "office/slip.html",
        clerk=clerk_of(request),
        slip=slip,
        code=in_groups(slip.code),
        address=slip_uri(settings.base_url, slip.code),
        person=mask_name(data.name.strip()),
        document=LABELS[slip.document_kind],
    )


@get("/office/lost", permission=Permission.OFFICE_SLIP_MAKE)
async def lost_form(request: Request[Any, Any, Any]) -> Response[Any]:
    """Show the form for a lost phone."""
    return page(request, "office/lost.html", clerk=clerk_of(request), data=SlipForm(), faults={}, frozen=None)


@post("/office/lost", permission=Permission.OFFICE_SLIP_MAKE, status_code=200)
async def report_lost(
    request: Request[Any, Any, Any],
    data: FormData[SlipForm],
    tx: NamedDependency[Transaction],
    office_verbs: NamedDependency[OfficeVerbs],
) -> Response[Any]:
    """Freeze every phone of a person whose papers the clerk checked."""
    faults: dict[str, str] = {}
    frozen: int | None = None
    try:
        if data.checked:
            applicant = Applicant(name=data.name, document_number=data.document_number)
            _person, devices = await office_verbs.lose_at_window(tx, applicant, actor_of(request))
            frozen = len(devices)
        else:
            faults = {"checked": "papers"}
    except PersonUnknown:
        faults = {"document_number": "person"}
    except (IdNumberMalformed, DocumentMalformed) as fault:
        faults = {"document_number": str(fault.facts.get("reason"))}
    with speaking(reader_of(request).lang):
        told = {field: _fault(field, reason) for field, reason in faults.items()}
    return page(
        request,
        "office/lost.html",
        status=400 if told else 200,
        clerk=clerk_of(request),
        data=data,
        faults=told,
        frozen=frozen,
    )


def _form(request: Request[Any, Any, Any], data: SlipForm, *, faults: dict[str, str]) -> Response[Any]:
    with speaking(reader_of(request).lang):
        told = {field: _fault(field, reason) for field, reason in faults.items()}
    return page(
        request,
        "office/slip_form.html",
        status=400 if told else 200,
        clerk=clerk_of(request),
        data=data,
        faults=told,
        kinds=KINDS,
    )


def _fault(field: str, reason: str) -> str:
    if field == "checked":
        return _("请核对本人和证件原件后勾选。")
    if field == "name":
        return _("请按证件填写姓名，不超过 60 个字符。")
    return {
        "check": _("身份证号码的校验码不对，请核对每一位。"),
        "birth-date": _("身份证号码里的出生日期不对，请核对。"),
        "person": _("没有找到这个人的手机执照，请核对姓名和证件号码。"),
    }.get(reason, _("证件号码有误，请按证件核对。"))
