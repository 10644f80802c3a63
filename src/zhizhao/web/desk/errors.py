"""What the desk itself refuses."""

from zhizhao.kernel.errors import ZhizhaoError


class DeskNotConnected(ZhizhaoError):
    """The clerk's unit has no active client, or one without a matter for presentation: nothing can be verified here."""

    code = "desk-not-connected"
