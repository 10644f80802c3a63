"""`POST /api/v1/presentations`: the hottest route, answered alike by the router and by the fast lane in front of it.

Order (INTERFACES.md §4): authentication → everything else inside the batch, where the peak bucket is charged first. A
body that cannot be read is charged too, and burns no code.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.presentation.ask import Ask, Idempotency, broken_ask, make_ask, require_key
from zhizhao.presentation.errors import AskMalformed
from zhizhao.presentation.presentation import Presentation, Verdict
from zhizhao.presentation.redeem import Redeemed
from zhizhao.storage.database import Database, Transaction
from zhizhao.web.api.bodies import PresentationBody, RedeemBody
from zhizhao.web.api.present import presentation_body
from zhizhao.web.api.verbs import ApiVerbs
from zhizhao.web.limits import check_json

CREATED: Final = 201
_decode = msgspec.json.Decoder(RedeemBody).decode


@dataclass(frozen=True, slots=True)
class Reply:
    """A created presentation and what its headers say."""

    shown: PresentationBody
    calls_left: int
    peak: int
    repeated: bool

    @property
    def headers(self) -> dict[str, str]:
        """Return what the answer says about the client's bucket (RateLimit fields of the HTTP API working group)."""
        return {"ratelimit-policy": f'"peak";q={self.peak};w=1', "ratelimit": f'"peak";r={self.calls_left};t=1'}


class RedeemDoor:
    """Answers redemptions from headers and bytes; raises what the domain refuses."""

    def __init__(self, *, verbs: ApiVerbs, database: Database) -> None:
        self._verbs = verbs
        self._database = database

    async def answer(self, headers: Mapping[str, str], body: bytes) -> Reply:
        """Redeem the code of one request. Raises AccessTokenRefused and every refusal of `RedeemLine`."""
        client_id = self._verbs.client_of(headers.get("authorization"))
        redeemed = await self._verbs.redeem(read_ask(client_id, headers, body))
        shown = await self._body(redeemed)
        return Reply(shown, redeemed.calls_left, redeemed.peak, redeemed.repeated)

    async def _body(self, redeemed: Redeemed) -> PresentationBody:
        presentation = redeemed.presentation
        plain = presentation.verdict is Verdict.REFUSED or redeemed.face is not None
        if plain and not redeemed.repeated and presentation.presenter.mandate_id is None:
            return presentation_body(presentation, face=redeemed.face, matter=redeemed.matter, grant=None)
        async with self._database.read() as connection:
            return await read_body(self._verbs, connection, presentation)


def read_ask(client_id: str, headers: Mapping[str, str], body: bytes) -> Ask:
    """Return the ask that a request makes; one that cannot be read is a broken ask, charged and then refused."""
    try:
        check_json(body)
        asked = _decode(body)
        key = _idempotency(client_id, headers.get("idempotency-key"), body)
    except ZhizhaoError as fault:
        return broken_ask(client_id, fault)
    except (msgspec.DecodeError, RecursionError) as cause:
        return broken_ask(client_id, AskMalformed(reason=str(cause)))
    return make_ask(
        client_id,
        asked.code,
        matter=asked.matter,
        purpose=asked.purpose,
        case_number=asked.case_number,
        operator=asked.operator,
        fields=asked.fields,
        idempotency=key,
    )


def _idempotency(client_id: str, key: str | None, body: bytes) -> Idempotency | None:
    if key is None:
        return None
    return Idempotency(key=require_key(key), request_hash=hashlib.sha256(client_id.encode() + b"\0" + body).digest())


async def read_body(verbs: ApiVerbs, connection: Transaction, presentation: Presentation) -> PresentationBody:
    """Return the body of a stored presentation, with its face, matter and mandate read again."""
    face = await verbs.face(connection, presentation) if presentation.verdict is Verdict.ACCEPTED else None
    mandate_id = presentation.presenter.mandate_id
    return presentation_body(
        presentation,
        face=face,
        matter=await verbs.matter(connection, presentation.matter),
        grant=await verbs.grant(connection, mandate_id) if mandate_id else None,
    )
