"""Find an entity by code or name; see its licence, its versions and its history; freeze and unfreeze at the window."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import PathParameter, QueryParameter

from zhizhao.kernel.errors import UsccMalformed
from zhizhao.kernel.uscc import parse_uscc
from zhizhao.licence.status import Hold, LifeAct
from zhizhao.storage.database import Transaction
from zhizhao.web.form import Form, FormData
from zhizhao.web.guards import Permission
from zhizhao.web.i18n import gettext as _
from zhizhao.web.i18n import marked as N_  # noqa: N812 the customary name of the marker
from zhizhao.web.i18n import speaking
from zhizhao.web.office.clerk import actor_of, clerk_of
from zhizhao.web.office.verbs import OfficeVerbs
from zhizhao.web.pages import page, reader_of

CODE_LENGTH: Final = 18
FREEZE_REASONS: Final[Mapping[str, str]] = {
    "holder-request": N_("法定代表人（负责人、经营者）本人要求"),
    "phone-lost": N_("手机遗失或被盗"),
    "suspected-misuse": N_("怀疑被他人冒用"),
}
UNFREEZE_REASONS: Final[Mapping[str, str]] = {
    "holder-proved": N_("本人到场，已核对证件"),
    "frozen-by-mistake": N_("误操作，已与本人核实"),
}
"""Reason codes, never free text: the history and the ledger keep them."""
ACT_NAMES: Final[Mapping[LifeAct, str]] = {
    LifeAct.ISSUE: N_("签发"),
    LifeAct.REISSUE: N_("变更后重新签发"),
    LifeAct.WITHDRAW: N_("失效"),
    LifeAct.FREEZE: N_("冻结"),
    LifeAct.UNFREEZE: N_("解除冻结"),
    LifeAct.DISPUTE: N_("因争议暂停"),
    LifeAct.SETTLE: N_("争议解除"),
}
Code = Annotated[str, PathParameter(max_length=18)]
Text = Annotated[str, QueryParameter(max_length=100)]


class HoldForm(Form, frozen=True, kw_only=True):
    """Freeze or unfreeze, with the reason and the clerk's word that the papers were seen."""

    because: str = ""
    checked: bool = False


@get("/office", permission=Permission.OFFICE_LICENCE_READ)
async def find(
    request: Request[Any, Any, Any],
    reader: NamedDependency[Transaction],
    *,
    office_verbs: NamedDependency[OfficeVerbs],
    search: Text = "",
    after: Annotated[str, QueryParameter(max_length=400)] = "",
) -> Response[Any]:
    """Show the search and what it found; a whole code that fails its check is told, with the place that looks wrong."""
    text = search.strip()
    fault = ""
    found = None
    if text:
        with speaking(reader_of(request).lang):
            fault = _code_fault(text)
        if not fault:
            found = await office_verbs.search(reader, text, after or None)
    return page(request, "office/find.html", clerk=clerk_of(request), search=text, found=found, fault=fault)


@get("/office/entities/{uscc:str}", permission=Permission.OFFICE_LICENCE_READ)
async def show(
    request: Request[Any, Any, Any],
    uscc: Code,
    tx: NamedDependency[Transaction],
    office_verbs: NamedDependency[OfficeVerbs],
    done: Text = "",
) -> Response[Any]:
    """Show one entity; the look-up is noted in the same transaction."""
    return await _show(request, uscc, tx, verbs=office_verbs, done=done)


@post("/office/entities/{uscc:str}/issue", permission=Permission.OFFICE_LICENCE_ISSUE)
async def issue(
    request: Request[Any, Any, Any],
    uscc: Code,
    data: FormData[Form],
    tx: NamedDependency[Transaction],
    office_verbs: NamedDependency[OfficeVerbs],
) -> Response[Any]:
    """Issue the licence of an entity that has none, for example one whose kind was added later."""
    del data
    await office_verbs.issue(tx, uscc, actor_of(request))
    return _back(uscc, "issued")


@post("/office/entities/{uscc:str}/freeze", permission=Permission.DESK_LICENCE_FREEZE)
async def freeze(
    request: Request[Any, Any, Any],
    uscc: Code,
    data: FormData[HoldForm],
    tx: NamedDependency[Transaction],
    office_verbs: NamedDependency[OfficeVerbs],
) -> Response[Any]:
    """Freeze the licence for its holder."""
    if data.because not in FREEZE_REASONS or not data.checked:
        return await _show(request, uscc, tx, verbs=office_verbs, faults=_hold_faults(request, data, FREEZE_REASONS))
    await office_verbs.freeze(tx, uscc, because=data.because, actor=actor_of(request))
    return _back(uscc, "frozen")


@post("/office/entities/{uscc:str}/unfreeze", permission=Permission.DESK_LICENCE_FREEZE)
async def unfreeze(
    request: Request[Any, Any, Any],
    uscc: Code,
    data: FormData[HoldForm],
    tx: NamedDependency[Transaction],
    office_verbs: NamedDependency[OfficeVerbs],
) -> Response[Any]:
    """Lift the holder's freeze after the person has proven who it is."""
    if data.because not in UNFREEZE_REASONS or not data.checked:
        return await _show(request, uscc, tx, verbs=office_verbs, faults=_hold_faults(request, data, UNFREEZE_REASONS))
    await office_verbs.unfreeze(tx, uscc, because=data.because, actor=actor_of(request))
    return _back(uscc, "unfrozen")


async def _show(
    request: Request[Any, Any, Any],
    uscc: str,
    connection: Transaction,
    *,
    verbs: OfficeVerbs,
    done: str = "",
    faults: Mapping[str, str] | None = None,
) -> Response[Any]:
    entity = await verbs.entity(connection, uscc)
    if entity is None:
        raise NotFoundException
    await verbs.look_up(connection, uscc, actor_of(request))
    licence = await verbs.licence(connection, uscc)
    return page(
        request,
        "office/entity.html",
        status=400 if faults else 200,
        clerk=clerk_of(request),
        entity=entity,
        licence=licence,
        versions=list(reversed(await verbs.versions(connection, uscc))) if licence else [],
        acts=list(reversed(await verbs.acts(connection, uscc))) if licence else [],
        is_frozen=licence is not None and Hold.FROZEN in licence.holds,
        act_names=ACT_NAMES,
        freeze_reasons=FREEZE_REASONS,
        unfreeze_reasons=UNFREEZE_REASONS,
        reasons={**FREEZE_REASONS, **UNFREEZE_REASONS},
        done=done,
        faults=faults or {},
    )


def _hold_faults(request: Request[Any, Any, Any], data: HoldForm, reasons: Mapping[str, str]) -> dict[str, str]:
    with speaking(reader_of(request).lang):
        faults = {} if data.because in reasons else {"because": _("请选择原因。")}
        return faults if data.checked else {**faults, "checked": _("请核对证件后勾选。")}


def _code_fault(text: str) -> str:
    """Return what is wrong with a text that is as long as a whole code and looks like one; else nothing."""
    if len(text) != CODE_LENGTH or not text.isascii() or not any(c.isdigit() for c in text):
        return ""
    try:
        parse_uscc(text)
    except UsccMalformed as fault:
        place = fault.facts.get("position")
        if place:
            return _("统一社会信用代码有误，第 %(place)s 位可能错了，请核对。", place=place)
        return _("统一社会信用代码有误，请核对 18 位代码。")
    return ""


def _back(uscc: str, done: str) -> Response[Any]:
    return Response(None, status_code=303, headers={"location": f"/office/entities/{uscc}?done={done}"})
