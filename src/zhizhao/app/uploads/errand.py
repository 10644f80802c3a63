"""What the process that works on an upload is told, through its standard input: no secret stands on a command line."""

import msgspec

from zhizhao.kernel.actor import ActorKind
from zhizhao.settings import Settings


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """One file to try or to take."""

    settings: Settings
    upload_id: str
    run: int
    """Which run of the upload's work this is."""
    lock: int
    """The descriptor, handed down, that holds the upload's lock as long as the process lives."""
    dry_run: bool
    actor_kind: ActorKind
    actor_id: str
    offset_micros: int = 0
    """Of the installation's clock."""
