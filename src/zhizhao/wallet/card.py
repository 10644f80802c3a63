"""A licence card on the phone: what the register, the licence and this device's copy say together. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from zhizhao.licence.licence import LicenceHead
from zhizhao.licence.status import Hold, LicenceStatus
from zhizhao.registry.entity import Entity, EntityStatus, Mark
from zhizhao.wallet.entitle import Entitled
from zhizhao.wallet.entitlement import Entitlement
from zhizhao.wallet.holding import Copy


class CardState(StrEnum):
    """The one word on the card, the gravest first; part of the wallet's API: add, never rename."""

    REVOKED = "revoked"
    DEREGISTERED = "deregistered"
    RESCINDED = "rescinded"
    MOVED_OUT = "moved_out"
    NOT_ISSUED = "not_issued"
    """The register has the entity, its licence is still being made."""
    FROZEN = "frozen"
    DISPUTED = "disputed"
    NOT_DOWNLOADED = "not_downloaded"
    CHANGED = "changed"
    """The register changed after the download: download again."""
    ABNORMAL = "abnormal"
    """In force, with 列入经营异常名录."""
    DORMANT = "dormant"
    """In force, with 歇业."""
    VALID = "valid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card."""

    entity: Entity
    entitlement: Entitlement
    state: CardState
    version: int | None
    """Current licence version; None: not issued yet."""
    copy: Copy | None
    """What this device holds."""

    @property
    def can_show(self) -> bool:
        """Say whether the phone may ask for a code; whether it gets one is decided when it asks."""
        fit = {CardState.VALID, CardState.ABNORMAL, CardState.DORMANT, CardState.REVOKED}
        return self.copy is not None and self.state in fit and self.copy.version == self.version

    @property
    def can_download(self) -> bool:
        """Say whether the current version may be downloaded, for the first time or again."""
        if self.state is CardState.REVOKED:  # it must still reach the matter of its deregistration
            return self.version is not None and (self.copy is None or self.copy.version != self.version)
        return self.state in {CardState.NOT_DOWNLOADED, CardState.CHANGED}


def make_cards(
    entitled: Sequence[Entitled], *, heads: Mapping[str, LicenceHead], copies: Mapping[str, Copy]
) -> tuple[Card, ...]:
    """Return a card for each licence a person may hold, in the order given."""
    return tuple(_card(e, head=heads.get(e.entity.uscc), copy=copies.get(e.entity.uscc)) for e in entitled)


def _card(entitled: Entitled, *, head: LicenceHead | None, copy: Copy | None) -> Card:
    return Card(
        entity=entitled.entity,
        entitlement=entitled.entitlement,
        state=_state(entitled.entity, head=head, copy=copy),
        version=head.version if head else None,
        copy=copy,
    )


def _state(entity: Entity, *, head: LicenceHead | None, copy: Copy | None) -> CardState:
    if entity.status is not EntityStatus.ACTIVE:
        frozen = entity.status is EntityStatus.REVOKED and head is not None and Hold.FROZEN in head.state.holds
        return CardState.FROZEN if frozen else CardState(entity.status.value)
    if head is None or head.state.status is LicenceStatus.WITHDRAWN:
        return CardState.NOT_ISSUED
    return _state_in_force(entity, head=head, copy=copy)


def _state_in_force(entity: Entity, *, head: LicenceHead, copy: Copy | None) -> CardState:
    states = (
        (CardState.FROZEN, Hold.FROZEN in head.state.holds),
        (CardState.DISPUTED, Hold.DISPUTED in head.state.holds or Mark.DISPUTED in entity.marks),
        (CardState.NOT_DOWNLOADED, copy is None),
        (CardState.CHANGED, copy is not None and copy.version != head.version),
        (CardState.ABNORMAL, Mark.ABNORMAL in entity.marks),
        (CardState.DORMANT, Mark.DORMANT in entity.marks),
    )
    return next((state for state, holds in states if holds), CardState.VALID)
