"""The desk's page: settings bar, stage, book and keys, whatever the stage shows; whole, or the part that changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from litestar import Request, Response

from zhizhao.presentation.filing import Filing
from zhizhao.presentation.presentation import Check, Result
from zhizhao.staff.counter.scan import Scan, Today
from zhizhao.web.desk.outcome import Outcome, because
from zhizhao.web.desk.panels import PROBLEMS, problem_panel, refusal_panel
from zhizhao.web.desk.place import DeskPlace
from zhizhao.web.i18n import gettext
from zhizhao.web.i18n import marked as N_  # noqa: N812 the customary name of the marker
from zhizhao.web.pages import is_htmx, page

TEMPLATE: Final = "desk/scan.html"
IDLE_SECONDS: Final = 300
"""A result is wiped after this time without a key or a movement …"""
WARNED_SECONDS: Final = 30
"""… and this long before, which WCAG 2.2.1 asks to be at least twenty seconds."""
PAGE_PANELS: Final = ("network", "session-ended", "internal")
"""Panels that the page must have at hand when the server cannot answer."""
CHECK_NAMES: Final[Mapping[Check, tuple[str, str]]] = {
    Check.CODE: (N_("出示码"), N_("出示码正确")),
    Check.SINGLE_USE: (N_("一次有效"), N_("首次使用，未过期")),
    Check.MATTER: (N_("事项已获授权"), N_("事项已授权给本窗口")),
    Check.LICENCE_STATUS: (N_("执照状态"), N_("执照状态")),
    Check.MANDATE: (N_("出示人授权"), N_("出示人授权")),
}
"""Short name beside a tick, long name in the list."""
RESULT_NAMES: Final[Mapping[Result, str]] = {
    Result.PASS: N_("通过"),
    Result.FAIL: N_("不通过"),
    Result.SKIPPED: N_("未执行"),
}
VIEW_NAMES: Final[Mapping[str, str]] = {
    "ready": N_("窗口核验台"),
    "accepted": N_("通过"),
    "refused": N_("不通过"),
    "problem": N_("没有核验结果"),
}
ROLE_NAMES: Final[Mapping[str, str]] = {
    "manager": N_("证照管理员"),
    "agent": N_("办事人"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What one answer of the desk shows."""

    place: DeskPlace
    scans: Sequence[Scan]
    today: Today
    outcome: Outcome | None = None
    filing: Filing | None = None
    took: float | None = None
    """Seconds from the request to the committed answer; None on a stored record."""
    is_record: bool = False
    """A stored record: what was true then, not now."""
    form: Mapping[str, str] = field(default_factory=dict)
    """What was typed into a form that must come back."""
    faults: Mapping[str, str] = field(default_factory=dict)
    open_form: str = ""
    """Which form comes back open: `setting`, `filing` or `holder`."""
    note: str = ""
    done: str = ""
    match: bool | None = None


def show(request: Request[Any, Any, Any], stage: Stage, *, status: int = 200) -> Response[Any]:
    """Answer with the page, or with the stage and the book alone when a script asks."""
    return page(
        request,
        TEMPLATE,
        block="answer" if is_htmx(request) else None,
        status=status,
        camera=True,
        section="scan",
        stage=stage,
        place=stage.place,
        setting=stage.place.setting,
        outcome=stage.outcome,
        view=stage.outcome.view.value if stage.outcome else "ready",
        view_names=VIEW_NAMES,
        matter_options=[(m.code, m.name) for m in stage.place.matters],
        check_names=CHECK_NAMES,
        result_names=RESULT_NAMES,
        role_names=ROLE_NAMES,
        because=because,
        scan_words=scan_words,
        page_panels={code: PROBLEMS[code] for code in PAGE_PANELS},
        idle_seconds=IDLE_SECONDS,
        warned_seconds=WARNED_SECONDS,
    )


def scan_words(scan: Scan) -> str:
    """Return what a line of the book says about a scan that did not pass, in the reader's language."""
    panel = PROBLEMS.get(scan.outcome)
    return gettext((panel or refusal_panel(scan.outcome)).title)


__all__ = ["IDLE_SECONDS", "Stage", "problem_panel", "scan_words", "show"]
