"""What the leader does once a night: register and licences are checked against their histories and the ledger (T10)."""

from datetime import date

import structlog

from zhizhao.app.check_histories import HistoriesBroken, check_histories
from zhizhao.app.parts import Parts
from zhizhao.kernel.clock import BEIJING

log = structlog.get_logger("zhizhao.nightly")
HOUR = 3
"""Of Asia/Shanghai, when counters are closed."""
PAUSE_SECONDS = 0.05
"""Between pages, so that on-line work goes through."""
TOLD = 10


class Nightly:
    """Remembers in which night it was done last; a process that starts in the night does it then."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._done: date | None = None

    async def work(self) -> None:
        """Check once in the night's hour. Raises HistoriesBroken, after each finding was logged."""
        now = self._parts.clock.now().astimezone(BEIJING)
        if now.hour != HOUR or now.date() == self._done:
            return
        self._done = now.date()
        found = await check_histories(self._parts, pause_seconds=PAUSE_SECONDS)
        for one in found.findings[:TOLD]:
            log.error("history-broken", part=one.part, uscc=one.uscc, version=one.version, reason=one.reason)
        if found.findings:
            raise HistoriesBroken(findings=len(found.findings))
        log.info("histories-whole", entities=found.entities, licences=found.licences, entries=found.entries)
