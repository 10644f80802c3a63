"""A matter (授权事项): one thing a person may be authorised for and a relying party may verify for.

Annex 1 of the notice, 授权事项目录树: （电子政务/电子商务）-（行业）-（事项）. Code grammar: INTERFACES.md §3.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zhizhao.catalogue.errors import MatterMalformed

CODE: Final = re.compile(r"(EG|EC)-[A-Z0-9]+-[A-Z0-9]+")
LONGEST_CODE: Final = 32
LONGEST_PURPOSE: Final = 200


class Domain(StrEnum):
    """First level of the tree, as the form prints it; a wire format."""

    GOVERNMENT = "EG"
    """电子政务."""
    COMMERCE = "EC"
    """电子商务."""


DOMAIN_NAMES: Final = {Domain.GOVERNMENT: "电子政务", Domain.COMMERCE: "电子商务"}


class Function(StrEnum):
    """The four uses of the notice, clause 二; a wire format: add, never rename."""

    PRESENT = "present"
    """线下出示执照."""
    LOGIN = "login"
    """线上扫码登录."""
    SIGN = "sign"
    """电子签名."""
    PRINT = "print"
    """电子营业执照打印."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One leaf of the tree, with what its holder shows and which papers it makes unnecessary."""

    code: str
    """`EG-SCJG-SPXK`: domain, industry, matter; at most 32 characters."""
    name: str
    path: tuple[str, str, str]
    """The three levels by name: 电子政务, 市场监管, 食品经营许可."""
    purpose: str
    """In plain words for the holder: what the licence is shown for; at most 200 characters."""
    fields: tuple[str, ...]
    """Face fields that this matter may see at most, in the order shown (names of `face_templates.json`)."""
    functions: frozenset[Function]
    statuses: frozenset[str]
    """Entity statuses accepted; `active` unless the matter is about ending the entity."""
    documents_not_required: tuple[str, ...]
    """What must no longer be asked for as paper (notice 三(一))."""

    @property
    def domain(self) -> Domain:
        """Return the first level."""
        return Domain(self.code[:2])


def checked(matter: Matter) -> Matter:
    """Return the matter itself when it keeps the rules of its noun. Raises MatterMalformed."""
    wrong = {
        "code": len(matter.code) > LONGEST_CODE or CODE.fullmatch(matter.code) is None,
        "name": not matter.name.strip() or matter.path[2] != matter.name,
        "path": not all(level.strip() for level in matter.path) or not _domain_named(matter),
        "purpose": not 0 < len(matter.purpose) <= LONGEST_PURPOSE,
        "fields": not matter.fields or len(set(matter.fields)) != len(matter.fields),
        "functions": not matter.functions,
        "statuses": not matter.statuses,
    }
    for part, is_wrong in wrong.items():
        if is_wrong:
            raise MatterMalformed(matter=matter.code, reason=part)
    return matter


def _domain_named(matter: Matter) -> bool:
    return any(matter.code.startswith(f"{d}-") and name == matter.path[0] for d, name in DOMAIN_NAMES.items())
