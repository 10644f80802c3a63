"""A market entity (经营主体) as the registrar states it: status, marks, principal, face data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from zhizhao.kernel.idcard import DocumentKind


class EntityStatus(StrEnum):
    """The five states, by five different acts (DOMAIN.md §8.3); stored values: add, never rename, never merge."""

    ACTIVE = "active"
    """存续."""
    REVOKED = "revoked"
    """吊销: the licence was taken as a sanction; the entity still exists and must deregister."""
    DEREGISTERED = "deregistered"
    """注销."""
    RESCINDED = "rescinded"
    """撤销: the registration itself was annulled."""
    MOVED_OUT = "moved_out"
    """迁出: another registrar keeps it now."""


STATUS_LABELS = {
    EntityStatus.ACTIVE: "存续",
    EntityStatus.REVOKED: "吊销",
    EntityStatus.DEREGISTERED: "注销",
    EntityStatus.RESCINDED: "撤销",
    EntityStatus.MOVED_OUT: "迁出",
}

# Every way back to ACTIVE is a decision that annulled the act before it, or a move back in.
TRANSITIONS: Mapping[EntityStatus, frozenset[EntityStatus]] = {
    EntityStatus.ACTIVE: frozenset(
        {EntityStatus.REVOKED, EntityStatus.DEREGISTERED, EntityStatus.RESCINDED, EntityStatus.MOVED_OUT}
    ),
    EntityStatus.REVOKED: frozenset({EntityStatus.ACTIVE, EntityStatus.DEREGISTERED, EntityStatus.RESCINDED}),
    EntityStatus.DEREGISTERED: frozenset({EntityStatus.ACTIVE, EntityStatus.REVOKED}),
    EntityStatus.RESCINDED: frozenset({EntityStatus.ACTIVE}),
    EntityStatus.MOVED_OUT: frozenset({EntityStatus.ACTIVE}),
}


def may_become(before: EntityStatus, after: EntityStatus) -> bool:
    """Say whether one act can lead from a status to another; staying is no act and always may be."""
    return before is after or after in TRANSITIONS[before]


class Mark(StrEnum):
    """Marks beside the status, any number at once; a marked entity stays in its status."""

    ABNORMAL = "abnormal"
    """列入经营异常名录."""
    DORMANT = "dormant"
    """歇业 (条例 article 30)."""
    DISPUTED = "disputed"
    """争议: the registration may be false (order 88 of 2024); use is suspended."""


MARK_LABELS = {Mark.ABNORMAL: "经营异常", Mark.DORMANT: "歇业", Mark.DISPUTED: "争议"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The legal representative or who stands in that place (DOMAIN.md §4.1); exactly one at any time."""

    name: str
    """Empty only for kinds without a principal (23)."""
    document_kind: DocumentKind | None
    """None: the register sent no document, so nobody can prove to be this person."""
    lookup: bytes | None = field(repr=False)
    """Keyed MAC of kind and number (`Sealer.lookup_document`); the same words as in wallet."""
    sealed: bytes | None = field(repr=False)
    """The number, sealed at table `registry_entity`, column `principal_number`, row USCC; None: only a digest came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One entity in its present version."""

    uscc: str
    kind: str
    """Code of `entity_kinds.json`, as text."""
    name: str | None
    """None: an individual business without a trade name."""
    status: EntityStatus
    marks: frozenset[Mark]
    template: str
    """Letter A to I; empty for a kind without a sheet (23)."""
    entity_type: str
    """类型, as registered."""
    facts: Mapping[str, str]
    """Every text of the face by field name of `face_templates.json`, name, type and person included."""
    extra: Mapping[str, str]
    """What a message sent beyond the known fields, kept under its number (`attribute16`)."""
    registrar: str
    """登记机关, its name."""
    division: str
    """区划代码 as sent: 6, 9 or 12 digits; `kernel.region.unit_of` tells the unit."""
    registered_on: date | None
    """登记日期."""
    approved_on: date | None
    """核准日期: the day of the latest registered change."""
    principal: Principal
    version: int
    """1 on registration, one more with every change."""
    recorded_at: datetime
    """UTC; when this version was recorded here."""
    warnings: tuple[str, ...]
    """What is odd about it and kept all the same; codes."""

    @property
    def made_on(self) -> date | None:
        """Return the registration day of the present facts, which chooses the face's version (DOMAIN.md §7.4)."""
        return self.approved_on or self.registered_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a redemption must know about an entity, read in its own transaction."""

    status: EntityStatus
    marks: frozenset[Mark]
    version: int
    principal_lookup: bytes | None = field(repr=False)
    """None: no document is known, so nobody passes as its legal representative."""
