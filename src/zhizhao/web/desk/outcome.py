"""What a scan came to, ready for the stage: 通过 with its data, 不通过 with its words, or a problem with its words."""

from dataclasses import dataclass
from enum import StrEnum

from zhizhao.catalogue.matter import Matter
from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.licence.face import LicenceFace
from zhizhao.mandate.grant import Grant
from zhizhao.presentation.presentation import Check, CheckResult, Presentation, Result, Verdict
from zhizhao.web.desk.face import FaceLine, face_lines
from zhizhao.web.desk.panels import Panel, problem_panel, refusal_panel
from zhizhao.web.i18n import SOURCE, current_language

RETRIED = frozenset({"commit-unknown", "busy", "internal"})
"""Problems after which the same request may be sent again with the same key."""


class View(StrEnum):
    """Which of the three the stage shows; `data-view` of the page."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One result on the stage."""

    view: View
    code: str
    """`accepted`, the reason of the failed check, or the code of the problem."""
    checks: tuple[CheckResult, ...]
    panel: Panel | None
    presentation: Presentation | None = None
    face: tuple[FaceLine, ...] = ()
    """Empty unless accepted."""
    title: str = ""
    """Name of the entity when accepted."""
    principal_label: str = ""
    matter: Matter | None = None
    grant: Grant | None = None
    is_same_again: bool = False
    """The stored answer to a repeated request."""

    @property
    def failed(self) -> tuple[int, CheckResult] | None:
        """Return the number of the failed check, from 1, and the check."""
        found = ((n, c) for n, c in enumerate(self.checks, 1) if c.result is Result.FAIL)
        return next(found, None)

    @property
    def may_retry(self) -> bool:
        """Say whether the same request may be sent again."""
        return self.view is View.PROBLEM and self.code in RETRIED


def outcome_of(
    presentation: Presentation,
    *,
    face: LicenceFace | None,
    matter: Matter | None,
    grant: Grant | None,
    repeated: bool = False,
) -> Outcome:
    """Return the outcome of a presentation; a refused one carries no face data whatever is handed in."""
    if presentation.verdict is Verdict.ACCEPTED and face is not None:
        return Outcome(
            view=View.ACCEPTED,
            code="accepted",
            checks=presentation.checks,
            panel=None,
            presentation=presentation,
            face=tuple(face_lines(face, presentation.fields)),
            title=face.name if "name" in presentation.fields else face.uscc,
            principal_label=face.principal_label,
            matter=matter,
            grant=grant,
            is_same_again=repeated,
        )
    failed = presentation.failed
    reason = failed.reason if failed else None
    return Outcome(
        view=View.REFUSED,
        code=reason or "refused",
        checks=presentation.checks,
        panel=refusal_panel(reason),
        presentation=presentation,
        matter=matter,
        is_same_again=repeated,
    )


def problem_outcome(problem: ZhizhaoError) -> Outcome:
    """Return the outcome of a scan that found nothing out."""
    panel = problem_panel(problem.code)
    return Outcome(view=View.PROBLEM, code=problem.code, checks=_up_to(panel.failed), panel=panel)


def _up_to(failed: Check | None) -> tuple[CheckResult, ...]:
    """Return the five checks, passed before the failed one, skipped after it; none when no check was reached.

    The matter is tested before the code is spent, so a matter that is not granted leaves the single use untouched.
    """
    if failed is None:
        return ()
    order = list(Check)
    results = []
    for check in order:
        result = Result.PASS if order.index(check) < order.index(failed) else Result.SKIPPED
        if check is failed:
            result = Result.FAIL
        elif failed is Check.MATTER and check is Check.SINGLE_USE:
            result = Result.SKIPPED
        results.append(CheckResult(check=check, result=result))
    return tuple(results)


def because(check: CheckResult) -> str:
    """Return why a check ended as it did, in the reader's language; empty when nothing needs saying."""
    return (check.zh if current_language() == SOURCE else check.en) or ""
