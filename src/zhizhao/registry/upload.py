"""An upload: a registrar's file handed in through a page, tried first, then taken by a second person.

Nothing is written to the register before the confirmation (SECURITY.md §3.11), and the one who confirms is not the one
who handed in (four eyes on bulk import, SECURITY.md §4).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from zhizhao.registry.errors import SecondPersonNeeded, UploadNotReady
from zhizhao.registry.findings import Findings
from zhizhao.registry.intake.values import StatusList

KEPT = timedelta(hours=24)
"""How long a file that nobody took stays; it holds people's numbers."""
BROKEN_OFF = "broken-off"


class UploadState(StrEnum):
    """Where an upload stands."""

    TRYING = "trying"
    """Read and compared; nothing is written."""
    TRIED = "tried"
    """Waits for the second person."""
    TAKING = "taking"
    TAKEN = "taken"
    REFUSED = "refused"
    """The file as a whole cannot be taken."""


RUNNING = frozenset({UploadState.TRYING, UploadState.TAKING})


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """The file and who brought it."""

    upload_id: str
    name: str
    """As the sender calls it, cleaned for showing; never a path."""
    digest: str
    """SHA-256, hexadecimal."""
    size: int
    status_list: StatusList
    account_id: str
    clerk: str
    unit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RowTold:
    """One line of the error file, for the preview."""

    row: int
    level: str
    column: str
    uscc: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What became of the file so far."""

    state: UploadState
    updated_at: datetime
    run: int = 1
    """Which run of work this tells of: the trial, then each taking; a run speaks for itself alone."""
    position: int = 0
    size: int = 0
    """How much there is to read, in units of the source; 0 as long as it is not known."""
    findings: Findings | None = None
    told: tuple[RowTold, ...] = ()
    """The first lines of the error file."""
    reason: str = ""
    """Of a refusal: a stable word."""
    message: str = ""
    """Of a refusal: a Chinese sentence."""
    released_by: str = ""
    """Account of the second person."""
    released_name: str = ""
    broke_off: bool = False
    """The taking stopped before its end; taking again changes nothing twice."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file and where it stands."""

    handed_in: HandedIn
    standing: Standing

    @property
    def is_running(self) -> bool:
        """Say whether somebody works on it, as far as was noted."""
        return self.standing.state in RUNNING

    def broken_off(self, at: datetime) -> "Upload":
        """Return the upload after work on it stopped before its end: a tried one can be taken again, rest rests."""
        if not self.is_running:
            return self
        changes: dict[str, Any] = {"state": UploadState.REFUSED, "reason": BROKEN_OFF}
        if self.standing.state is UploadState.TAKING:
            changes = {"state": UploadState.TRIED, "broke_off": True}
        return Upload(self.handed_in, replace(self.standing, updated_at=at, **changes))

    def require_takeable(self, account_id: str) -> None:
        """Check that it was tried, holds something to take, and that a second person takes it.

        Raises UploadNotReady, SecondPersonNeeded.
        """
        findings = self.standing.findings
        if self.standing.state is not UploadState.TRIED or findings is None or not findings.good:
            raise UploadNotReady(upload_id=self.handed_in.upload_id, state=self.standing.state.value)
        if account_id == self.handed_in.account_id:
            raise SecondPersonNeeded(upload_id=self.handed_in.upload_id)
