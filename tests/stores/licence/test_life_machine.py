"""Random lives of licences on both stores: whatever happens in whatever order, not in force never verifies."""

import asyncio
import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.issuing import HOLDER, IssuingOffice, a_draft, issuing_office, uscc_of
from factories.licences import NAMES
from zhizhao.kernel.clock import HeldClock
from zhizhao.kernel.idcard import Document, DocumentKind
from zhizhao.licence.chain import check_chain
from zhizhao.licence.errors import TransitionRefused
from zhizhao.licence.freeze import freeze
from zhizhao.licence.in_force import not_in_force
from zhizhao.licence.publish import Publisher
from zhizhao.licence.status import STATUS_CODES, Hold, LicenceStatus, status_of_copy
from zhizhao.licence.status_list import read_entry, unpack
from zhizhao.licence.unfreeze import unfreeze
from zhizhao.registry.draft import EntityDraft
from zhizhao.registry.entity import EntityStatus, Mark
from zhizhao.storage.database import Database
from zhizhao.trust.jws import claims_of, take_apart

numbers = itertools.count(1000)
STEPS = st.one_of(
    st.tuples(st.just("status"), st.sampled_from(EntityStatus)),
    st.tuples(st.just("domicile"), st.sampled_from(["一号", "二号"])),
    st.tuples(st.just("disputed"), st.booleans()),
    st.tuples(st.just("person"), st.sampled_from(["P0000001", "P0000002"])),
    st.tuples(st.just("freeze"), st.none()),
    st.tuples(st.just("unfreeze"), st.none()),
)
Step = tuple[str, Any]


@dataclass
class Life:
    """One licence and what the test knows it must be."""

    desk: IssuingOffice
    publisher: Publisher
    number: int
    draft: EntityDraft
    frozen: bool = False
    expected: list[LicenceStatus] = field(default_factory=list)

    async def do(self, step: Step) -> None:
        """Do one step; a refused one changes nothing."""
        what, value = step
        if what in {"freeze", "unfreeze"}:
            with suppress(TransitionRefused):
                async with self.desk.database.write() as connection:
                    verb = freeze if what == "freeze" else unfreeze
                    await verb(connection, self.draft.uscc, cause=HOLDER, office=self.desk.office)
                    self.frozen = what == "freeze"
            return
        changed = {
            "status": lambda: {"status": value},
            "domicile": lambda: {"facts": {**self.draft.facts, "domicile": value}},
            "disputed": lambda: {"marks": frozenset({Mark.DISPUTED}) if value else frozenset()},
            "person": lambda: {"document": Document(DocumentKind.PASSPORT, value)},
        }[what]()
        draft = replace(self.draft, **changed)
        await self.desk.record(draft)
        async with self.desk.database.read() as connection:
            entity = await self.desk.registry.get(connection, draft.uscc)
        if entity is not None and entity.status is draft.status:  # the register refuses rows that no act explains
            self.draft = draft

    async def check(self) -> None:
        """Check every promise at this moment."""
        versions = await self.desk.versions(self.number)
        current = versions[-1]
        check_chain(versions)
        active = self.draft.status is EntityStatus.ACTIVE
        disputed = Mark.DISPUTED in (self.draft.marks or ())
        assert (Hold.FROZEN in current.holds, Hold.DISPUTED in current.holds) == (self.frozen, disputed)
        assert (current.status is LicenceStatus.VALID) == (active and not self.frozen and not disputed)
        assert (current.status is LicenceStatus.WITHDRAWN) == (not active)
        if self.draft.status in {EntityStatus.ACTIVE, EntityStatus.REVOKED}:
            assert current.face.text("domicile") == self.draft.facts["domicile"]
        await self._check_copies(versions)

    async def _check_copies(self, versions: Sequence[Any]) -> None:
        current = versions[-1]
        async with self.desk.database.read() as connection:
            entity = await self.desk.registry.get(connection, self.draft.uscc)
            lists = {
                number: await self.publisher.publish(connection, number)
                for number in {one.list_number for one in versions}
            }
        assert entity is not None
        for one in versions:
            verifies = (
                not_in_force(
                    entity.status,
                    entity.marks,
                    licence_status=status_of_copy(
                        current.status, copy_version=one.version, current_version=current.version
                    ),
                    accepted_statuses={"active"},
                    held=bool(current.holds),
                )
                is None
            )
            assert verifies == (one is current and current.status is LicenceStatus.VALID)
            lst = unpack(claims_of(take_apart(lists[one.list_number], longest=100_000))["status_list"]["lst"])
            assert read_entry(lst, one.list_index) == STATUS_CODES[one.status]
            assert (one.status is LicenceStatus.VALID) == verifies
            gone = self.expected[one.version - 1 : one.version]
            assert gone != [LicenceStatus.WITHDRAWN] or one.status is LicenceStatus.WITHDRAWN
        self.expected = [one.status for one in versions]


async def live(database: Database, folder: Path, clock: HeldClock, steps: Sequence[Step]) -> None:
    """Live one licence's life, checking after every step."""
    desk = issuing_office(database, folder, clock, reacts=True)
    number = next(numbers)
    publisher = Publisher(desk.store.positions, keys=desk.office.keys, names=NAMES, lifetime_seconds=300)
    life = Life(desk, publisher, number, a_draft(number, status=EntityStatus.ACTIVE, marks=frozenset()))
    assert life.draft.uscc == uscc_of(number)
    await desk.record(life.draft)
    await life.check()
    for step in steps:
        await life.do(step)
        await life.check()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=10))
def test_not_in_force_never_verifies(
    steps: list[Step], database_url: str, tmp_path: Path, held_clock: HeldClock
) -> None:
    """After every step: face, status, holds, chain, status list and the one decision agree, for every copy."""

    async def lived() -> None:
        database = Database(database_url)
        try:
            await live(database, tmp_path / f"life{next(numbers)}", held_clock, steps)
        finally:
            await database.close()

    asyncio.run(lived())
