"""The verdict: from the facts of one spent code to Accepted or Refused. Pure; the only place where either is made.

Order: (1) code and (2) single use were decided by the spend itself, (3) matter by the grant; here follow (4) the
licence's status and (5) the presenter's authority, both read after the spend (SECURITY.md §3.1).
"""

from dataclasses import dataclass
from datetime import datetime

from zhizhao.catalogue.matter import Function, Matter
from zhizhao.licence.face import LicenceFace
from zhizhao.licence.in_force import not_in_force
from zhizhao.licence.store import CurrentLicence
from zhizhao.mandate.decision import Facts, decide
from zhizhao.mandate.grant import Grant
from zhizhao.presentation.presentation import Check, CheckResult, Result
from zhizhao.presentation.ticket import Spent
from zhizhao.registry.entity import Standing
from zhizhao.wallet.device import Presenting

PASSED = tuple(CheckResult(check=c, result=Result.PASS) for c in (Check.CODE, Check.SINGLE_USE, Check.MATTER))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read about one spent code, inside the transaction that spent it."""

    spent: Spent
    standing: Standing | None
    licence: CurrentLicence | None
    presenting: Presenting | None
    grant: Grant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A presentation that passed every check; holds the face that may go out."""

    checks: tuple[CheckResult, ...]
    licence: CurrentLicence
    face: LicenceFace
    presenting: Presenting


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A good code whose licence or presenter's authority does not carry the act; holds no face data."""

    checks: tuple[CheckResult, ...]
    because: str


def judge(read: Read, *, matter: Matter, at: datetime) -> Accepted | Refused:
    """Decide (4) and (5) in order; the first that fails names the refusal, what follows is skipped."""
