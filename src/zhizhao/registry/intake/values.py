"""What a cell says: dates, states, marks, divisions; each raises ValueError with the Chinese reason."""

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache

from zhizhao.kernel.text import squeeze
from zhizhao.registry.entity import EntityStatus, Mark
from zhizhao.registry.intake import reasons

FIRST_YEAR, LAST_YEAR = 1900, 2100
_DATE = re.compile(r"(\d{4})(?:年(\d{1,2})月(\d{1,2})日|([/.])(\d{1,2})\4(\d{1,2})|(\d{2})(\d{2}))")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_SEPARATORS = re.compile(r"[\s,;、，；/|]+")


class StatusList(StrEnum):
    """Which list a sender's status digits belong to (DOMAIN.md §8.3): 1 and 2 mean different things in the two."""

    NONE = "none"
    """Not declared: digits are refused."""
    OLD = "old"
    NEW = "new"


_DIGITS = {
    StatusList.NONE: {},
    StatusList.OLD: {
        "0": EntityStatus.ACTIVE,
        "1": EntityStatus.REVOKED,
        "2": EntityStatus.DEREGISTERED,
        "4": EntityStatus.DEREGISTERED,
    },
    StatusList.NEW: {
        "1": EntityStatus.ACTIVE,
        "2": EntityStatus.REVOKED,
        "4": EntityStatus.DEREGISTERED,
        "5": EntityStatus.RESCINDED,
        "6": EntityStatus.MOVED_OUT,
    },
}
_WORDS = {
    **dict.fromkeys(("存续", "在业", "开业", "在营", "正常", "有效", "登记成立"), EntityStatus.ACTIVE),
    **dict.fromkeys(("存续(在营、开业、在册)", "在营(开业)企业"), EntityStatus.ACTIVE),
    **dict.fromkeys(("吊销", "已吊销", "吊销未注销", "吊销,未注销", "吊销(未注销)"), EntityStatus.REVOKED),
    **dict.fromkeys(("注销", "已注销", "吊销已注销", "吊销,已注销"), EntityStatus.DEREGISTERED),
    **dict.fromkeys(("撤销", "已撤销", "撤销登记"), EntityStatus.RESCINDED),
    **dict.fromkeys(("迁出", "已迁出"), EntityStatus.MOVED_OUT),
    **{status.value: status for status in EntityStatus},
}
_MARKS = {
    **dict.fromkeys(("经营异常", "列入经营异常名录", "异常", "abnormal"), Mark.ABNORMAL),
    **dict.fromkeys(("歇业", "dormant"), Mark.DORMANT),
    **dict.fromkeys(("争议", "有争议", "disputed"), Mark.DISPUTED),
}


@lru_cache(maxsize=1024)
def read_status(text: str, status_list: StatusList) -> EntityStatus:
    """Return the status that a cell says. Raises ValueError."""
    word = squeeze(text)
    if word.isdigit():
        if word in _DIGITS[status_list]:
            return _DIGITS[status_list][word]
        raise ValueError(reasons.STATUS_NUMBER if status_list is StatusList.NONE else reasons.STATUS)
    if word in _WORDS:
        return _WORDS[word]
    raise ValueError(reasons.STATUS_DORMANT if word in _MARKS else reasons.STATUS)


@lru_cache(maxsize=1024)
def read_marks(text: str) -> frozenset[Mark]:
    """Return the marks that a cell lists; 无 means none. Raises ValueError."""
    words = [squeeze(word) for word in _SEPARATORS.split(text) if word.strip()]
    if words == ["无"]:
        return frozenset()
    try:
        return frozenset(_MARKS[word] for word in words)
    except KeyError:
        raise ValueError(reasons.MARK) from None


@lru_cache(maxsize=8192)
def read_date(text: str) -> date:
    """Return the day of `2020-02-22`, `2020/2/22`, `2020.2.22`, `20200222` or `2020年2月22日`. Raises ValueError."""
    plain = squeeze(_TIME.sub("", text.strip()).replace("-", "/"))
    found = _DATE.fullmatch(plain)
    if not found:
        raise ValueError(reasons.NOT_A_DATE)
    year, *parts = (part for part in found.groups() if part and part not in "/.")
    try:
        day = date(int(year), *map(int, parts))
    except ValueError:
        raise ValueError(reasons.NOT_A_DATE) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(reasons.NOT_A_DATE)
    return day


@lru_cache(maxsize=8192)
def chinese_date(text: str) -> str:
    """Return the printed form of a day, `2020年02月22日` (DOMAIN.md §7.3). Raises ValueError."""
    day = read_date(text)
    return f"{day.year:04d}年{day.month:02d}月{day.day:02d}日"


@lru_cache(maxsize=1024)
def read_division(text: str) -> str:
    """Return a division code of 6, 9 or 12 digits. Raises ValueError."""
    code = squeeze(text)
    if len(code) not in {6, 9, 12} or not (code.isascii() and code.isdigit()):
        raise ValueError(reasons.DIVISION)
    return code
