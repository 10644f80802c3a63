"""`/verify`: anybody checks a file, or the text of a receipt or credential. Nothing of it is kept."""

import hashlib
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter

from zhizhao.kernel.clock import parse_rfc3339
from zhizhao.verification.finding import Answer, Finding, Judgement
from zhizhao.verification.words import KINDS, REASONS, STANDINGS, Words
from zhizhao.web.guards import PUBLIC
from zhizhao.web.i18n import SOURCE, current_language, gettext
from zhizhao.web.limits import UPLOAD_BYTES
from zhizhao.web.pages import is_htmx, page
from zhizhao.web.public.verbs import PublicVerbs

ENVELOPE: Final = 64 * 1024
"""What multipart adds to a file of the largest size."""
TONES: Final = {Answer.YES: "ok", Answer.NO: "bad", Answer.UNKNOWN: "none"}
STANDING_TONES: Final = {"valid": "ok", "invalid": "bad", "suspended": "warn", "changed": "warn", "unknown": "none"}
Printed = Annotated[str, QueryParameter(max_length=40)]
Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]


def said(words: Words) -> str:
    """Return the words in the reader's language."""
    return words.zh if current_language() == SOURCE else words.en


@get("/verify", permission=PUBLIC)
async def verify(
    request: Request[Any, Any, Any], public_verbs: NamedDependency[PublicVerbs], p: Printed = ""
) -> Response[bytes]:
    """Show what can be checked, and the form; `p` is the id on an archive copy, whose code leads here."""
    copy = await public_verbs.archive(p) if p else None
    return page(request, "public/verify.html", copy=copy, finding=None, errors={}, text="")


@post("/verify", permission=PUBLIC, status_code=200, request_max_body_size=UPLOAD_BYTES + ENVELOPE)
async def check(
    request: Request[Any, Any, Any], data: Form, public_verbs: NamedDependency[PublicVerbs]
) -> Response[bytes]:
    """Check one file or text and show the four answers apart; an empty form is asked again."""
    held, name = await _held(data)
    block = "result" if is_htmx(request) else None
    if not held:
        errors = {"file": gettext("请选择一个文件，或粘贴回执文本。")}
        return page(
            request, "public/verify.html", block=block, status=422, finding=None, errors=errors, text="", copy=None
        )
    found = await public_verbs.check_file(held)
    digest = hashlib.sha256(held).hexdigest()
    kind = said(KINDS[found.kind])
    shown: dict[str, Any] = {"finding": found, "rows": rows(found), "kind": kind, "name": name, "digest": digest}
    sealed = found.subject.get("sealed_at")
    shown["sealed_at"] = parse_rfc3339(str(sealed)) if sealed else None
    parts = [(said(KINDS[part.kind]), rows(part)) for _, part in found.parts]
    return page(request, "public/verify.html", block=block, errors={}, text="", copy=None, parts=parts, **shown)


async def _held(data: dict[str, Any]) -> tuple[bytes, str]:
    """Return what was sent and what to call it: the file, else the text."""
    upload = data.get("file")
    if isinstance(upload, UploadFile) and upload.filename:
        return await upload.read(), upload.filename
    text = "".join(str(data.get("text", "")).split())
    return text.encode(), gettext("粘贴的文本")


def rows(finding: Finding) -> list[dict[str, str]]:
    """Return the four answers as rows: question, answer, tone, reason."""
    asked = (
        (gettext("内容完整"), finding.intact),
        (gettext("签名有效"), finding.valid),
        (gettext("签发者可信"), finding.trusted),
    )
    standing = finding.status
    status = {
        "question": gettext("当前状态"),
        "answer": said(STANDINGS[standing.standing]),
        "tone": STANDING_TONES[standing.standing],
        "because": said(REASONS[standing.because]),
    }
    return [*(_row(question, one) for question, one in asked), status]


def _row(question: str, one: Judgement) -> dict[str, str]:
    answers = {Answer.YES: gettext("是"), Answer.NO: gettext("否"), Answer.UNKNOWN: gettext("未知")}
    return {
        "question": question,
        "answer": answers[one.answer],
        "tone": TONES[one.answer],
        "because": said(REASONS[one.because]),
    }
