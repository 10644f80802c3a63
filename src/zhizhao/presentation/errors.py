"""What showing and redeeming refuse; each with one stable code (INTERFACES.md §4)."""

from zhizhao.kernel.errors import ZhizhaoError


class CodeUnknown(ZhizhaoError):
    """The code is well formed, but no such ticket was ever given out."""

    code = "code-unknown"


class CodeUsed(ZhizhaoError):
    """The code was redeemed before."""

    code = "code-used"


class CodeExpired(ZhizhaoError):
    """The code's life is over."""

    code = "code-expired"


class AskMalformed(ZhizhaoError):
    """A part of the request is missing, too long, or not text."""

    code = "request-malformed"


class PresentationUnknown(ZhizhaoError):
    """No such presentation of this client."""

    code = "presentation-unknown"


class IdempotencyMismatch(ZhizhaoError):
    """The idempotency key was used before with another request."""

    code = "idempotency-mismatch"


class TicketUnknown(ZhizhaoError):
    """No such ticket of this person; it may have been forgotten long after its end."""

    code = "ticket-unknown"


class ShowRefused(ZhizhaoError):
    """The licence or the authority does not carry a presentation now; `because` says why."""

    code = "show-refused"


class ArchiveRefused(ZhizhaoError):
    """There is no archive copy of a refused presentation."""

    code = "archive-refused"


class MatchLimited(ZhizhaoError):
    """Too many comparisons of the holder for one presentation."""

    code = "match-limited"
