"""How times, dates, codes and names are written for people: Beijing time, 24 hours, digits in fours (UX.md §6)."""

from datetime import date, datetime
from typing import Final

from zhizhao.kernel.clock import BEIJING
from zhizhao.web.i18n import SOURCE, current_language
from zhizhao.web.i18n import marked as N_  # noqa: N812 the customary name of the marker

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PRINCIPAL_LABELS: Final = (
    N_("法定代表人"),
    N_("负责人"),
    N_("经营者"),
    N_("投资人"),
    N_("执行事务合伙人"),
    N_("首席代表"),
)
"""What a face calls its principal (DOMAIN.md §7); templates translate the label that the face carries."""


def day(at: date | datetime) -> str:
    """Return 2026年11月23日, or 23 Nov 2026 in English; a moment is taken in Beijing time."""
    on = at.astimezone(BEIJING).date() if isinstance(at, datetime) else at
    if current_language() == SOURCE:
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def hour(at: datetime) -> str:
    """Return 16:05, Beijing time."""
    return at.astimezone(BEIJING).strftime("%H:%M")


def second(at: datetime) -> str:
    """Return 16:05:09, Beijing time."""
    return at.astimezone(BEIJING).strftime("%H:%M:%S")


def moment(at: datetime) -> str:
    """Return 2026年11月23日 16:05, Beijing time."""
    return f"{day(at)} {hour(at)}"


def fours(text: str) -> list[str]:
    """Return the text in groups of four characters."""
    return [text[start : start + 4] for start in range(0, len(text), 4)]


def mask_uscc(uscc: str) -> str:
    """Return the code with its inner characters hidden, for a card that others may see: 91370811******026L."""
    return f"{uscc[:8]}{'*' * 6}{uscc[-4:]}" if len(uscc) == 18 else uscc  # noqa: PLR2004 length of a code, GB 32100
