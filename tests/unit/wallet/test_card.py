"""The one word on a card, and what may be done with it."""

from datetime import UTC, datetime

import pytest

from zhizhao.licence.licence import LicenceHead
from zhizhao.licence.status import Hold, LifeState
from zhizhao.registry.entity import Entity, EntityStatus, Mark, Principal
from zhizhao.wallet.card import Card, CardState, make_cards
from zhizhao.wallet.entitle import Entitled
from zhizhao.wallet.entitlement import Entitlement, HolderRole
from zhizhao.wallet.holding import Copy

USCC = "91370811MAT000026L"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def entity(status: EntityStatus = EntityStatus.ACTIVE, marks: frozenset[Mark] = frozenset()) -> Entity:
    """Return an entity in a state."""
    return Entity(
        uscc=USCC,
        kind="1",
        name="济宁示例商贸有限公司",
        status=status,
        marks=marks,
        template="A",
        entity_type="有限责任公司",
        facts={},
        extra={},
        registrar="示例登记机关",
        division="370811",
        registered_on=None,
        approved_on=None,
        principal=Principal(name="张三恕", document_kind=None, lookup=None, sealed=None),
        version=1,
        recorded_at=NOW,
        warnings=(),
    )


def head(*, version: int = 2, withdrawn: bool = False, holds: frozenset[Hold] = frozenset()) -> LicenceHead:
    """Return a licence in a state."""
    state = LifeState(withdrawn=withdrawn, holds=holds)
    return LicenceHead(uscc=USCC, version=version, state=state, registry_version=1, acts=1, display_id="dsp_1")


def copy(version: int = 2) -> Copy:
    """Return a copy of a version."""
    return Copy(
        uscc=USCC,
        device_id="dev_1",
        version=version,
        role=HolderRole.LEGAL_REPRESENTATIVE,
        mandate_id=None,
        declaration="2026-11",
        declared_at=NOW,
        downloaded_at=NOW,
    )


def card(of: Entity, licence: LicenceHead | None, held: Copy | None) -> Card:
    """Return the card of a person's one licence."""
    entitled = Entitled(Entitlement(USCC, HolderRole.LEGAL_REPRESENTATIVE), of)
    heads = {USCC: licence} if licence else {}
    return make_cards([entitled], heads=heads, copies={USCC: held} if held else {})[0]


FROZEN = frozenset({Hold.FROZEN})


@pytest.mark.parametrize(
    ("of", "licence", "held", "state", "can"),
    [
        (entity(), head(), copy(), CardState.VALID, (True, False)),
        (entity(), head(), None, CardState.NOT_DOWNLOADED, (False, True)),
        (entity(), head(), copy(1), CardState.CHANGED, (False, True)),
        (entity(), None, None, CardState.NOT_ISSUED, (False, False)),
        (entity(), head(withdrawn=True), copy(), CardState.NOT_ISSUED, (False, False)),
        (entity(), head(holds=FROZEN), copy(), CardState.FROZEN, (False, False)),
        (entity(), head(holds=frozenset({Hold.DISPUTED})), copy(), CardState.DISPUTED, (False, False)),
        (entity(marks=frozenset({Mark.DISPUTED})), head(), copy(), CardState.DISPUTED, (False, False)),
        (entity(marks=frozenset({Mark.ABNORMAL})), head(), copy(), CardState.ABNORMAL, (True, False)),
        (entity(marks=frozenset({Mark.DORMANT})), head(), copy(), CardState.DORMANT, (True, False)),
        (entity(EntityStatus.REVOKED), head(withdrawn=True), copy(), CardState.REVOKED, (True, False)),
        (entity(EntityStatus.REVOKED), head(withdrawn=True), None, CardState.REVOKED, (False, True)),
        (entity(EntityStatus.DEREGISTERED), head(withdrawn=True), copy(), CardState.DEREGISTERED, (False, False)),
        (entity(EntityStatus.RESCINDED), head(withdrawn=True), copy(), CardState.RESCINDED, (False, False)),
        (entity(EntityStatus.MOVED_OUT), head(withdrawn=True), copy(), CardState.MOVED_OUT, (False, False)),
    ],
)
def test_state(
    of: Entity, licence: LicenceHead | None, held: Copy | None, state: CardState, can: tuple[bool, bool]
) -> None:
    """The gravest word wins; only a current copy of a usable licence shows, only a usable licence downloads."""
    found = card(of, licence, held)
    assert (found.state, (found.can_show, found.can_download)) == (state, can)


def test_frozen_and_revoked() -> None:
    """A freeze outlives the revocation of the entity: nothing is downloaded or shown."""
    found = card(entity(EntityStatus.REVOKED), head(withdrawn=True, holds=FROZEN), copy())
    assert (found.state, found.can_show, found.can_download) == (CardState.FROZEN, False, False)
