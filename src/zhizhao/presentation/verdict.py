"""The verdict: from what was read about one spent code to Accepted or Refused. Pure; the only place that makes either.

Order: (1) code and (2) single use were decided by the spend, (3) the matter by the grant; here follow (4) the licence's
status and (5) the presenter's authority, both read after the spend (SECURITY.md §3.1). The first that fails names the
refusal and skips the rest.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from zhizhao.catalogue.matter import Function, Matter
from zhizhao.licence.face import LicenceFace
from zhizhao.licence.in_force import REASONS, NotInForce, not_in_force
from zhizhao.licence.status import LicenceStatus, status_of_copy
from zhizhao.presentation.authority import authority
from zhizhao.presentation.presentation import Check, CheckResult, Result
from zhizhao.presentation.reading import Reading

PASSED = tuple(CheckResult(check=c, result=Result.PASS) for c in (Check.CODE, Check.SINGLE_USE, Check.MATTER))
STATUS_PASSED = CheckResult(check=Check.LICENCE_STATUS, result=Result.PASS)
MANDATE_SKIPPED = CheckResult(check=Check.MANDATE, result=Result.SKIPPED)


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A presentation that passed every check; it alone leads to face data."""

    checks: tuple[CheckResult, ...]
    identifier: str
    version: int
    status: str
    face: LicenceFace
    """Of the current version; the mask says what of it goes out."""
    place: tuple[int, int]
    """List number and index in the Token Status List."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A good code whose licence or presenter's authority does not carry the act; leads to no face data."""

    checks: tuple[CheckResult, ...]
    because: str
    identifier: str
    version: int
    status: str


def judge(reading: Reading, *, uscc: str, matter: Matter, at: datetime) -> Accepted | Refused:
    """Decide (4) and (5) for a code that was just spent."""
    if fault := licence_fault(reading, accepted=matter.statuses):  # (4)
        words = REASONS[fault]
        failed = CheckResult(check=Check.LICENCE_STATUS, result=Result.FAIL, reason=fault, zh=words.zh, en=words.en)
        return _refused(reading, (*PASSED, failed, MANDATE_SKIPPED), failed)
    line = authority(reading, uscc=uscc, matter=matter.code, function=Function.PRESENT, at=at)  # (5)
    if line.result is not Result.PASS or reading.licence is None:
        return _refused(reading, (*PASSED, STATUS_PASSED, line), line)
    licence = reading.licence
    return Accepted(
        checks=(*PASSED, STATUS_PASSED, line),
        identifier=licence.identifier,
        version=licence.version,
        status=copy_status(reading),
        face=licence.face,
        place=(licence.list_number, licence.list_index),
    )


def copy_status(reading: Reading) -> LicenceStatus:
    """Return the status of the copy that was shown: an older version than the current one is `changed`."""
    if reading.licence is None:
        return LicenceStatus.WITHDRAWN
    version = reading.holding.version if reading.holding else reading.licence.version
    return status_of_copy(reading.licence.status, copy_version=version, current_version=reading.licence.version)


def licence_fault(reading: Reading, *, accepted: frozenset[str]) -> NotInForce | None:
    """Return why the licence does not carry the act, None when it does."""
    if reading.standing is None or reading.licence is None:
        return NotInForce.LICENCE_WITHDRAWN
    return not_in_force(
        reading.standing.status,
        reading.standing.marks,
        licence_status=copy_status(reading),
        accepted_statuses=accepted,
        held=reading.licence.held,
    )


def _refused(reading: Reading, checks: tuple[CheckResult, ...], failed: CheckResult) -> Refused:
    licence = reading.licence
    return Refused(
        checks=checks,
        because=failed.reason or failed.check,
        identifier=licence.identifier if licence else "",
        version=licence.version if licence else 0,
        status=copy_status(reading),
    )
