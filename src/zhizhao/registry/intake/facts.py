"""The texts of the face in a row, by the template that will print them, and the person that it asks for."""

import re
from collections.abc import Mapping
from functools import cache

from zhizhao.kernel.text import TextRefused, clean_text
from zhizhao.registry.intake import reasons
from zhizhao.registry.intake.columns import labels_by_key
from zhizhao.registry.intake.source import Problem
from zhizhao.registry.intake.values import chinese_date
from zhizhao.registry.template import DATE_FIELDS, PERSON_FIELDS, TERM_FIELDS, face_data, field_labels

PERSON_KEYS = PERSON_FIELDS
LONGEST_TEXT = 500
LONGEST_SCOPE = 20_000
_SCOPES = frozenset({"scope", "business_scope"})
_MONEY = frozenset({"registered_capital", "registered_fund", "contribution", "members_contribution"})
_OTHERWISE_KEPT = frozenset({"name", "entity_type", *PERSON_FIELDS})
_FIELDS = frozenset(field_labels()) - _OTHERWISE_KEPT
_ONLY_NUMBER = re.compile(r"[\d.,]+")

ALIKE: tuple[tuple[str, ...], ...] = (
    ("domicile", "main_place", "place", "business_place", "residence_place"),
    ("registered_capital", "registered_fund", "contribution", "members_contribution"),
    ("established_on", "registered_on"),
    ("scope", "business_scope"),
)
"""One thing under the labels of different templates: a sheet for all kinds often has only one column for it."""


@cache
def _wanted(template: str) -> tuple[str, ...]:
    """Return the fields that the newest version of a template prints, beside name, type and person."""
    if not template:
        return ()
    items = face_data().templates[template].faces["2022"]
    return tuple(item.field for item in items if item.field not in _OTHERWISE_KEPT)


def read_facts(
    values: Mapping[str, str], *, template: str, problems: list[Problem], warnings: list[str]
) -> dict[str, str]:
    """Return every face text of a row by field; what the template needs is also looked for under its other labels."""
    facts: dict[str, str] = {}
    for key, text in values.items():
        if key in _FIELDS:
            try:
                facts[key] = _read(key, text)
            except TextRefused as refused:
                problems.append(Problem(labels_by_key()[key], reasons.text(refused.facts)))
            except ValueError as refused:
                problems.append(Problem(labels_by_key()[key], str(refused)))
    missing = [field for field in _wanted(template) if field not in facts and field not in values]
    warnings.extend(_complete(field, facts) for field in missing)
    if any(_ONLY_NUMBER.fullmatch(facts[field]) for field in _MONEY & facts.keys()):
        warnings.append("money-without-unit")
    return facts


def _complete(field: str, facts: dict[str, str]) -> str:
    """Fill a field from the one other label of the same thing that the row fills; return what there is to warn of."""
    alike = {facts[other] for group in ALIKE if field in group for other in group if other in facts}
    if len(alike) != 1:
        return "item-missing"
    facts[field] = alike.pop()
    return "item-column"


def _read(key: str, text: str) -> str:
    if key in DATE_FIELDS:
        return chinese_date(text)
    if key in TERM_FIELDS and text[:4].isdigit():
        try:
            return chinese_date(text)
        except ValueError:
            pass  # a term is free text, such as `2020年02月22日至长期`; only a bare day is put into the printed form
    return clean_text(text, longest=LONGEST_SCOPE if key in _SCOPES else LONGEST_TEXT)


def read_person(values: Mapping[str, str], *, template: str, warnings: list[str]) -> tuple[str, str]:
    """Return the name of the person that the template asks for, and the key of its column.

    Where that column is empty, the others count if they all say the same: senders fill one column for every kind, or
    all five with one name (DOMAIN.md §8.1). Empty when there is nobody or several.
    """
    asked = face_data().templates[template].person_field if template else "legal_representative"
    if name := values.get(asked, ""):
        return name, asked
    others = {values[key] for key in PERSON_FIELDS if values.get(key)}
    if len(others) != 1:
        return "", asked
    warnings.append("person-column")
    return others.pop(), asked
