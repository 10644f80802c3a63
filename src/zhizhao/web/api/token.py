"""`POST /oauth/token`: access tokens for relying parties by client credentials (RFC 6749 §4.4, errors §5.2)."""

from typing import Annotated, Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body

from zhizhao.onboarding.access import LIFE
from zhizhao.onboarding.authenticate import Credentials
from zhizhao.onboarding.errors import ClientUnknown
from zhizhao.storage.database import Transaction
from zhizhao.web.api.bodies import TokenBody
from zhizhao.web.api.verbs import ApiVerbs
from zhizhao.web.guards import BEARER, PUBLIC

CLIENT_CREDENTIALS = "client_credentials"
NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}


@post("/oauth/token", permission=PUBLIC, status_code=200, tags=["token"], **BEARER)
async def token(
    request: Request[Any, Any, Any],
    data: Annotated[dict[str, str | list[str]], Body(media_type=RequestEncodingType.URL_ENCODED)],
    tx: NamedDependency[Transaction],
    api_verbs: NamedDependency[ApiVerbs],
) -> Response[Any]:
    """Get an access token of ten minutes. The client authenticates by `private_key_jwt`, or by Basic where approved."""
    form = {name: value for name, value in data.items() if isinstance(value, str)}
    if len(form) < len(data):
        return _error("invalid_request", "a parameter is included more than once")  # RFC 6749 §3.2
    if form.get("grant_type") != CLIENT_CREDENTIALS:
        known = "grant_type" in form
        return _error("unsupported_grant_type" if known else "invalid_request", "grant_type: client_credentials")
    credentials = Credentials(
        authorization=request.headers.get("authorization"),
        client_id=form.get("client_id"),
        posted_secret=form.get("client_secret"),
        assertion_type=form.get("client_assertion_type"),
        assertion=form.get("client_assertion"),
    )
    try:
        client, access_token = await api_verbs.token(tx, credentials)
    except ClientUnknown:
        challenge = {"www-authenticate": 'Basic realm="zhizhao"'}
        return _error("invalid_client", "client authentication failed", status=401, headers=challenge)
    body = TokenBody(
        access_token=access_token,
        token_type="Bearer",  # noqa: S106 the registered name of a token type
        expires_in=int(LIFE.total_seconds()),
        scope=" ".join(sorted(client.functions)),
    )
    return Response(body, status_code=200, headers=NO_STORE, media_type="application/json")


def _error(error: str, description: str, *, status: int = 400, headers: dict[str, str] | None = None) -> Response[Any]:
    """Return an error of RFC 6749 §5.2; the log has the reason, the answer only the name."""
    body = {"error": error, "error_description": description}
    return Response(body, status_code=status, headers={**NO_STORE, **(headers or {})}, media_type="application/json")
