"""Which audit tags an act on the register has: at the command line or at the office."""

from dataclasses import dataclass

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.ledger.act import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """The tags of one source."""

    imported: Act
    batch_recorded: Act
    recorded: Act
    changed: Act
    status_changed: Act
    marked: Act
    unmarked: Act


OPERATOR = Acts(
    imported=Act.OPERATOR_REGISTRY_IMPORTED,
    batch_recorded=Act.OPERATOR_REGISTRY_BATCH_RECORDED,
    recorded=Act.OPERATOR_ENTITY_RECORDED,
    changed=Act.OPERATOR_ENTITY_CHANGED,
    status_changed=Act.OPERATOR_ENTITY_STATUS_CHANGED,
    marked=Act.OPERATOR_ENTITY_MARKED,
    unmarked=Act.OPERATOR_ENTITY_UNMARKED,
)
OFFICE = Acts(
    imported=Act.OFFICE_REGISTRY_IMPORTED,
    batch_recorded=Act.OFFICE_REGISTRY_BATCH_RECORDED,
    recorded=Act.OFFICE_ENTITY_RECORDED,
    changed=Act.OFFICE_ENTITY_CHANGED,
    status_changed=Act.OFFICE_ENTITY_STATUS_CHANGED,
    marked=Act.OFFICE_ENTITY_MARKED,
    unmarked=Act.OFFICE_ENTITY_UNMARKED,
)


def acts_of(actor: Actor) -> Acts:
    """Return the tags of who acts: officials at the office, everybody else at the command line."""
    return OFFICE if actor.kind is ActorKind.STAFF else OPERATOR
