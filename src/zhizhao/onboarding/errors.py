"""What the relying party's side refuses."""

from zhizhao.kernel.errors import ZhizhaoError


class ClientUnknown(ZhizhaoError):
    """No such client, it is stopped, or its credentials do not fit: one answer outside, the reason in the facts."""

    code = "invalid-client"


class AccessTokenRefused(ZhizhaoError):
    """The access token is missing, malformed, expired, or meant for somebody else."""

    code = "invalid-token"


class GrantUnsupported(ZhizhaoError):
    """The token endpoint was asked for a grant type that it does not serve."""

    code = "unsupported-grant-type"


class ClientMalformed(ZhizhaoError):
    """A client that an operator describes has a field out of its range."""

    code = "client-malformed"


class PeakExceeded(ZhizhaoError):
    """The client's bucket of calls a second is empty."""

    code = "peak-exceeded"


class QuotaExhausted(ZhizhaoError):
    """The client's yearly number of verifications is used up."""

    code = "quota-exhausted"


class TooManyMisses(ZhizhaoError):
    """The client sent more unknown codes in a minute than a reading error explains."""

    code = "too-many-misses"


class MatterNotGranted(ZhizhaoError):
    """The client may not act for this matter."""

    code = "matter-not-granted"


class FieldNotGranted(ZhizhaoError):
    """The client asked for a face field that it was not granted for the matter."""

    code = "field-not-granted"


class FunctionNotGranted(ZhizhaoError):
    """The client was not approved for this use (present, login, sign, print)."""

    code = "function-not-granted"
