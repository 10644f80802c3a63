"""What the register refuses."""

from zhizhao.kernel.errors import ZhizhaoError


class EntityUnknown(ZhizhaoError):
    """There is no entity with this code in the register.

    Fact: `uscc`.
    """

    code = "registry-entity-unknown"


class StatusNotReachable(ZhizhaoError):
    """No single act leads from the present status to the wanted one.

    Facts: `uscc`, `before`, `after`.
    """

    code = "status-not-reachable"


class NothingToChange(ZhizhaoError):
    """The entity already is as wanted.

    Fact: `uscc`.
    """

    code = "nothing-to-change"


class KindUnknown(ZhizhaoError):
    """A kind code or a 类型 text names no kind of entity.

    Facts: `kind` or `entity_type`.
    """

    code = "entity-kind-unknown"


class RegisterNeverFed(ZhizhaoError):
    """No registrar's data have come in yet, so there is no time they are as of."""

    code = "register-never-fed"


class HistoryBroken(ZhizhaoError):
    """The versions of an entity do not chain or do not agree with its row.

    Facts: `uscc`, `version`, `reason`.
    """

    code = "registry-history-broken"


class ChangedMeanwhile(ZhizhaoError):
    """Somebody else changed one of these entities at the same time; run it again.

    Fact: `uscc`, where known.
    """

    code = "registry-changed-meanwhile"


class IntakeRefused(ZhizhaoError):
    """A whole file cannot be taken.

    Facts: `reason`, a stable word, and what it is about.
    """

    code = "intake-refused"


class RowRefused(ZhizhaoError):
    """One row or draft cannot be taken.

    Facts: `uscc` where known, `problems`: pairs of column and reason.
    """

    code = "row-refused"


class UploadUnknown(ZhizhaoError):
    """There is no such upload, or it was deleted.

    Fact: `upload_id`.
    """

    code = "upload-unknown"


class UploadBusy(ZhizhaoError):
    """Another file is being worked on; one after the other."""

    code = "upload-busy"


class UploadNotReady(ZhizhaoError):
    """The file was not tried to its end, holds nothing to take, or is taken already.

    Facts: `upload_id`, `state`.
    """

    code = "upload-not-ready"


class SecondPersonNeeded(ZhizhaoError):
    """Who handed a file in may not release it as well.

    Fact: `upload_id`.
    """

    code = "second-person-needed"
