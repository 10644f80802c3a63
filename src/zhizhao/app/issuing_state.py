"""Whether the installation issues now, as `/readyz` and the metrics tell it (SECURITY.md §2 T11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from zhizhao.app.parts import Parts
from zhizhao.kernel.clock import rfc3339
from zhizhao.ledger.errors import LedgerUnwitnessed
from zhizhao.storage.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingState:
    """What an operator has to know of it."""

    stopped: bool
    """Nothing new is issued: the witness was out of reach for too long."""
    witnessed_at: datetime | None
    """When the witness last held the newest head; None: never."""
    seconds: float
    """Since then, by the store's clock; not a number: never."""

    @property
    def facts(self) -> Mapping[str, str | None]:
        """Return it for `/readyz`."""
        at = rfc3339(self.witnessed_at) if self.witnessed_at else None
        return {"issuing": "stopped" if self.stopped else "ok", "witnessed_at": at}


async def issuing_state(parts: Parts, connection: Transaction) -> IssuingState:
    """Return whether new licences may be issued now."""
    last = await parts.ledger.last_witnessed(connection)
    now = await parts.database.now(connection)
    try:
        await parts.office.require_witnessed(connection)
    except LedgerUnwitnessed:
        stopped = True
    else:
        stopped = False
    seconds = (now - last.at).total_seconds() if last else float("nan")
    return IssuingState(stopped=stopped, witnessed_at=last.at if last else None, seconds=seconds)
