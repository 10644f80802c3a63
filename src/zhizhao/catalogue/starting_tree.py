"""The packaged starting tree (起始授权事项目录树): matters in the fields that the notice names, as data.

Purposes, fields and papers are belief (DOMAIN.md §17), so an installation may revise every row. Field groups such as
`@person` stand for one thing that templates call differently: 法定代表人, 经营者, 负责人 …
"""

from functools import cache
from importlib import resources

import msgspec

from zhizhao.catalogue.matter import DOMAIN_NAMES, Domain, Function, Matter, checked


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: str
    name: str
    industry: str
    purpose: str
    fields: tuple[str, ...]
    functions: tuple[Function, ...]
    statuses: tuple[str, ...]
    documents_not_required: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    note: str
    groups: dict[str, tuple[str, ...]]
    matters: tuple[_Row, ...]


@cache
def _file() -> _File:
    raw = resources.files("zhizhao.catalogue").joinpath("data/starting_tree.json").read_bytes()
    return msgspec.json.decode(raw, type=_File)


@cache
def starting_tree() -> tuple[Matter, ...]:
    """Return the packaged matters, each checked."""
    return tuple(checked(_matter(row)) for row in _file().matters)


@cache
def field_groups() -> dict[str, tuple[str, ...]]:
    """Return the fields that are one thing under the templates' different names, by group."""
    return _file().groups


def _matter(row: _Row) -> Matter:
    fields = tuple(field for name in row.fields for field in field_groups().get(name, (name,)))
    return Matter(
        code=row.code,
        name=row.name,
        path=(DOMAIN_NAMES[Domain(row.code[:2])], row.industry, row.name),
        purpose=row.purpose,
        fields=fields,
        functions=frozenset(row.functions),
        statuses=frozenset(row.statuses),
        documents_not_required=row.documents_not_required,
    )
