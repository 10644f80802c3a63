"""The other routes about presentations: look again, by case, archive copy, proof, holder."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter

from zhizhao.kernel.clock import rfc3339
from zhizhao.web.api.access import Reader, Store, Verbs, calling_client
from zhizhao.web.api.bodies import (
    HeadBody,
    HolderMatchBody,
    MatchBody,
    PresentationBody,
    PresentationListBody,
    ProofBody,
)
from zhizhao.web.api.redeem import RedeemDoor, read_body
from zhizhao.web.csp import DOWNLOAD_CSP
from zhizhao.web.guards import BEARER, Permission

READ = {"permission": Permission.API_PRESENTATION_READ, "tags": ["presentations"], **BEARER}
PresentationId = Annotated[str, PathParameter(max_length=40)]
CaseNumber = Annotated[str, QueryParameter(name="case_number", min_length=1, max_length=64)]


@post("/api/v1/presentations", permission=Permission.API_PRESENTATION_REDEEM, tags=["presentations"], **BEARER)
async def redeem(request: Request[Any, Any, Any], api_verbs: Verbs, database: Store) -> Response[PresentationBody]:
    """Redeem one presentation code: exactly once, by one relying party.

    Body: `code`, `matter`, `purpose` (≤ 200 characters), optional `case_number`, `operator`, `fields`.
    `Idempotency-Key` is honoured for 24 hours. `verdict` is `refused`, with the failed check named and no face data,
    when the code is good but the licence or the presenter's authority is not.
    """
    door = RedeemDoor(verbs=api_verbs, database=database)
    reply = await door.answer(dict(request.headers), await request.body())
    return Response(reply.shown, status_code=201, headers=reply.headers, media_type="application/json")


@get("/api/v1/presentations/{presentation_id:str}", **READ)
async def presentation(
    request: Request[Any, Any, Any],
    presentation_id: PresentationId,
    reader: Reader,
    api_verbs: Verbs,
) -> PresentationBody:
    """Look at one of your own presentations again."""
    client_id = await calling_client(request, api_verbs)
    return await read_body(api_verbs, reader, await api_verbs.presentation(reader, client_id, presentation_id))


@get("/api/v1/presentations", **READ)
async def of_case(
    request: Request[Any, Any, Any],
    case_number: CaseNumber,
    reader: Reader,
    api_verbs: Verbs,
) -> PresentationListBody:
    """List your presentations of one case, newest first; what the unit's counters scanned is among them."""
    client_id = await calling_client(request, api_verbs)
    found = await api_verbs.of_case(reader, client_id, case_number)
    return PresentationListBody(presentations=tuple([await read_body(api_verbs, reader, p) for p in found]))


@get("/api/v1/presentations/{presentation_id:str}/licence.pdf", media_type="application/pdf", **READ)
async def licence_pdf(
    request: Request[Any, Any, Any],
    presentation_id: PresentationId,
    reader: Reader,
    api_verbs: Verbs,
) -> Response[bytes]:
    """Fetch the signed archive copy (A4, PAdES), made once."""
    client_id = await calling_client(request, api_verbs)
    found = await api_verbs.presentation(reader, client_id, presentation_id)
    content = await api_verbs.archive(client_id, found)
    return pdf_response(content, presentation_id)


def pdf_response(content: bytes, name: str) -> Response[bytes]:
    """Return a PDF to be kept, which no browser may run."""
    headers = {
        "content-disposition": f'attachment; filename="{name}.pdf"',
        "content-security-policy": DOWNLOAD_CSP,
    }
    return Response(content, media_type="application/pdf", headers=headers)


@get("/api/v1/presentations/{presentation_id:str}/proof", **READ)
async def proof(
    request: Request[Any, Any, Any],
    presentation_id: PresentationId,
    reader: Reader,
    api_verbs: Verbs,
) -> ProofBody:
    """Fetch the inclusion proof of the presentation's ledger entry (RFC 6962), once its batch is sealed."""
    client_id = await calling_client(request, api_verbs)
    found = await api_verbs.presentation(reader, client_id, presentation_id)
    proved = await api_verbs.proof(reader, found)
    if proved is None:
        return ProofBody(entry=found.entry_hash.hex(), leaf=None, path=None, head=None)
    head = HeadBody(
        size=proved.head.size,
        root=proved.head.root.hex(),
        at=rfc3339(proved.head.at),
        token=proved.head.token,
    )
    path = tuple(node.hex() for node in proved.path)
    return ProofBody(entry=found.entry_hash.hex(), leaf=proved.number, path=path, head=head)


@post("/api/v1/presentations/{presentation_id:str}/holder-match", status_code=200, **READ)
async def holder_match(
    request: Request[Any, Any, Any],
    presentation_id: PresentationId,
    data: JSONBody[HolderMatchBody],
    database: Store,
    api_verbs: Verbs,
) -> MatchBody:
    """Compare a person with the presenter; at most five times a presentation, each recorded."""
    client_id = await calling_client(request, api_verbs)  # its own short transaction, before ours: one writer a store
    async with database.write() as tx:
        same = await api_verbs.match(
            tx,
            presentation_id,
            name=data.name,
            id_number=data.id_number,
            client_id=client_id,
            key=request.headers.get("idempotency-key"),
        )
    return MatchBody(match=same)
