"""The desk's first page and the scan itself."""

import hashlib
import time
from dataclasses import replace
from typing import Annotated, Any

import structlog
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from zhizhao.kernel.clock import Clock
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.kernel.ids import time_ordered_id
from zhizhao.presentation.ask import Ask, Idempotency, make_ask
from zhizhao.presentation.presentation import Via
from zhizhao.staff.counter.note_scan import clean_note
from zhizhao.staff.counter.scan import ACCEPTED, Scan
from zhizhao.staff.counter.setting import DeskSetting
from zhizhao.storage.database import Database, Transaction
from zhizhao.web.desk.outcome import Outcome, View, outcome_of, problem_outcome
from zhizhao.web.desk.place import DeskPlace, place_of
from zhizhao.web.desk.stage import Stage, show
from zhizhao.web.desk.verbs import DeskVerbs
from zhizhao.web.form import Form, FormData
from zhizhao.web.guards import Permission
from zhizhao.web.request_id import request_id

LONGEST_KEY = 64
Query = Annotated[str, QueryParameter(max_length=200)]
log = structlog.get_logger("zhizhao.desk")


class ScanForm(Form, frozen=True, kw_only=True):
    """What a scan sends: the code and how the desk is set."""

    code: str = ""
    matter: str = ""
    purpose: str = ""
    case_number: str = ""
    note: str = ""
    key: str = ""
    """Made by the page for each scan, so that a request may be sent twice."""


@get("/desk", permission=Permission.DESK_PRESENTATION_REDEEM)
async def show_desk(
    request: Request[Any, Any, Any],
    reader: NamedDependency[Transaction],
    *,
    desk_verbs: NamedDependency[DeskVerbs],
    matter: Query = "",
    purpose: Query = "",
    case_number: Query = "",
    edit: Query = "",
) -> Response[Any]:
    """Show the desk ready to scan; the department's own system may hand matter, purpose and case over in the query."""
    place = await place_of(request, reader, verbs=desk_verbs)
    given = ScanForm(matter=matter, purpose=purpose, case_number=case_number)
    place = replace(place, setting=_merged(place, given))
    stage = Stage(
        place=place,
        scans=await desk_verbs.latest(reader, place.account),
        today=await desk_verbs.today(reader, place.account),
        open_form="setting" if edit else "",
    )
    return show(request, stage)


@post("/desk/scan", permission=Permission.DESK_PRESENTATION_REDEEM, status_code=200)
async def scan(
    request: Request[Any, Any, Any],
    data: FormData[ScanForm],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    desk_verbs: NamedDependency[DeskVerbs],
) -> Response[Any]:
    """Redeem what was scanned, write the book, show the stage; a problem is a panel, never a lost page."""
    started = time.perf_counter()
    async with database.read() as reader:
        place = await place_of(request, reader, verbs=desk_verbs)
    place = replace(place, setting=_merged(place, data))
    outcome = await _attempt(request, data, place=place, database=database, verbs=desk_verbs)
    took = time.perf_counter() - started
    async with database.write() as tx:
        await _keep(tx, outcome, data=data, place=place, clock=clock, verbs=desk_verbs)
        stage = Stage(
            place=place,
            scans=await desk_verbs.latest(tx, place.account),
            today=await desk_verbs.today(tx, place.account),
            outcome=outcome,
            took=took,
            note=data.note,
        )
    return show(request, stage)


def _merged(place: DeskPlace, given: ScanForm) -> DeskSetting:
    """Return the desk's setting with what the request names; an unknown matter is tried and refused by the verb."""
    setting = place.setting
    if given.matter and given.matter != setting.matter:
        matter = place.matter(given.matter)
        setting = replace(setting, matter=given.matter, purpose=matter.name if matter else setting.purpose)
    if given.purpose:
        setting = replace(setting, purpose=given.purpose)
    return replace(setting, case_number=given.case_number or setting.case_number)


def ask_of(data: ScanForm, place: DeskPlace) -> Ask:
    """Return the ask of a scan. Raises SettingMalformed for an unfit note, before anything is asked."""
    clean_note(data.note)
    setting = place.setting
    idempotency = None
    if 0 < len(data.key) <= LONGEST_KEY:
        parts = f"{data.code}\n{setting.matter}\n{setting.purpose}\n{setting.case_number}"
        key = f"desk:{place.account.account_id}:{data.key}"
        idempotency = Idempotency(key=key, request_hash=hashlib.sha256(parts.encode()).digest())
    return make_ask(
        place.client.client_id,
        data.code,
        matter=setting.matter,
        purpose=setting.purpose,
        case_number=setting.case_number or None,
        operator=place.operator,
        via=Via.DESK,
        actor_id=place.account.account_id,
        idempotency=idempotency,
    )


async def _attempt(
    request: Request[Any, Any, Any], data: ScanForm, *, place: DeskPlace, database: Database, verbs: DeskVerbs
) -> Outcome:
    """Return what the scan came to: every refusal that the domain names has its panel."""
    try:
        redeemed = await verbs.redeem(ask_of(data, place))
    except ZhizhaoError as problem:
        number = request_id(request.scope)
        log.info("scan", code=problem.code, facts=problem.facts, request_id=number)
        return problem_outcome(problem)
    presentation = redeemed.presentation
    async with database.read() as reader:
        mandate_id = presentation.presenter.mandate_id
        return outcome_of(
            presentation,
            face=redeemed.face or await verbs.face(reader, presentation),
            matter=place.matter(presentation.matter) or redeemed.matter,
            grant=await verbs.mandate(reader, mandate_id) if mandate_id else None,
            repeated=redeemed.repeated,
        )


async def _keep(
    connection: Transaction, outcome: Outcome, *, data: ScanForm, place: DeskPlace, clock: Clock, verbs: DeskVerbs
) -> None:
    """Write the book and remember the setting; what was refused as malformed is not kept."""
    setting = place.setting
    fit = outcome.code not in {"request-malformed", "setting-malformed"}
    if outcome.is_same_again:
        return
    if fit:
        await verbs.keep_setting(connection, place.account.account_id, setting)
    presentation = outcome.presentation
    line = Scan(
        scan_id=time_ordered_id(clock),
        account_id=place.account.account_id,
        unit=place.account.unit,
        window=setting.window,
        at=clock.now(),
        outcome=ACCEPTED if outcome.view is View.ACCEPTED else outcome.code,
        entity_name=outcome.title if outcome.view is View.ACCEPTED else None,
        matter=setting.matter if fit else "",
        case_number=setting.case_number if fit else "",
        note=clean_note(data.note) if fit else "",
        presentation_id=presentation.presentation_id if presentation else None,
    )
    await verbs.note_scan(connection, line)
