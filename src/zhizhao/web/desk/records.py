"""The book of the unit, and one stored verification with its case, its archive copy and the holder check."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from zhizhao.kernel.errors import (
    DocumentMalformed,
    IdNumberMalformed,
    TextRefused,
    ZhizhaoError,
)
from zhizhao.presentation.errors import AskMalformed, MatchLimited
from zhizhao.storage.database import Database, Transaction
from zhizhao.web.csp import DOWNLOAD_CSP
from zhizhao.web.desk.outcome import outcome_of
from zhizhao.web.desk.place import DeskPlace, place_of
from zhizhao.web.desk.stage import Stage, scan_words, show
from zhizhao.web.desk.verbs import DeskVerbs
from zhizhao.web.form import Form, FormData
from zhizhao.web.guards import Permission
from zhizhao.web.i18n import gettext as _
from zhizhao.web.i18n import speaking
from zhizhao.web.pages import page, reader_of

PresentationId = Annotated[str, PathParameter(max_length=40)]
Word = Annotated[str, QueryParameter(max_length=16)]
ROWS = 50
PRINT_CSP = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""Of the copy shown for printing: the browser's own viewer needs its object and its styles; the file is ours."""


class FilingForm(Form, frozen=True, kw_only=True):
    """Where the verification belongs, and why it moves."""

    case_number: str = ""
    reason: str = ""
    void: bool = False
    """Take it out of its case."""


class HolderForm(Form, frozen=True, kw_only=True):
    """The person at the window; neither is kept."""

    name: str = ""
    id_number: str = ""


@get("/desk/records", permission=Permission.DESK_PRESENTATION_READ)
async def records(
    request: Request[Any, Any, Any],
    reader: NamedDependency[Transaction],
    desk_verbs: NamedDependency[DeskVerbs],
    search: Annotated[str, QueryParameter(max_length=64)] = "",
    before: Annotated[str, QueryParameter(max_length=36)] = "",
) -> Response[Any]:
    """List the unit's book, newest first, searched by case number or by name."""
    place = await place_of(request, reader, verbs=desk_verbs)
    rows = await desk_verbs.records(
        reader, place.account.unit, before=_uuid(before), search=search.strip(), limit=ROWS + 1
    )
    more = rows[ROWS - 1].scan_id if len(rows) > ROWS else None
    names = {m.code: m.name for m in place.matters}
    return page(
        request,
        "desk/records.html",
        section="records",
        place=place,
        rows=rows[:ROWS],
        more=more,
        search=search,
        matter_names=names,
        scan_words=scan_words,
    )


@get("/desk/presentations/{presentation_id:str}", permission=Permission.DESK_PRESENTATION_READ)
async def show_record(
    request: Request[Any, Any, Any],
    presentation_id: PresentationId,
    tx: NamedDependency[Transaction],
    *,
    desk_verbs: NamedDependency[DeskVerbs],
    done: Word = "",
    open: Word = "",  # noqa: A002 the name of the query
) -> Response[Any]:
    """Show one stored verification on the stage, marked as a record; that somebody looked again is noted."""
    place = await place_of(request, tx, verbs=desk_verbs)
    stage = await _record(tx, presentation_id, place=place, verbs=desk_verbs, done=done, open_form=open)
    await desk_verbs.note_view(tx, presentation_id, place.actor, "page")
    return show(request, stage)


@post("/desk/presentations/{presentation_id:str}/filing", permission=Permission.DESK_PRESENTATION_READ)
async def file_case(
    request: Request[Any, Any, Any],
    presentation_id: PresentationId,
    data: FormData[FilingForm],
    database: NamedDependency[Database],
    desk_verbs: NamedDependency[DeskVerbs],
) -> Response[Any]:
    """File under a case, move to another, or take out with a reason; every step stays readable."""
    async with database.read() as reader:
        place = await place_of(request, reader, verbs=desk_verbs)
    try:
        async with database.write() as tx:
            await desk_verbs.file_case(
                tx,
                presentation_id,
                client_id=place.client.client_id,
                case_number=None if data.void else data.case_number.strip() or None,
                reason=data.reason.strip() or None,
                actor=place.actor,
            )
    except (AskMalformed, TextRefused) as fault:
        with speaking(reader_of(request).lang):
            faults = _filing_faults(fault, void=data.void)
        form = {"case_number": data.case_number, "reason": data.reason}
        async with database.read() as reader:
            stage = await _record(
                reader, presentation_id, place=place, verbs=desk_verbs, open_form="filing", faults=faults, form=form
            )
        return show(request, stage, status=400)
    done = "void" if data.void else "filed"
    return Response(None, status_code=303, headers={"location": f"/desk/presentations/{presentation_id}?done={done}"})


@post("/desk/presentations/{presentation_id:str}/holder", permission=Permission.DESK_PRESENTATION_READ, status_code=200)
async def match_holder(
    request: Request[Any, Any, Any],
    presentation_id: PresentationId,
    data: FormData[HolderForm],
    database: NamedDependency[Database],
    desk_verbs: NamedDependency[DeskVerbs],
) -> Response[Any]:
    """Say whether the person at the window is the one who showed the code; nothing of the person is kept."""
    async with database.read() as reader:
        place = await place_of(request, reader, verbs=desk_verbs)
    match: bool | None = None
    faults: dict[str, str] = {}
    try:
        async with database.write() as tx:
            match = await desk_verbs.match_holder(
                tx,
                presentation_id,
                client_id=place.client.client_id,
                name=data.name,
                id_number=data.id_number,
                actor=place.actor,
            )
    except (TextRefused, IdNumberMalformed, DocumentMalformed, MatchLimited) as fault:
        with speaking(reader_of(request).lang):
            faults = _holder_faults(fault)
    async with database.read() as reader:
        stage = await _record(
            reader,
            presentation_id,
            place=place,
            verbs=desk_verbs,
            open_form="holder",
            faults=faults,
            form={"name": data.name},
            match=match,
        )
    return show(request, stage, status=400 if faults else 200)


@get("/desk/presentations/{presentation_id:str}/licence.pdf", permission=Permission.DESK_PRESENTATION_READ)
async def archive(
    request: Request[Any, Any, Any],
    presentation_id: PresentationId,
    database: NamedDependency[Database],
    desk_verbs: NamedDependency[DeskVerbs],
    show: Annotated[bool, QueryParameter()] = False,  # noqa: FBT002 a query value
) -> Response[bytes]:
    """Send the signed archive copy: to keep, or to look at and print."""
    async with database.read() as reader:
        place = await place_of(request, reader, verbs=desk_verbs)
        presentation = await desk_verbs.presentation(reader, presentation_id, place.client.client_id)
    pdf = await desk_verbs.archive(presentation)
    async with database.write() as tx:
        await desk_verbs.note_view(tx, presentation_id, place.actor, "pdf")
    how = "inline" if show else "attachment"
    headers = {
        "content-disposition": f'{how}; filename="{presentation_id}.pdf"',
        "content-security-policy": PRINT_CSP if show else DOWNLOAD_CSP,
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


async def _record(
    connection: Transaction, presentation_id: str, *, place: DeskPlace, verbs: DeskVerbs, **more: Any
) -> Stage:
    presentation = await verbs.presentation(connection, presentation_id, place.client.client_id)
    mandate_id = presentation.presenter.mandate_id
    outcome = outcome_of(
        presentation,
        face=await verbs.face(connection, presentation),
        matter=place.matter(presentation.matter),
        grant=await verbs.mandate(connection, mandate_id) if mandate_id else None,
    )
    return Stage(
        place=place,
        scans=await verbs.latest(connection, place.account),
        today=await verbs.today(connection, place.account),
        outcome=outcome,
        filing=await verbs.filing(connection, presentation_id),
        is_record=True,
        **more,
    )


def _filing_faults(fault: ZhizhaoError, *, void: bool) -> dict[str, str]:
    field = str(fault.facts.get("field", "case_number"))
    if field == "reason":
        return {"reason": _("请写明改存或移出的原因。")}
    if void:
        return {"case_number": _("这次核验没有存入办件，不用移出。")}
    return {"case_number": _("请填写办件号，不超过 64 个字符。")}


def _holder_faults(fault: ZhizhaoError) -> dict[str, str]:
    if isinstance(fault, MatchLimited):
        return {"id_number": _("同一次核验最多比对 5 次，请重新核验。")}
    if isinstance(fault, TextRefused):
        return {"name": _("请按证件填写姓名。")}
    return {"id_number": _("证件号码有误，请核对后再填。")}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


__all__ = ["archive", "file_case", "match_holder", "records", "show_record"]
