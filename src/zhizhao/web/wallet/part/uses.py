"""Parts of the pages about uses: the plate with a code, one record, the list of records and its export."""

from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from zhizhao.kernel.clock import Clock
from zhizhao.presentation.presentation import Verdict
from zhizhao.wallet.access import Caller
from zhizhao.web.pages import page
from zhizhao.web.wallet.callers import WALLET
from zhizhao.web.wallet.handle import make_handle
from zhizhao.web.wallet.part.bodies import ShowPartBody
from zhizhao.web.wallet.part.export import records_csv
from zhizhao.web.wallet.part.near import near
from zhizhao.web.wallet.verbs import Record, RecordQuery, WalletVerbs, Wanted

UsccQuery = Annotated[str, QueryParameter(max_length=18)]
RecordId = Annotated[str, QueryParameter(max_length=40)]
VerdictQuery = Annotated[str, QueryParameter(max_length=10)]
Before = Annotated[datetime | None, QueryParameter()]
A_PAGE: Final = 20
MOST: Final = 200
"""Longest export."""


@post("/show", include_in_schema=False, status_code=200, **WALLET)
async def show(
    request: Request[Any, Any, Any],
    data: JSONBody[ShowPartBody],
    unlocked: NamedDependency[Caller],
    wallet_verbs: NamedDependency[WalletVerbs],
) -> Response[bytes]:
    """Give out a code and draw it."""
    shown = await wallet_verbs.show(unlocked, Wanted(uscc=data.uscc, matter=data.matter))
    ticket = shown.ticket
    seconds = int((ticket.expires_at - ticket.issued_at).total_seconds())
    handle = make_handle(ticket.code_mac)
    return page(request, "wallet/show.html", block="part", shown=shown, seconds=seconds, handle=handle)


@get("/record", include_in_schema=False, **WALLET)
async def record(
    request: Request[Any, Any, Any],
    id: RecordId,  # noqa: A002 the customary name of the query
    caller: NamedDependency[Caller],
    wallet_verbs: NamedDependency[WalletVerbs],
    *,
    fresh: Annotated[bool, QueryParameter()] = False,
) -> Response[bytes]:
    """Show one use; `fresh` right after it happened."""
    found = await wallet_verbs.record(caller, id)
    return page(request, "wallet/record.html", block="part", record=found, fresh=fresh)


@get("/records", include_in_schema=False, **WALLET)
async def records(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    wallet_verbs: NamedDependency[WalletVerbs],
    *,
    clock: NamedDependency[Clock],
    uscc: UsccQuery = "",
    verdict: VerdictQuery = "",
    before: Before = None,
) -> Response[bytes]:
    """List the uses, filtered."""
    rows, following = await _found(caller, wallet_verbs, uscc=uscc, verdict=verdict, before=before, limit=A_PAGE)
    cards = await wallet_verbs.cards(caller)
    context: dict[str, Any] = {
        "rows": rows,
        "following": following,
        "cards": cards,
        "uscc": uscc,
        "verdict": verdict,
        "near": near(clock.now()),
    }
    return page(request, "wallet/records.html", block="part", **context)


@get("/records.csv", include_in_schema=False, **WALLET)
async def export(
    caller: NamedDependency[Caller],
    wallet_verbs: NamedDependency[WalletVerbs],
    uscc: UsccQuery = "",
    verdict: VerdictQuery = "",
) -> Response[bytes]:
    """Send the same list as a spreadsheet."""
    rows, _ = await _found(caller, wallet_verbs, uscc=uscc, verdict=verdict, before=None, limit=MOST)
    headers = {"content-disposition": 'attachment; filename="records.csv"'}
    return Response(records_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)


async def _found(
    caller: Caller, verbs: WalletVerbs, *, uscc: str, verdict: str, before: datetime | None, limit: int
) -> tuple[list[Record], str | None]:
    """Return one page of records with the cursor of the next; the verdict is filtered here, within the page."""
    found = await verbs.records(caller, RecordQuery(uscc=uscc or None, before=before, limit=limit))
    wanted = {Verdict(verdict)} if verdict in {v.value for v in Verdict} else set(Verdict)
    return [r for r in found.rows if r.presentation.verdict in wanted], found.next
