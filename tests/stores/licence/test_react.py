"""Reactions to the register: a few at once, a bulk noted as due."""

from factories.issuing import IssuingOffice, a_draft, uscc_of
from zhizhao.kernel.actor import SYSTEM
from zhizhao.licence.events import LicenceIssued
from zhizhao.licence.react import AT_ONCE, react_all


class TestReact:
    """In the register's own transaction."""

    async def test_a_window_has_its_licence_at_commit(self, reacting: IssuingOffice) -> None:
        """Up to the limit each is followed at once; certificates without a licence do no harm."""
        await reacting.record(*(a_draft(n) for n in range(1, AT_ONCE)), a_draft(AT_ONCE, template="", kind="23"))
        async with reacting.database.read() as connection:
            assert await reacting.store.due(connection, limit=10) == []
            codes = [uscc_of(n) for n in range(1, AT_ONCE + 1)]
            assert len(await reacting.store.heads(connection, codes)) == AT_ONCE - 1

    async def test_a_bulk_is_noted(self, reacting: IssuingOffice) -> None:
        """Beyond the limit nothing is issued yet, everything is due."""
        await reacting.record(*(a_draft(n) for n in range(AT_ONCE + 1)))
        async with reacting.database.read() as connection:
            due = await reacting.store.due(connection, limit=100)
            assert not await reacting.store.heads(connection, [one.uscc for one in due])
        assert {one.uscc for one in due} == {uscc_of(n) for n in range(AT_ONCE + 1)}
        assert not any(one.principal_changed for one in due)

    async def test_a_change_of_principal_is_not_forgotten(self, reacting: IssuingOffice) -> None:
        """Noted again without it, it still stands."""
        numbers = range(AT_ONCE + 1)
        await reacting.record(*(a_draft(n) for n in numbers))
        await reacting.record(*(a_draft(n, principal_name="李四", document=None) for n in numbers))
        await reacting.record(*(a_draft(n, principal_name="李四", document=None, registrar="他局") for n in numbers))
        async with reacting.database.read() as connection:
            due = await reacting.store.due(connection, limit=100)
        assert len(due) == AT_ONCE + 1
        assert all(one.principal_changed for one in due)

    async def test_other_events_are_none_of_its_business(self, desk: IssuingOffice) -> None:
        """Whatever it is handed by mistake."""
        async with desk.database.write() as connection:
            event = LicenceIssued(actor=SYSTEM, uscc=uscc_of(1), version=1)
            await react_all(connection, [event], office=desk.office, registry=desk.registry)
            assert await desk.store.due(connection, limit=1) == []
