"""Who calls: the bearer token of every API request but redeem, which asks inside its batch."""

from typing import Any

from litestar import Request
from litestar.di import NamedDependency

from zhizhao.storage.database import Database, Transaction
from zhizhao.web.api.verbs import ApiVerbs

Reader = NamedDependency[Transaction]
"""`reader`: one reading transaction of the request."""
Verbs = NamedDependency[ApiVerbs]
Store = NamedDependency[Database]


async def calling_client(request: Request[Any, Any, Any], verbs: ApiVerbs) -> str:
    """Return the client id of the token, after charging its bucket. Raises AccessTokenRefused, PeakExceeded."""
    client_id = verbs.client_of(request.headers.get("authorization"))
    await verbs.charge(client_id)
    return client_id
