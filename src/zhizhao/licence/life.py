"""One act on a licence that is there: new state, history, status list, ledger and event in one transaction.

The verbs beside this room say which act and why; here stands how every act is carried out, so that none can forget a
part. The state of a position in the status list follows these rules: the current version has the state of the
licence; a superseded one is `changed`; withdrawal ends every version for good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from zhizhao.kernel.actor import Actor, ActorKind
from zhizhao.kernel.events import Event
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import Entry, new_entry
from zhizhao.licence.errors import LicenceUnknown
from zhizhao.licence.events import LicenceResumed, LicenceSuspended, LicenceWithdrawn
from zhizhao.licence.licence import LicenceHead, LifeEntry
from zhizhao.licence.office import Office
from zhizhao.licence.status import Hold, LicenceStatus, LifeAct, after
from zhizhao.storage.database import Transaction

LEDGER_ACTS: Final[Mapping[LifeAct, Act]] = MappingProxyType(
    {
        LifeAct.ISSUE: Act.SYSTEM_LICENCE_ISSUED,
        LifeAct.REISSUE: Act.SYSTEM_LICENCE_REISSUED,
        LifeAct.WITHDRAW: Act.SYSTEM_LICENCE_WITHDRAWN,
        LifeAct.FREEZE: Act.WALLET_LICENCE_FROZEN,
        LifeAct.UNFREEZE: Act.WALLET_LICENCE_UNFROZEN,
        LifeAct.DISPUTE: Act.SYSTEM_LICENCE_DISPUTED,
        LifeAct.SETTLE: Act.SYSTEM_LICENCE_SETTLED,
    }
)
BY_STAFF: Final[Mapping[LifeAct, Act]] = MappingProxyType(
    {LifeAct.FREEZE: Act.OFFICE_LICENCE_FROZEN, LifeAct.UNFREEZE: Act.OFFICE_LICENCE_UNFROZEN}
)
"""The same acts when an official does them for the holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Who does it and why."""

    actor: Actor
    because: str | None = None
    """Reason code, never free text about persons."""


async def locked_head(connection: Transaction, uscc: str, *, office: Office) -> LicenceHead:
    """Return what stands of a licence and keep its row for this transaction. Raises LicenceUnknown."""
    heads = await office.store.heads(connection, [uscc], lock=True)
    if uscc not in heads:
        raise LicenceUnknown(uscc=uscc)
    return heads[uscc]


async def live(
    connection: Transaction, before: LicenceHead, act: LifeAct, *, cause: Cause, office: Office
) -> LicenceHead:
    """Carry out an act that makes no new version; return what stands after it. Raises TransitionRefused."""
    head = replace(before, state=after(before.state, act), acts=before.acts + 1)
    await office.store.move(connection, before, head)
    await _mark(connection, head, act, office=office)
    done = Done(head=head, act=act, at=await office.store.now(connection))
    await record(connection, [done], cause=cause, office=office)
    await office.outbox.append(connection, _event(head, act, cause=cause))
    return head


async def _mark(connection: Transaction, head: LicenceHead, act: LifeAct, *, office: Office) -> None:
    places = await office.store.places(connection, head.uscc)
    if act is LifeAct.WITHDRAW:
        await office.store.positions.mark(connection, list(places.values()), LicenceStatus.WITHDRAWN)
    elif not head.state.withdrawn:
        await office.store.positions.mark(connection, [places[head.version]], head.state.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An act that was carried out, for history and ledger."""

    head: LicenceHead
    """What stands after it."""
    act: LifeAct
    at: datetime
    """By the store's clock; of a new version the moment it was issued."""
    row_hash: bytes | None = None
    """Of the version it made, so that the ledger pins the version rows."""


async def record(connection: Transaction, done: Sequence[Done], *, cause: Cause, office: Office) -> None:
    """Write what was done into the licences' histories and into the ledger."""
    history = [
        LifeEntry(
            number=one.head.acts,
            act=one.act,
            version=one.head.version,
            status=one.head.state.status,
            because=cause.because,
            actor=cause.actor,
            happened_at=one.at,
        )
        for one in done
    ]
    await office.store.add_acts(connection, [(one.head.uscc, entry) for one, entry in zip(done, history, strict=True)])
    await office.ledger.append(connection, *(_entry(one, cause=cause, office=office) for one in done))


def _entry(done: Done, *, cause: Cause, office: Office) -> Entry:
    act = LEDGER_ACTS[done.act]
    if cause.actor.kind is ActorKind.STAFF:
        act = BY_STAFF.get(done.act, act)
    facts: dict[str, str | int] = {"version": done.head.version, "status": done.head.state.status.value}
    if done.row_hash is not None:
        facts["row_hash"] = done.row_hash.hex()
    return new_entry(
        office.clock,
        act=act,
        actor=cause.actor,
        object_id=done.head.uscc,
        because=cause.because,
        facts=facts,
    )


_HOLD_OF: Final = {
    LifeAct.FREEZE: Hold.FROZEN,
    LifeAct.UNFREEZE: Hold.FROZEN,
    LifeAct.DISPUTE: Hold.DISPUTED,
    LifeAct.SETTLE: Hold.DISPUTED,
}


def _event(head: LicenceHead, act: LifeAct, *, cause: Cause) -> Event:
    if act is LifeAct.WITHDRAW:
        return LicenceWithdrawn(
            actor=cause.actor, uscc=head.uscc, version=head.version, because=cause.because or "withdrawn"
        )
    hold = _HOLD_OF[act]
    if act in {LifeAct.FREEZE, LifeAct.DISPUTE}:
        return LicenceSuspended(actor=cause.actor, uscc=head.uscc, version=head.version, because=hold.value)
    return LicenceResumed(
        actor=cause.actor,
        uscc=head.uscc,
        version=head.version,
        because=hold.value,
        status=head.state.status.value,
    )
