"""The published list: fresh, cached, made anew on every change."""

import asyncio
from datetime import timedelta

import pytest

from factories.issuing import HOLDER, IssuingOffice, a_draft, uscc_of
from factories.licences import NAMES
from zhizhao.kernel.clock import MICROSECOND
from zhizhao.licence.errors import LicenceUnknown
from zhizhao.licence.freeze import freeze
from zhizhao.licence.licence import Licence
from zhizhao.licence.publish import Publisher
from zhizhao.licence.status_list import TYP, read_entry, unpack
from zhizhao.licence.unfreeze import unfreeze
from zhizhao.trust.jws import LONGEST_CREDENTIAL, verify_compact
from zhizhao.trust.keys import Purpose


class Reader:
    """Publishes through its own publisher, as each worker does."""

    def __init__(self, desk: IssuingOffice) -> None:
        self.desk = desk
        self.publisher = Publisher(desk.store.positions, keys=desk.office.keys, names=NAMES, lifetime_seconds=300)

    async def token(self, number: int = 1) -> str:
        """Return the list's token."""
        async with self.desk.database.read() as connection:
            return await self.publisher.publish(connection, number)

    async def entry(self, licence: Licence) -> int:
        """Return what the list says about a version."""
        claims = verify_compact(
            await self.token(licence.list_number),
            keys=self.desk.office.keys,
            expected_purpose=Purpose.STATUS_LIST,
            expected_typ=TYP,
            longest=LONGEST_CREDENTIAL,
        )
        return read_entry(unpack(claims["status_list"]["lst"]), licence.list_index)


@pytest.fixture
async def issued(desk: IssuingOffice) -> Licence:
    """Give a licence."""
    await desk.record(a_draft(1))
    await desk.follow(1)
    return await desk.current(1)


class TestPublish:
    """One cached value per list and worker."""

    async def test_it_is_kept_while_nothing_changes(self, desk: IssuingOffice, issued: Licence) -> None:
        """The same bytes; a new valid licence changes nothing either."""
        reader = Reader(desk)
        first = await reader.token(issued.list_number)
        await desk.record(a_draft(2))
        await desk.follow(2)
        assert await reader.token(issued.list_number) == first

    async def test_every_change_shows_in_every_worker_at_once(self, desk: IssuingOffice, issued: Licence) -> None:
        """Freeze and unfreeze, five times, seen by two publishers."""
        readers = [Reader(desk), Reader(desk)]
        for verb, code in [(freeze, 2), (unfreeze, 0)] * 5:
            async with desk.database.write() as connection:
                await verb(connection, uscc_of(1), cause=HOLDER, office=desk.office)
            assert [await reader.entry(issued) for reader in readers] == [code, code]

    async def test_a_change_that_commits_late_is_seen(self, desk: IssuingOffice, issued: Licence) -> None:
        """Stamped before the list was made, committed after it: PostgreSQL's readers do not wait for writers."""
        if desk.database.is_sqlite:
            pytest.skip("one writer at a time: nothing commits late")
        reader = Reader(desk)
        made = asyncio.Event()

        async def freeze_slowly() -> None:
            async with desk.database.write() as connection:
                await freeze(connection, uscc_of(1), cause=HOLDER, office=desk.office)
                await made.wait()

        task = asyncio.create_task(freeze_slowly())
        await asyncio.sleep(0.2)
        assert await reader.entry(issued) == 0
        made.set()
        await task
        assert await reader.entry(issued) == 2

    async def test_it_is_signed_anew_at_half_its_life(self, desk: IssuingOffice, issued: Licence) -> None:
        """Whoever fetches it has at least 150 seconds; the packed entries are not made again."""
        reader = Reader(desk)
        first = await reader.token(issued.list_number)
        desk.database.offset_micros = timedelta(seconds=149) // MICROSECOND
        assert await reader.token(issued.list_number) == first
        desk.database.offset_micros = timedelta(seconds=151) // MICROSECOND
        second = await reader.token(issued.list_number)
        assert second != first
        assert await reader.token(issued.list_number) == second

    async def test_it_is_signed_anew_when_a_key_falls(self, desk: IssuingOffice, issued: Licence) -> None:
        """A compromised key's token is not handed out a second longer."""
        reader = Reader(desk)
        first = await reader.token(issued.list_number)
        desk.office.keys.rotate(Purpose.STATUS_LIST, compromised=True)
        second = await reader.token(issued.list_number)
        assert second.split(".")[0] != first.split(".")[0]
        assert await reader.entry(issued) == 0

    async def test_an_unknown_list(self, desk: IssuingOffice) -> None:
        """There is nothing to sign."""
        with pytest.raises(LicenceUnknown):
            await Reader(desk).token(99)
