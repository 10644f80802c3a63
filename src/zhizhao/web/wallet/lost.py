"""挂失 from any browser: a plain form without device or script; the person is proved by slip or real-name check."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.wallet.proving.proof import RealNameClaim, SlipClaim
from zhizhao.web.form import Form, FormData
from zhizhao.web.guards import PUBLIC
from zhizhao.web.i18n import gettext, speaking
from zhizhao.web.pages import page, reader_of
from zhizhao.web.problems import problem_of
from zhizhao.web.wallet.verbs import WalletVerbs

TEMPLATE = "wallet/lost.html"
LONGEST = 120


class LossForm(Form, frozen=True, kw_only=True):
    """What the loss page sends."""

    way: str = "slip"
    name: str = ""
    id_number: str = ""
    slip: str = ""


@get("/wallet/lost", permission=PUBLIC, include_in_schema=False)
async def show_lost(request: Request[Any, Any, Any], wallet_verbs: NamedDependency[WalletVerbs]) -> Response[bytes]:
    """Show the form."""
    return _form(request, LossForm(), real_name=wallet_verbs.real_name)


@post("/wallet/lost", permission=PUBLIC, include_in_schema=False, status_code=200)
async def report_lost(
    request: Request[Any, Any, Any], data: FormData[LossForm], wallet_verbs: NamedDependency[WalletVerbs]
) -> Response[bytes]:
    """Freeze the phone of the person proved. Whether there was one is not told to somebody who only has a name."""
    errors = _missing(request, data)
    if errors:
        return _form(request, data, real_name=wallet_verbs.real_name, errors=errors, status=400)
    try:
        loss = await wallet_verbs.report_loss(_claim(data))
    except ZhizhaoError as refusal:
        row = problem_of(refusal)
        with speaking(reader_of(request).lang):
            title, detail = row.texts(refusal.facts)
        field = FIELDS.get(refusal.code, NUMBER[data.way == "real_name"])
        errors = {field: f"{title}{gettext('。')}{detail}"}
        return _form(
            request, data, real_name=wallet_verbs.real_name, errors=errors, status=row.status, code=refusal.code
        )
    return page(request, TEMPLATE, loss=loss, form=LossForm(), errors={}, real_name=wallet_verbs.real_name, code="")


FIELDS = {
    "slip-malformed": "slip",
    "slip-unknown": "slip",
    "slip-used": "slip",
    "slip-expired": "slip",
    "slip-void": "slip",
    "real-name-refused": "name",
    "text-refused": "name",
}
"""Which field a refusal belongs to; the document number otherwise."""
NUMBER = ("id_number", "real-number")
"""Name of the number's field in the form of a slip, and in the form of a real-name check."""


def _claim(form: LossForm) -> SlipClaim | RealNameClaim:
    if form.way == "real_name":
        return RealNameClaim(name=form.name[:LONGEST], document_number=form.id_number[:LONGEST])
    return SlipClaim(code=form.slip[:LONGEST], document_number=form.id_number[:LONGEST])


def _missing(request: Request[Any, Any, Any], form: LossForm) -> dict[str, str]:
    with speaking(reader_of(request).lang):
        number = gettext("请填写证件号码")
        if form.way == "real_name":
            wanted = {"name": (form.name, gettext("请填写姓名")), "real-number": (form.id_number, number)}
        else:
            wanted = {"slip": (form.slip, gettext("请填写单据号")), "id_number": (form.id_number, number)}
    return {name: text for name, (typed, text) in wanted.items() if not typed.strip()}


def _form(
    request: Request[Any, Any, Any],
    form: LossForm,
    *,
    real_name: str,
    errors: dict[str, str] | None = None,
    status: int = 200,
    code: str = "",
) -> Response[bytes]:
    context: dict[str, Any] = {"loss": None, "form": form, "errors": errors or {}, "real_name": real_name, "code": code}
    return page(request, TEMPLATE, status=status, **context)
