"""The settings bar: matter, purpose, case number, window, keys and sounds."""

from dataclasses import replace
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency

from zhizhao.staff.counter.setting import DeskSetting
from zhizhao.staff.errors import SettingMalformed
from zhizhao.storage.database import Transaction
from zhizhao.web.desk.place import place_of
from zhizhao.web.desk.stage import Stage, show
from zhizhao.web.desk.verbs import DeskVerbs
from zhizhao.web.form import Form, FormData
from zhizhao.web.guards import Permission
from zhizhao.web.i18n import gettext as _
from zhizhao.web.i18n import speaking
from zhizhao.web.pages import reader_of


class SettingForm(Form, frozen=True, kw_only=True):
    """The fields of the bar."""

    matter: str = ""
    purpose: str = ""
    case_number: str = ""
    window: str = ""


class SwitchForm(Form, frozen=True, kw_only=True):
    """One switch in the foot of the desk."""

    switch: str
    """`keys` or `sounds`."""
    on: bool = False


@post("/desk/setting", permission=Permission.DESK_PRESENTATION_REDEEM)
async def keep(
    request: Request[Any, Any, Any],
    data: FormData[SettingForm],
    tx: NamedDependency[Transaction],
    desk_verbs: NamedDependency[DeskVerbs],
) -> Response[Any]:
    """Keep the bar; a faulty field comes back with its message and what was typed."""
    place = await place_of(request, tx, verbs=desk_verbs)
    before = place.setting
    matter = place.matter(data.matter)
    typed = replace(before, matter=data.matter, purpose=data.purpose, case_number=data.case_number, window=data.window)
    if matter and data.matter != before.matter and data.purpose == before.purpose:
        typed = replace(typed, purpose=matter.name)  # another matter brings its own purpose unless one was typed
    faults = {} if matter else {"matter": "matter"}
    try:
        if not faults:
            await desk_verbs.keep_setting(tx, place.account.account_id, typed)
            return Response(None, status_code=303, headers={"location": "/desk"})
    except SettingMalformed as fault:
        faults = {str(fault.facts["field"]): str(fault.facts["reason"])}
    with speaking(reader_of(request).lang):
        told = {name: _fault(name) for name in faults}
    stage = Stage(
        place=replace(place, setting=typed),
        scans=await desk_verbs.latest(tx, place.account),
        today=await desk_verbs.today(tx, place.account),
        open_form="setting",
        faults=told,
    )
    return show(request, stage, status=400)


@post("/desk/switch", permission=Permission.DESK_PRESENTATION_REDEEM)
async def switch(
    request: Request[Any, Any, Any],
    data: FormData[SwitchForm],
    tx: NamedDependency[Transaction],
    desk_verbs: NamedDependency[DeskVerbs],
) -> Response[Any]:
    """Turn the function keys or the sounds on or off."""
    place = await place_of(request, tx, verbs=desk_verbs)
    setting: DeskSetting = place.setting
    if data.switch == "keys":
        setting = replace(setting, keys=data.on)
    elif data.switch == "sounds":
        setting = replace(setting, sounds=data.on)
    await desk_verbs.keep_setting(tx, place.account.account_id, setting)
    return Response(None, status_code=303, headers={"location": "/desk"})


def _fault(field: str) -> str:
    return {
        "matter": _("请从列表中选择事项。"),
        "purpose": _("用途不超过 200 个字符，不含不可见字符。"),
        "case_number": _("办件号不超过 64 个字符，不含不可见字符。"),
        "window": _("窗口名称不超过 64 个字符，不含不可见字符。"),
    }[field]
