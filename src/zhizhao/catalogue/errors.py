"""What the catalogue refuses."""

from zhizhao.kernel.errors import ZhizhaoError


class MatterUnknown(ZhizhaoError):
    """No matter with this code is in force."""

    code = "matter-unknown"


class MatterMalformed(ZhizhaoError):
    """A matter breaks the rules of its noun; `reason` says which, `matter` names it."""

    code = "matter-malformed"
