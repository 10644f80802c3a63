"""What the verification slice refuses; a faulty file is no refusal but a finding."""

from typing import ClassVar

from zhizhao.kernel.errors import ZhizhaoError


class AnchorsRefused(ZhizhaoError):
    """The trust anchors cannot be read: no such file, no certificate or key in it; `reason` says why."""

    code: ClassVar[str] = "anchors-refused"


class FileTooLarge(ZhizhaoError):
    """The file is larger than anything that can be checked here; `limit` is in bytes."""

    code: ClassVar[str] = "file-too-large"


class Fault(ZhizhaoError):
    """One named reason why a file is not what it claims; becomes the `because` of a judgement, never reaches a door."""

    code: ClassVar[str] = "fault"

    def __init__(self, *, because: str, **facts: object) -> None:
        self.because = because
        super().__init__(**facts)
