"""What a registrar's row says about one entity, checked and normalised, before the register takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from zhizhao.kernel.idcard import Document
from zhizhao.registry.entity import EntityStatus, Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityDraft:
    """One entity as sent; only `intake` and the office's form build it, after every check of theirs."""

    uscc: str
    kind: str
    name: str | None
    status: EntityStatus | None
    """None: the sender did not say; an entity that is new is active, a known one stays as it is."""
    marks: frozenset[Mark] | None
    """None: the sender knows no marks; a known entity keeps its own."""
    template: str
    entity_type: str
    facts: Mapping[str, str]
    """Face texts by field, without name, type and person."""
    extra: Mapping[str, str]
    registrar: str
    division: str
    registered_on: date | None
    approved_on: date | None
    principal_name: str
    document: Document | None = field(repr=False)
    """The principal's document in clear; sealed by `record`, never stored or logged as it is."""
    document_digest: bytes | None = field(default=None, repr=False)
    """SM3 of the principal's identity number, where the sender gave only that."""
    warnings: tuple[str, ...] = ()
