"""What the web floor itself refuses, before any slice is asked."""

from zhizhao.kernel.errors import ZhizhaoError


class PermissionUndeclared(ZhizhaoError):
    """A route names no permission; a defect of ours, answered as an internal error."""

    code = "internal"


class SignInRequired(ZhizhaoError):
    """The page needs an official's session and there is none."""

    code = "sign-in-required"


class RoleForbidden(ZhizhaoError):
    """The official's role does not hold the permission."""

    code = "role-forbidden"


class OriginRefused(ZhizhaoError):
    """An unsafe request says that it comes from another origin."""

    code = "origin-refused"


class JsonNotText(ZhizhaoError):
    """A JSON body is no UTF-8 (RFC 8259 §8.1)."""

    code = "request-malformed"


class JsonTooDeep(ZhizhaoError):
    """A JSON body nests deeper, or holds a longer list, than the limits allow."""

    code = "json-too-large"
