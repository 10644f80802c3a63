"""Kinds of entity (主体类型) as the registration side names them, with sheet and person; packaged data.

`data/entity_kinds.json` is DOMAIN.md §8.2; its templates are belief, so `settings.kind_templates` may override them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec

from zhizhao.kernel.text import squeeze
from zhizhao.registry.errors import KindUnknown

INDIVIDUAL_BUSINESS = "8"
"""个体工商户: the only kind that may have no name."""
GROUP = "23"
"""企业集团登记证: no credit code rule, no sheet, no person."""
TEMPLATES = frozenset("ABCDEFGHI")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityKind:
    """One kind of entity."""

    code: str
    aliases: tuple[str, ...]
    """Other spellings of the code on the wire; 22 for 31."""
    name_zh: str
    name_en: str
    uscc_prefix: str | None
    """First two characters that its codes have as a rule; another prefix is a warning."""
    default_template: str | None
    person_label_zh: str | None
    licence: bool
    """False: a registration certificate, not a business licence."""


class _File(msgspec.Struct):
    kinds: tuple[EntityKind, ...]


@cache
def kinds() -> Mapping[str, EntityKind]:
    """Return all kinds by code, in the order of the data."""
    raw = resources.files("zhizhao.registry").joinpath("data/entity_kinds.json").read_bytes()
    return {kind.code: kind for kind in msgspec.json.decode(raw, type=_File).kinds}


@cache
def _by_word() -> Mapping[str, EntityKind]:
    found: dict[str, EntityKind] = {}
    for kind in kinds().values():
        for word in (kind.code, *kind.aliases, squeeze(kind.name_zh)):
            found[word] = kind
    return found


def kind_of(word: str) -> EntityKind:
    """Return the kind for a code, a code's alias or the Chinese name. Raises KindUnknown."""
    try:
        return _by_word()[squeeze(word).lstrip("0")]
    except KeyError:
        raise KindUnknown(kind=word[:20]) from None


def template_of(kind: EntityKind, *, overrides: Mapping[str, str], stated: str = "") -> str:
    """Return the template letter: the one stated for this entity, else the installation's, else the kind's.

    Of a stated template only the first letter counts (DOMAIN.md §7.2). Empty for a kind without a sheet. Raises
    KindUnknown: a letter that is not A to I.
    """
    letter = squeeze(stated, upper=True)[:1] or overrides.get(kind.code) or kind.default_template or ""
    if letter and letter not in TEMPLATES:
        raise KindUnknown(kind=kind.code, template=letter)
    return letter


_FOREIGN = re.compile("外商|外资|港澳台|台港澳|港、澳、台|中外|外国|台商|侨资")
_BRANCH = re.compile("分公司|分支机构|分店|分厂|分所|分社|营业单位|非法人|办事机构")
_NOT_A_COMPANY = re.compile("全民所有制|集体所有制|国有企业|国营|股份合作|联营|非公司|集体企业|企业法人")


def derive_kind(prefix: str, entity_type: str) -> EntityKind:
    """Return the kind from the first two characters of the credit code and the text of 类型.

    For senders without 主体类型代码 (DOMAIN.md §8.2). The first rule that fits:
    (1) prefix 92 → 8;
    (2) 常驻代表机构 → 31; 企业集团 → 23;
    (3) prefix 93 or 合作社: 农民合作联社 → 16, 农民专业合作联社 or 联合社 → 18, branches 17; another
    branch → 15; else 6;
    (4) 外国企业: with 分支机构 or 分公司 → 19; with 经营活动 → 20;
    (5) a branch: of a partnership → 12, foreign-invested 13; of a 个人独资企业 → 14; foreign-invested → 10; of a
    company → 9; else 11;
    (6) 合伙 → 4, foreign-invested 5; 个人独资企业 → 7; 个体 → 8; 公司 → 1, foreign-invested 2; other enterprises → 3,
    foreign-invested 21.
    独资 in brackets, as in 有限责任公司(自然人独资), says who owns a company. Raises KindUnknown.
    """
    text = squeeze(entity_type)
    code = _certificate(prefix, text) or _cooperative(prefix, text) or _foreign_enterprise(text)
    if code is None:
        code = _branch(text) if _BRANCH.search(text) else _enterprise(text)
    if code is None:
        raise KindUnknown(entity_type=entity_type[:60], prefix=prefix)
    return kinds()[code]


def _certificate(prefix: str, text: str) -> str | None:
    if prefix == "92":
        return INDIVIDUAL_BUSINESS
    if "常驻代表机构" in text:
        return "31"
    return GROUP if "企业集团" in text else None


def _cooperative(prefix: str, text: str) -> str | None:
    if prefix != "93" and not re.search("合作社|合作联社", text):
        return None
    is_branch = _BRANCH.search(text) is not None
    if "联社" in text or "联合社" in text:
        return "17" if is_branch else "18" if "专业" in text else "16"
    return "15" if is_branch else "6"


def _foreign_enterprise(text: str) -> str | None:
    if not re.search(r"外国(?:\(地区\))?(?:企业|公司)", text):
        return None
    if re.search("分支机构|分公司", text):
        return "19"
    return "20" if "经营活动" in text else None


def _branch(text: str) -> str:
    is_foreign = _FOREIGN.search(text) is not None
    if "合伙" in text:
        return "13" if is_foreign else "12"
    if "个人独资" in text:
        return "14"
    if is_foreign:
        return "10"
    return "9" if "公司" in text.replace("非公司", "") else "11"


def _enterprise(text: str) -> str | None:
    is_foreign = _FOREIGN.search(text) is not None
    if "合伙" in text:
        return "5" if is_foreign else "4"
    if "个人独资企业" in text or text == "个人独资":
        return "7"
    if "个体" in text:
        return INDIVIDUAL_BUSINESS
    if "公司" in text.replace("非公司", ""):
        return "2" if is_foreign else "1"
    if _NOT_A_COMPANY.search(text):
        return "21" if is_foreign else "3"
    return None
