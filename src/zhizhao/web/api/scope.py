"""What a client may do: its own scope with quota and use, and the matters it was granted."""

from typing import Any

from litestar import Request, get

from zhizhao.web.api.access import Reader, Verbs, calling_client
from zhizhao.web.api.bodies import ClientBody, MatterBody, QuotaBody
from zhizhao.web.guards import BEARER, Permission

READ = {"permission": Permission.API_PRESENTATION_READ, "tags": ["client"], **BEARER}


@get("/api/v1/client", **READ)
async def client(request: Request[Any, Any, Any], reader: Reader, api_verbs: Verbs) -> ClientBody:
    """See your own scope, quota and use."""
    client_id = await calling_client(request, api_verbs)
    own = await api_verbs.client(reader, client_id)
    year, used, limit = await api_verbs.usage(reader, client_id)
    return ClientBody(
        client_id=own.client_id,
        name=own.name,
        unit=own.unit,
        matters=own.matters,
        functions=tuple(sorted(own.functions)),
        fields=None if own.fields is None else tuple(sorted(own.fields)),
        profile=own.profile,
        peak_per_second=own.peak_per_second,
        quota=QuotaBody(year=year, limit=limit, used=used),
    )


@get("/api/v1/matters", **READ)
async def matters(request: Request[Any, Any, Any], reader: Reader, api_verbs: Verbs) -> list[MatterBody]:
    """List the matters you were granted, with the papers that nobody needs to bring any more."""
    own = await api_verbs.client(reader, await calling_client(request, api_verbs))
    found = [await api_verbs.matter(reader, code) for code in own.matters]
    return [
        MatterBody(
            code=m.code,
            name=m.name,
            path=m.path,
            purpose=m.purpose,
            fields=tuple(f for f in m.fields if own.fields is None or f in own.fields),
            functions=tuple(sorted(m.functions & own.functions)),
            documents_not_required=m.documents_not_required,
        )
        for m in found
        if m is not None
    ]
