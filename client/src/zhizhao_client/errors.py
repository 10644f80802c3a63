"""What went wrong: a problem that the server names, or a proof that does not hold."""

from typing import Any


class Problem(Exception):
    """An answer of the server that is no success (RFC 9457)."""

    def __init__(self, status: int, body: dict[str, Any], *, retry_after: float | None = None) -> None:
        self.status = status
        self.code = str(body.get("code") or body.get("error") or f"http-{status}")
        """Stable; decide by it, never by the words."""
        self.title = str(body.get("title") or body.get("error") or "")
        self.detail = str(body.get("detail") or body.get("error_description") or "")
        self.request_id = str(body.get("request_id", ""))
        self.retry_after = retry_after
        """Seconds after which the same request may be sent again."""
        super().__init__(f"{self.code}: {self.title} {self.detail}".strip())


class Unreachable(Exception):
    """The server did not answer."""


class NotGenuine(Exception):
    """A receipt, credential, list or proof does not hold; `reason` says which check failed."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
