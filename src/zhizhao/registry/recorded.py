"""One version about to be kept, and an entity read back from one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhizhao.kernel.text import comparable
from zhizhao.registry.content import Content, content_hash
from zhizhao.registry.entity import Entity, EntityStatus, Mark, Principal
from zhizhao.registry.history import GENESIS, chained
from zhizhao.registry.template import face_data


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What must be known of an entity's present version before another can follow."""

    version: int
    content_hash: bytes
    chain: bytes
    status: EntityStatus
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the present version says, for comparing it with the next."""

    content: Content
    sealed: bytes | None = field(repr=False)
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A version with everything the store keeps of it."""

    uscc: str
    version: int
    content: Content
    stored: bytes
    """Canonical content."""
    content_hash: bytes
    chain: bytes
    sealed: bytes | None = field(repr=False)
    warnings: tuple[str, ...]
    recorded_at: datetime
    actor: str
    because: str


def entity_of(
    uscc: str, content: Content, *, version: int, sealed: bytes | None, warnings: tuple[str, ...], recorded_at: datetime
) -> Entity:
    """Return the entity of a kept version; its facts are made whole with name, type and person."""
    facts = dict(content.facts)
    if content.name is not None:
        facts["name"] = content.name
    facts["entity_type"] = content.entity_type
    if content.template:
        facts[face_data().templates[content.template].person_field] = content.principal.name
    person = content.principal
    return Entity(
        uscc=uscc,
        kind=content.kind,
        name=content.name,
        status=content.status,
        marks=frozenset(content.marks),
        template=content.template,
        entity_type=content.entity_type,
        facts=facts,
        extra=content.extra,
        registrar=content.registrar,
        division=content.division,
        registered_on=content.registered_on,
        approved_on=content.approved_on,
        principal=Principal(name=person.name, document_kind=person.document_kind, lookup=person.lookup, sealed=sealed),
        version=version,
        recorded_at=recorded_at,
        warnings=warnings,
    )


def next_version(
    uscc: str,
    content: Content,
    *,
    head: Head | None,
    stored: bytes,
    sealed: bytes | None,
    warnings: tuple[str, ...],
    recorded_at: datetime,
    actor: str,
    because: str,
) -> Recorded:
    """Return the version that follows `head`, or the first, chained to what is before it."""
    version = head.version + 1 if head else 1
    chain = chained(
        head.chain if head else GENESIS,
        uscc=uscc,
        version=version,
        recorded_at=recorded_at,
        actor=actor,
        because=because,
        stored=stored,
    )
    return Recorded(
        uscc=uscc,
        version=version,
        content=content,
        stored=stored,
        content_hash=content_hash(stored),
        chain=chain,
        sealed=sealed,
        warnings=warnings,
        recorded_at=recorded_at,
        actor=actor,
        because=because,
    )


def searched_columns(content: Content) -> Mapping[str, Any]:
    """Return the columns that repeat what the content says, for finding and for the hot path; in the table's order."""
    return {
        "kind": content.kind,
        "status": content.status.value,
        "marks": " ".join(content.marks),
        "division": content.division,
        "search_name": comparable(content.name or ""),
        "principal_lookup": content.principal.lookup,
    }
