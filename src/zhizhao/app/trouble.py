"""A background job's trouble in the log: told when it begins and when it is over, not at every turn."""

from time import monotonic
from typing import Final

import structlog

from zhizhao.kernel.errors import ZhizhaoError

log = structlog.get_logger("zhizhao.jobs")
REMIND_SECONDS: Final = 60.0


class Trouble:
    """What one job fails with at present."""

    def __init__(self, job: str) -> None:
        self._job = job
        self._name: str | None = None
        self._turns = 0
        self._told_at = 0.0

    def met(self, failure: Exception) -> None:
        """Note a failed turn: another kind than before is told with its traceback, the same one a minute."""
        name = failure.code if isinstance(failure, ZhizhaoError) else type(failure).__name__
        facts = failure.facts if isinstance(failure, ZhizhaoError) else {}
        self._turns += 1
        if name != self._name:
            self._name, self._told_at = name, monotonic()
            log.error("job-failed", job=self._job, code=name, facts=facts, exc_info=failure)
        elif monotonic() - self._told_at >= REMIND_SECONDS:
            self._told_at = monotonic()
            log.error("job-still-fails", job=self._job, code=name, facts=facts, turns=self._turns)

    def over(self) -> None:
        """Note a turn that went well."""
        if self._name is not None:
            log.warning("job-works-again", job=self._job, code=self._name, turns=self._turns)
        self._name, self._turns = None, 0
