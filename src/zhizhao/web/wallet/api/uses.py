"""Tickets that wait, and the records of what was used (用照记录)."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Final

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from litestar.response import ServerSentEvent, ServerSentEventMessage

from zhizhao.wallet.access import Caller
from zhizhao.web.wallet.api.answers import record_body, ticket_body
from zhizhao.web.wallet.api.bodies import RecordBody, RecordsBody, TicketBody
from zhizhao.web.wallet.callers import WALLET
from zhizhao.web.wallet.verbs import RecordQuery, TicketNews, WalletVerbs

Handle = Annotated[str, PathParameter(max_length=64)]
RecordId = Annotated[str, PathParameter(max_length=40)]
UsccQuery = Annotated[str | None, QueryParameter(max_length=18)]
STREAM: Final = {"x-accel-buffering": "no"}


@get("/tickets/{ticket:str}", tags=["licences"], **WALLET)
async def ticket(
    ticket: Handle, caller: NamedDependency[Caller], wallet_verbs: NamedDependency[WalletVerbs]
) -> TicketBody:
    """Ask once where a ticket stands."""
    return ticket_body(await wallet_verbs.ticket_state(caller, ticket))


@get("/tickets/{ticket:str}/events", tags=["licences"], **WALLET)
async def ticket_events(
    ticket: Handle, caller: NamedDependency[Caller], wallet_verbs: NamedDependency[WalletVerbs]
) -> ServerSentEvent:
    """Follow a ticket: an event `ticket` at once and at every change, until it was redeemed or is over."""
    await wallet_verbs.ticket_state(caller, ticket)  # refused with a status, before the stream begins
    return ServerSentEvent(_messages(wallet_verbs, caller, ticket), headers=STREAM)


async def _messages(verbs: WalletVerbs, caller: Caller, ticket: str) -> AsyncGenerator[ServerSentEventMessage, None]:
    said: TicketBody | None = None
    async for news in verbs.ticket_news(caller, ticket):
        yield _message(news, said)
        said = ticket_body(news)


def _message(news: TicketNews, said: TicketBody | None) -> ServerSentEventMessage:
    body = ticket_body(news)
    if said is not None and body.state == said.state:
        return ServerSentEventMessage(comment="still waiting")
    return ServerSentEventMessage(event="ticket", data=msgspec.json.encode(body).decode())


@get("/records", tags=["records"], **WALLET)
async def records(
    caller: NamedDependency[Caller],
    wallet_verbs: NamedDependency[WalletVerbs],
    uscc: UsccQuery = None,
    before: Annotated[datetime | None, QueryParameter()] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 20,
) -> RecordsBody:
    """List the uses of the person's licences, the newest first."""
    page = await wallet_verbs.records(caller, RecordQuery(uscc=uscc, before=before, limit=limit))
    return RecordsBody(records=tuple(record_body(r) for r in page.rows), next=page.next)


@get("/records/{record_id:str}", tags=["records"], **WALLET)
async def record(
    record_id: RecordId, caller: NamedDependency[Caller], wallet_verbs: NamedDependency[WalletVerbs]
) -> RecordBody:
    """Look at one use, with its receipt."""
    return record_body(await wallet_verbs.record(caller, record_id))


@post("/records/{record_id:str}/disown", status_code=200, tags=["records"], **WALLET)
async def disown(
    record_id: RecordId, caller: NamedDependency[Caller], wallet_verbs: NamedDependency[WalletVerbs]
) -> RecordBody:
    """Say 不是我操作: the licence is frozen at once and the use is written down as unknown to its holder."""
    return record_body(await wallet_verbs.disown(caller, record_id))
