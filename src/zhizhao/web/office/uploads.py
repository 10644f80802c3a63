"""Import a registrar's file: hand in, see what the trial found, let a second person take it (SECURITY.md §3.11, §4)."""

import asyncio
import unicodedata
from pathlib import PurePosixPath
from typing import Annotated, Any, Final
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, PathParameter

from zhizhao.registry.intake.reasons import WARNINGS
from zhizhao.registry.intake.values import StatusList
from zhizhao.registry.upload import Upload
from zhizhao.staff.account import Account, Role
from zhizhao.web.form import Form, FormData
from zhizhao.web.guards import Permission
from zhizhao.web.i18n import gettext as _
from zhizhao.web.i18n import speaking
from zhizhao.web.limits import UPLOAD_BYTES
from zhizhao.web.office.clerk import clerk_of
from zhizhao.web.office.upload_words import REFUSALS
from zhizhao.web.office.verbs import OfficeVerbs
from zhizhao.web.pages import is_htmx, page, reader_of

ENVELOPE: Final = 64 * 1024
"""What multipart adds to a file of the largest size."""
LONGEST_NAME: Final = 80
SHOWN_UPLOADS: Final = 20
MEDIA: Final = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Parts = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]
UploadId = Annotated[str, PathParameter(max_length=40)]


class ReleaseForm(Form, frozen=True, kw_only=True):
    """The second person's word."""

    checked: bool = False


@get("/office/uploads", permission=Permission.OFFICE_UPLOAD_SUBMIT)
async def uploads(request: Request[Any, Any, Any], office_verbs: NamedDependency[OfficeVerbs]) -> Response[Any]:
    """Show the form and the files of the last day."""
    return await _front(request, office_verbs, errors={})


@post(
    "/office/uploads",
    permission=Permission.OFFICE_UPLOAD_SUBMIT,
    request_max_body_size=UPLOAD_BYTES + ENVELOPE,
)
async def hand_in(
    request: Request[Any, Any, Any],
    data: Parts,
    office_verbs: NamedDependency[OfficeVerbs],
) -> Response[Any]:
    """Keep the file and begin to try it."""
    sent = data.get("file")
    content = await sent.read() if isinstance(sent, UploadFile) and sent.filename else b""
    errors = _faults(request, content, chosen=isinstance(sent, UploadFile) and bool(sent.filename))
    if errors:
        return await _front(request, office_verbs, errors=errors, status=422)
    wanted = str(data.get("status_list", ""))
    upload_id = await office_verbs.intake.hand_in(
        content,
        name=shown_name(str(sent.filename)),  # type: ignore[union-attr] # a file, or there are errors
        status_list=StatusList(wanted) if wanted in set(StatusList) else StatusList.NONE,
        account=clerk_of(request),
    )
    return _to(upload_id)


@get("/office/uploads/{upload_id:str}", permission=Permission.OFFICE_UPLOAD_SUBMIT)
async def upload(
    request: Request[Any, Any, Any], upload_id: UploadId, office_verbs: NamedDependency[OfficeVerbs]
) -> Response[Any]:
    """Show where a file stands; htmx asks for that part again while somebody works on it."""
    return _page(request, await office_verbs.intake.get(upload_id))


@post("/office/uploads/{upload_id:str}/release", permission=Permission.OFFICE_UPLOAD_RELEASE)
async def release(
    request: Request[Any, Any, Any],
    upload_id: UploadId,
    data: FormData[ReleaseForm],
    office_verbs: NamedDependency[OfficeVerbs],
) -> Response[Any]:
    """Let a tried file be taken."""
    if not data.checked:
        with speaking(reader_of(request).lang):
            errors = {"checked": _("请核对来源和试运行结果后勾选。")}
        return _page(request, await office_verbs.intake.get(upload_id), errors=errors, status=422)
    await office_verbs.intake.release(upload_id, account=clerk_of(request))
    return _to(upload_id)


@post("/office/uploads/{upload_id:str}/drop", permission=Permission.OFFICE_UPLOAD_SUBMIT)
async def drop(
    request: Request[Any, Any, Any],
    upload_id: UploadId,
    data: FormData[Form],
    office_verbs: NamedDependency[OfficeVerbs],
) -> Response[Any]:
    """Delete a file."""
    del data
    await office_verbs.intake.drop(upload_id, account=clerk_of(request))
    return _to("")


@get("/office/uploads/{upload_id:str}/errors", permission=Permission.OFFICE_UPLOAD_SUBMIT)
async def errors(upload_id: UploadId, office_verbs: NamedDependency[OfficeVerbs]) -> Response[bytes]:
    """Send the file with every bad row and hint."""
    path, name = await office_verbs.intake.error_file(upload_id)
    content = await asyncio.to_thread(path.read_bytes)
    headers = {
        "content-disposition": f"attachment; filename=\"errors{path.suffix}\"; filename*=UTF-8''{quote(name)}",
        "cache-control": "no-store",
    }
    return Response(content, media_type=MEDIA[path.suffix], headers=headers)


def shown_name(sent: str) -> str:
    """Return a sender's file name without folders, controls and marks that turn a line round, cut to a line."""
    name = PurePosixPath(sent.replace("\\", "/")).name
    plain = "".join(sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign)[0] != "C").strip()
    stem, dot, ending = plain.rpartition(".")
    return plain if len(plain) <= LONGEST_NAME else f"{(stem or ending)[: LONGEST_NAME - 8]}…{dot}{ending[:6]}"


def _faults(request: Request[Any, Any, Any], content: bytes, *, chosen: bool) -> dict[str, str]:
    with speaking(reader_of(request).lang):
        if not chosen:
            return {"file": _("请选择一个文件。")}
        if not content:
            return {"file": _("这个文件是空的。")}
        if len(content) > UPLOAD_BYTES:
            return {"file": _("文件超过 10 MB，请分成几个文件，或请运行维护人员用命令导入。")}
    return {}


async def _front(
    request: Request[Any, Any, Any], verbs: OfficeVerbs, *, errors: dict[str, str], status: int = 200
) -> Response[Any]:
    found = (await verbs.intake.all())[:SHOWN_UPLOADS]
    return page(request, "office/uploads.html", status=status, clerk=clerk_of(request), uploads=found, errors=errors)


def _page(
    request: Request[Any, Any, Any], found: Upload, *, errors: dict[str, str] | None = None, status: int = 200
) -> Response[Any]:
    account = clerk_of(request)
    return page(
        request,
        "office/upload.html",
        block="standing" if is_htmx(request) else None,
        status=status,
        clerk=account,
        upload=found,
        may_release=_may_release(account, found),
        refusals=REFUSALS,
        hints=WARNINGS,
        errors=errors or {},
    )


def _may_release(account: Account, found: Upload) -> bool:
    return Role.REGISTRAR_REVIEWER in account.roles and account.account_id != found.handed_in.account_id


def _to(upload_id: str) -> Response[Any]:
    address = f"/office/uploads/{upload_id}" if upload_id else "/office/uploads"
    return Response(None, status_code=303, headers={"location": address})
