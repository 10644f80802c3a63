"""What the store refuses, and what it cannot know."""

from zhizhao.kernel.errors import ZhizhaoError


class StoreBusy(ZhizhaoError):
    """The bounded queue of a batcher is full; the caller may try again shortly."""

    code = "busy"


class StoreConflict(StoreBusy):
    """Two transactions stood in each other's way and ours gave in; nothing of it was kept."""


class StoreFull(ZhizhaoError):
    """The disk of the store is full; nothing was kept, and writing works again when there is room."""

    code = "store-full"


class StoreUnreachable(ZhizhaoError):
    """The store cannot be reached or written now; nothing was kept."""

    code = "store-unreachable"


class TextNotKept(ZhizhaoError):
    """A text holds a character that the store cannot hold (U+0000); nobody's name or number has one."""

    code = "text-refused"


class CommitUnknown(ZhizhaoError):
    """The connection was lost during COMMIT: the act may or may not have happened; ask again with the same key."""

    code = "commit-unknown"


class UnsafeStore(ZhizhaoError):
    """The database is not set up durably, or another process holds the writer's place; start is refused."""

    code = "unsafe-store"


class SchemaMismatch(ZhizhaoError):
    """The schema's version is not this program's; run `zhizhao migrate`."""

    code = "schema-mismatch"


class InMaintenance(ZhizhaoError):
    """The store was restored and waits for `zhizhao restore --confirm`; nobody is served."""

    code = "maintenance"


class BackupRefused(ZhizhaoError):
    """The file is no whole backup of ours, or does not fit this installation; `reason` says which."""

    code = "backup-refused"


class MigrationFailed(ZhizhaoError):
    """The schema could not be brought to this program's version; the store is as it was before."""

    code = "migration-failed"
