"""What the store refuses, and what it cannot know."""

from zhizhao.kernel.errors import ZhizhaoError


class StoreBusy(ZhizhaoError):
    """The bounded queue of a batcher is full; the caller may try again shortly."""

    code = "busy"


class CommitUnknown(ZhizhaoError):
    """The connection was lost during COMMIT: the act may or may not have happened; ask again with the same key."""

    code = "commit-unknown"


class UnsafeStore(ZhizhaoError):
    """The database is not set up durably, or another process holds the writer's place; start is refused."""

    code = "unsafe-store"


class SchemaMismatch(ZhizhaoError):
    """The schema's version is not this program's; run `zhizhao migrate`."""

    code = "schema-mismatch"
