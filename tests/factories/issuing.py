"""An issuing office on a store: a register to record into, licences that follow it, everything that keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from factories.ledgers import cheap_keys
from factories.licences import FACTS, NAMES
from zhizhao.kernel.actor import SYSTEM, Actor, ActorKind
from zhizhao.kernel.clock import HeldClock
from zhizhao.kernel.events import Event
from zhizhao.kernel.idcard import Document, DocumentKind
from zhizhao.kernel.uscc import check_character, organisation_check_character
from zhizhao.ledger.store import LedgerStore
from zhizhao.licence.follow import follow
from zhizhao.licence.licence import Licence
from zhizhao.licence.life import Cause
from zhizhao.licence.office import Office
from zhizhao.licence.react import react_all
from zhizhao.licence.status import LifeAct
from zhizhao.licence.store import LicenceStore
from zhizhao.registry.draft import EntityDraft
from zhizhao.registry.entity import EntityStatus
from zhizhao.registry.events import EntityChanged, EntityRegistered
from zhizhao.registry.record import record
from zhizhao.registry.store import RegistryStore
from zhizhao.storage.database import Database, Transaction
from zhizhao.storage.outbox import Outbox, pending
from zhizhao.trust.sealing import Sealer

CAUSE = Cause(actor=SYSTEM)
HOLDER = Cause(actor=Actor(ActorKind.PERSON, "per_0000000000000000000000"))
CLERK = Cause(actor=Actor(ActorKind.STAFF, "acc_0000000000000000000000"))
NOT_FACTS = frozenset({"name", "entity_type", "legal_representative"})
ID_NUMBERS = ("379900198001010012", "379900198002020029")


def uscc_of(number: int) -> str:
    """Return a made-up code with both checks good."""
    body = f"MAT{number:05d}"
    code = f"91370811{body}{organisation_check_character(body)}"
    return code + check_character(code)


def a_draft(number: int, **parts: Any) -> EntityDraft:
    """Return a registrar's row for the entity of a number; `parts` replace its fields."""
    facts = {field: text for field, text in FACTS.items() if field not in NOT_FACTS}
    draft = EntityDraft(
        uscc=uscc_of(number),
        kind="1",
        name=f"济宁示例{number}号商贸有限公司",
        status=None,
        marks=None,
        template="A",
        entity_type="有限责任公司(自然人独资)",
        facts=facts | parts.pop("facts", {}),
        extra={},
        registrar="济宁市任城区行政审批服务局（演示）",
        division="370811",
        registered_on=date(2020, 2, 22),
        approved_on=date(2024, 5, 6),
        principal_name="张三恕",
        document=Document(DocumentKind.PASSPORT, f"P{number:07d}"),
    )
    return replace(draft, **parts)


@dataclass(slots=True)
class IssuingOffice:
    """The office with its register."""

    database: Database
    clock: HeldClock
    registry: RegistryStore
    sealer: Sealer
    office: Office

    @property
    def store(self) -> LicenceStore:
        """Return the licences."""
        return self.office.store

    async def record(self, *drafts: EntityDraft) -> None:
        """Record rows; what reacts to the register reacts."""
        async with self.database.write() as connection:
            await record(
                connection,
                drafts,
                store=self.registry,
                sealer=self.sealer,
                outbox=self.office.outbox,
                ledger=self.office.ledger,
                clock=self.clock,
                actor=SYSTEM,
            )

    async def follow(self, number: int, **parts: Any) -> tuple[LifeAct, ...]:
        """Let the licence of a number follow the register."""
        async with self.database.write() as connection:
            return await follow(
                connection, uscc_of(number), cause=CAUSE, office=self.office, registry=self.registry, **parts
            )

    async def current(self, number: int) -> Licence:
        """Return the current version of the licence of a number."""
        async with self.database.read() as connection:
            found = await self.store.current(connection, uscc_of(number))
        assert found is not None
        return found

    async def versions(self, number: int) -> list[Licence]:
        """Return every version of the licence of a number."""
        async with self.database.read() as connection:
            return await self.store.versions(connection, uscc_of(number))

    async def events(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the licence's events so far, sorted: those of one millisecond have no order."""
        async with self.database.read() as connection:
            posted = await pending(connection, limit=10_000)
        found = [(one.kind, one.payload) for one in posted if one.kind.startswith("licence.")]
        return sorted(found, key=str)

    async def event(self, kind: str) -> Mapping[str, Any]:
        """Return the one event of a kind."""
        (found,) = [payload for found_kind, payload in await self.events() if found_kind == kind]
        return found


def issuing_office(
    database: Database,
    folder: Path,
    clock: HeldClock,
    *,
    reacts: bool = False,
    longest_unwitnessed: timedelta = timedelta(days=3650),
) -> IssuingOffice:
    """Open an office; `reacts`: its licences follow the register in the register's own transactions.

    The clock of its entries stands still, far from the store's; hence the long patience with the witness.
    """
    keys = cheap_keys(folder / "keys", clock)
    registry = RegistryStore(database)
    reactions: dict[str, Sequence[Any]] = {}
    office = Office(
        store=LicenceStore(database),
        ledger=LedgerStore(database),
        outbox=Outbox(clock, reactions),
        keys=keys,
        names=NAMES,
        clock=clock,
        longest_unwitnessed=longest_unwitnessed,
    )

    async def react(connection: Transaction, events: Sequence[Event]) -> None:
        await react_all(connection, events, office=office, registry=registry)

    if reacts:
        reactions.update({EntityRegistered.kind: [react], EntityChanged.kind: [react]})
    return IssuingOffice(database, clock, registry, Sealer(keys), office)


__all__ = ["CAUSE", "CLERK", "HOLDER", "EntityStatus", "IssuingOffice", "a_draft", "issuing_office", "uscc_of"]
