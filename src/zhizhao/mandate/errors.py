"""What the mandate slice refuses."""

from zhizhao.kernel.errors import ZhizhaoError


class GrantMalformed(ZhizhaoError):
    """A grant breaks the rules of its noun; `reason` says which."""

    code = "grant-malformed"


class GrantUnknown(ZhizhaoError):
    """There is no such grant."""

    code = "grant-unknown"
