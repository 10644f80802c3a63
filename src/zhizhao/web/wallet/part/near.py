"""How a recent moment is written on a narrow screen: 今天 09:41, else the day without its year."""

from collections.abc import Callable
from datetime import datetime

from zhizhao.kernel.clock import BEIJING
from zhizhao.web.i18n import SOURCE, current_language, gettext
from zhizhao.web.wording import MONTHS, hour, moment


def near(now: datetime) -> Callable[[datetime], str]:
    """Return the writer of moments as seen from `now`."""
    today = now.astimezone(BEIJING).date()

    def write(at: datetime) -> str:
        on = at.astimezone(BEIJING).date()
        if on == today:
            return gettext("今天 %(hour)s", hour=hour(at))
        if on.year != today.year:
            return moment(at)
        if current_language() == SOURCE:
            return f"{on.month}月{on.day}日 {hour(at)}"
        return f"{on.day} {MONTHS[on.month - 1]} {hour(at)}"

    return write
