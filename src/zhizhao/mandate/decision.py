"""Whether a person may act for an entity now, with the reason in words; asked at every use, never cached.

电子营业执照管理办法（试行） art. 8; DOMAIN.md §4. Pure: the caller reads the facts inside its transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from zhizhao.catalogue.matter import Function
from zhizhao.licence.face import chinese_date
from zhizhao.mandate.grant import GRANTED_ROLES, Grant, Role


class Step(StrEnum):
    """The checks in order; a wire format (the failed one is named): add at the end, never rename."""

    ROLE = "role"
    CHAIN = "chain"
    MATTER = "matter"
    FUNCTION = "function"
    TIME = "time"
    USES = "uses"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the decision rests on, read at one moment."""

    uscc: str
    role: Role
    """In which role the person says to act."""
    person_lookup: bytes
    """HMAC of the acting person's document."""
    entity_principal_lookup: bytes | None
    """HMAC of the entity's present principal, from the register; None: not known."""
    matter: str
    function: Function
    on: date
    """The store's day, Asia/Shanghai."""
    grant: Grant | None = None
    """The grant the person relies on; None for the legal representative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer, with its reason in both languages; holds no name."""

    allowed: bool
    failed: Step | None
    """The first step that failed; None when allowed."""
    because_zh: str
    because_en: str


@dataclass(frozen=True, slots=True)
class _Objection:
    zh: str
    en: str


def decide(facts: Facts) -> Decision:
    """Decide whether the person may act.

    In order: (1) role: a legal representative is the entity's principal now, a manager or agent relies on a grant of
    that role, for this entity, to this person; (2) chain: accepted, not withdrawn, and its grantor is still the
    principal; (3) matter; (4) function; (5) day, both ends included; (6) uses left.
    A legal representative needs (1) alone, whatever else was granted to the same person.
    """
    if facts.role not in GRANTED_ROLES:
        objection = _representative(facts)  # (1)
        return _refused(Step.ROLE, objection) if objection else _ALLOWED_AS_REPRESENTATIVE
    grant = facts.grant
    if grant is None:
        return _refused(Step.ROLE, _Objection("没有该授权", "There is no such mandate."))
    for step, check in _PLAN:  # (1) to (6)
        objection = check(grant, facts)
        if objection is not None:
            return _refused(step, objection)
    until = chinese_date(grant.to_on)
    return Decision(
        allowed=True,
        failed=None,
        because_zh=f"授权有效，有效期至{until}（含当日）",
        because_en=f"The mandate holds until {grant.to_on} inclusive.",
    )


_ALLOWED_AS_REPRESENTATIVE: Final = Decision(
    allowed=True,
    failed=None,
    because_zh="法定代表人（负责人、经营者等）本人",
    because_en="The entity's own legal representative or its equivalent.",
)


def _refused(step: Step, objection: _Objection) -> Decision:
    return Decision(allowed=False, failed=step, because_zh=objection.zh, because_en=objection.en)


def _representative(facts: Facts) -> _Objection | None:
    if facts.entity_principal_lookup is not None and facts.person_lookup == facts.entity_principal_lookup:
        return None
    return _Objection(
        "出示人现在不是该主体的法定代表人（负责人、经营者等）",
        "The person is not the entity's legal representative now.",
    )


def _role(grant: Grant, facts: Facts) -> _Objection | None:
    if (grant.uscc, grant.grantee_lookup, grant.role) == (facts.uscc, facts.person_lookup, facts.role):
        return None
    return _Objection("该授权不是给此人、此主体或此身份的", "The mandate is for another person, entity or role.")


def _chain(grant: Grant, facts: Facts) -> _Objection | None:
    if grant.withdrawn_at is not None:
        return _Objection("授权已被撤回", "The mandate was withdrawn.")
    if grant.accepted_at is None:
        return _Objection("被授权人尚未接受授权", "The mandate was not accepted yet.")
    if grant.principal_lookup == facts.entity_principal_lookup:
        return None
    return _Objection(
        "授权人已不是该主体的法定代表人，授权已中止",
        "Who gave the mandate is no longer the legal representative; it is suspended.",
    )


def _matter(grant: Grant, facts: Facts) -> _Objection | None:
    if grant.matters is None or facts.matter in grant.matters:
        return None
    return _Objection("授权不包括该事项", "The mandate does not cover this matter.")


_FUNCTION_NAMES: Final = {
    Function.PRESENT: "出示执照",
    Function.LOGIN: "扫码登录",
    Function.SIGN: "电子签名",
    Function.PRINT: "打印",
}


def _function(grant: Grant, facts: Facts) -> _Objection | None:
    if facts.function in grant.functions:
        return None
    name = _FUNCTION_NAMES[facts.function]
    return _Objection(f"授权不包括“{name}”", f"The mandate does not cover the use “{facts.function}”.")


def _time(grant: Grant, facts: Facts) -> _Objection | None:
    if grant.from_on <= facts.on <= grant.to_on:
        return None
    if facts.on < grant.from_on:
        return _Objection(f"授权自{chinese_date(grant.from_on)}起生效", f"The mandate begins on {grant.from_on}.")
    return _Objection(f"授权已于{chinese_date(grant.to_on)}到期", f"The mandate ended on {grant.to_on}.")


def _uses(grant: Grant, facts: Facts) -> _Objection | None:
    del facts
    if grant.uses is None or grant.used < grant.uses:
        return None
    return _Objection("授权的使用次数已用完", "The mandate has no uses left.")


_PLAN: Final[tuple[tuple[Step, Callable[[Grant, Facts], _Objection | None]], ...]] = (
    (Step.ROLE, _role),
    (Step.CHAIN, _chain),
    (Step.MATTER, _matter),
    (Step.FUNCTION, _function),
    (Step.TIME, _time),
    (Step.USES, _uses),
)
