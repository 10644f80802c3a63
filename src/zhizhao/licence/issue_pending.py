"""Let every licence that is due follow the register, in chunks: by command, and in the background of the server.

First versions, the bulk of it, are made in three steps: places are taken in a short transaction, the proofs are
computed in threads outside any (libcrypto lets go of the interpreter), then everything is kept in a second one. What
breaks off between the two leaves unused places, which no list tells from others, and the licences stay due.
"""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from zhizhao.kernel.errors import ZhizhaoError
from zhizhao.ledger.errors import LedgerUnwitnessed
from zhizhao.licence.chain import FIRST
from zhizhao.licence.errors import NotIssuable
from zhizhao.licence.follow_or_wait import follow_or_wait
from zhizhao.licence.issue import first_head, keep, require_issuable
from zhizhao.licence.licence import Due, Licence, LicenceHead
from zhizhao.licence.life import Cause
from zhizhao.licence.make_face import make_face
from zhizhao.licence.office import Office
from zhizhao.licence.positions.take import take_places
from zhizhao.licence.press import Draft, press
from zhizhao.licence.status import LifeAct
from zhizhao.registry.entity import Entity, EntityStatus, Mark
from zhizhao.registry.errors import EntityUnknown
from zhizhao.storage.database import Database, Transaction

if TYPE_CHECKING:
    from zhizhao.registry.store import RegistryStore

_LOG: Final = logging.getLogger(__name__)
CHUNK: Final = 500
THREADS: Final = os.cpu_count() or 1


@dataclass(slots=True, kw_only=True)
class IssueTally:
    """What a run did."""

    acts: Counter[LifeAct] = field(default_factory=Counter)
    """Acts by sort; a first version of a revoked entity counts as issued and as withdrawn."""
    unchanged: int = 0
    """Licences that were as they should be."""
    not_issuable: int = 0
    """Entities whose kind or template has no licence here."""
    failed: dict[str, str] = field(default_factory=dict)
    """USCC and reason code of what could not be made; one bad entity never stops its neighbours."""

    waiting: set[str] = field(default_factory=set)
    """USCC of what stays due, because nothing new may be issued now."""
    waits_for: LedgerUnwitnessed | None = None
    """Why these wait."""

    @property
    def done(self) -> int:
        """Return how many licences were looked at."""
        made = self.acts[LifeAct.ISSUE] + self.acts[LifeAct.REISSUE]
        return made + self.unchanged + self.not_issuable + len(self.failed) + len(self.waiting)


async def issue_pending(
    database: Database,
    *,
    cause: Cause,
    office: Office,
    registry: "RegistryStore",
    chunk: int = CHUNK,
    pause_seconds: float = 0.0,
    progress: Callable[[int], None] | None = None,
) -> IssueTally:
    """Work until nothing is due but what must wait for the witness.

    `pause_seconds` between chunks lets on-line work through (PERFORMANCE.md §3, 12). May be stopped at any moment and
    started again, and may run twice at once: the licence's key decides who founds it.
    """
    tally = IssueTally()
    after: Due | None = None
    while True:
        async with database.read() as connection:
            due = await office.store.due(connection, limit=chunk, after=after)
            entities = await registry.get_many(connection, [one.uscc for one in due])
            known = await office.store.heads(connection, [one.uscc for one in due])
        if not due:
            return tally
        fresh = [entities[u] for one in due if (u := one.uscc) in entities and u not in known]
        pressed = await _pressed(database, fresh, office=office, tally=tally)
        async with database.write() as connection:
            rest = await _kept(connection, pressed, entities, cause=cause, office=office, tally=tally)
            rest |= known.keys() | ({one.uscc for one in due} - entities.keys())
            for one in due:
                if one.uscc in rest:
                    await _followed(connection, one, cause=cause, office=office, registry=registry, tally=tally)
            await office.store.followed(connection, [one for one in due if one.uscc not in tally.waiting])
        if tally.waiting:
            after = due[-1]
        if progress is not None:
            progress(len(due))
        await asyncio.sleep(pause_seconds)


async def _pressed(
    database: Database, entities: Sequence[Entity], *, office: Office, tally: IssueTally
) -> list[tuple[LicenceHead, Licence]]:
    """Return first versions with their proofs, kept nowhere yet."""
    issuable = [entity for entity in entities if _is_issuable(entity, office=office, tally=tally)]
    if not issuable:
        return []
    heads = {entity.uscc: first_head(entity) for entity in issuable}
    async with database.write() as connection:
        try:
            await office.require_witnessed(connection)
        except LedgerUnwitnessed as refusal:
            _wait(tally, heads, refusal)
            return []
        wanted = [(uscc, head.version) for uscc, head in heads.items()]
        places = await take_places(connection, wanted, positions=office.store.positions)
        now = await office.store.now(connection)
    drafts = [_draft(entity, heads[entity.uscc], place=places[entity.uscc, 1], issued_at=now) for entity in issuable]
    parts = [drafts[n::THREADS] for n in range(THREADS)]
    pressed = await asyncio.gather(*(asyncio.to_thread(_press_all, part, office) for part in parts if part))
    made = [one for part in pressed for one in part]
    for draft, fault in made:
        if isinstance(fault, ZhizhaoError):
            _failed(draft.face.uscc, fault, tally=tally)
    return [(heads[one.uscc], one) for _, one in made if isinstance(one, Licence)]


def _is_issuable(entity: Entity, *, office: Office, tally: IssueTally) -> bool:
    try:
        require_issuable(entity, names=office.names)
    except NotIssuable:
        tally.not_issuable += 1
        return False
    return True


def _draft(entity: Entity, head: LicenceHead, *, place: tuple[int, int], issued_at: datetime) -> Draft:
    return Draft(
        face=make_face(entity),
        version=head.version,
        registry_version=entity.version,
        state=head.state,
        display_id=head.display_id,
        place=place,
        issued_at=issued_at,
        previous_hash=FIRST,
    )


def _press_all(drafts: Sequence[Draft], office: Office) -> list[tuple[Draft, Licence | ZhizhaoError]]:
    return [(draft, _press(draft, office)) for draft in drafts]


def _press(draft: Draft, office: Office) -> Licence | ZhizhaoError:
    try:
        return press(draft, keys=office.keys, names=office.names, with_sm2=office.with_sm2)
    except ZhizhaoError as fault:
        return fault


def _wait(tally: IssueTally, usccs: Iterable[str], refusal: LedgerUnwitnessed) -> None:
    tally.waiting.update(usccs)
    tally.waits_for = refusal


def _failed(uscc: str, fault: ZhizhaoError, *, tally: IssueTally) -> None:
    tally.failed[uscc] = fault.code
    _LOG.warning("licence not made: %s", fault.code, extra={"uscc": uscc, "facts": fault.facts})


async def _kept(
    connection: Transaction,
    pressed: Sequence[tuple[LicenceHead, Licence]],
    entities: dict[str, Entity],
    *,
    cause: Cause,
    office: Office,
    tally: IssueTally,
) -> set[str]:
    """Keep what this transaction founds; return the licences that still have something to follow."""
    if not pressed:
        return set()
    founded = await office.store.found(connection, [head for head, _ in pressed])
    mine = [(head, licence) for head, licence in pressed if head.uscc in founded]
    if mine:
        await keep(connection, mine, cause=cause, office=office)
    tally.acts[LifeAct.ISSUE] += len(mine)
    lost = {head.uscc for head, _ in pressed} - founded
    return lost | {uscc for uscc in founded if _has_more(entities[uscc])}


def _has_more(entity: Entity) -> bool:
    return entity.status is not EntityStatus.ACTIVE or Mark.DISPUTED in entity.marks


async def _followed(
    connection: Transaction,
    due: Due,
    *,
    cause: Cause,
    office: Office,
    registry: "RegistryStore",
    tally: IssueTally,
) -> None:
    try:
        async with connection.begin_nested():  # what fails half-way leaves nothing
            done = await follow_or_wait(
                connection,
                due.uscc,
                cause=cause,
                office=office,
                registry=registry,
                principal_changed=due.principal_changed,
            )
    except (NotIssuable, EntityUnknown):
        tally.not_issuable += 1
    except ZhizhaoError as fault:
        _failed(due.uscc, fault, tally=tally)
    else:
        tally.acts.update(done.acts)
        if done.waits:
            _wait(tally, [due.uscc], done.waits)
        else:
            tally.unchanged += not done.acts
