"""HEAD for every address that answers GET, with the same headers and no body (RFC 9110 §9.3.2)."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send


def with_heads(app: ASGIApp) -> ASGIApp:
    """Return the application that runs HEAD as GET and keeps the body to itself."""

    async def handler(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != "HEAD":
            await app(scope, receive, send)
            return
        ended = False

        async def send_head(message: Message) -> None:
            nonlocal ended
            scope["method"] = "HEAD"  # routed; from here the server counts the body's bytes by the real method
            if message["type"] != "http.response.body":
                await send(message)
            elif not ended:  # at the first part already: an event stream has no last one
                ended = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        scope["method"] = "GET"
        await app(scope, receive, send_head)

    return handler
