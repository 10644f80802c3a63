"""Handing in, releasing and deleting: committed before anything begins, and one process for one upload."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from factories.house import TestHouse, open_house
from zhizhao.app.uploads import intake as module
from zhizhao.app.uploads.errand import Errand
from zhizhao.app.uploads.folder import UploadFolder
from zhizhao.app.uploads.intake import Intake
from zhizhao.app.uploads.work import work
from zhizhao.kernel.actor import ActorKind
from zhizhao.ledger.act import Act
from zhizhao.ledger.entry import parse_entry
from zhizhao.ledger.store import ENTRY
from zhizhao.registry.errors import UploadBusy, UploadNotReady
from zhizhao.registry.findings import Findings
from zhizhao.registry.intake.values import StatusList
from zhizhao.registry.upload import BROKEN_OFF, Upload, UploadState
from zhizhao.staff.account import Account, AccountState, Role
from zhizhao.storage.errors import CommitUnknown

During = Callable[[], contextlib.AbstractContextManager[None]]
FOUND = Findings(rows=1, new=1, changed=0, unchanged=0, rejected=0, error_file=None)
STAND_IN = """
import os, pathlib, sys, time
sys.stdin.read()
(pathlib.Path(__file__).parent / f"began-{os.getpid()}").touch()
time.sleep(60)
"""
"""Says that it began and then nothing more, as a reader does during a long chunk."""


def an_account(name: str) -> Account:
    """Return one of the office."""
    roles = frozenset({Role.REGISTRAR_REVIEWER})
    return Account(
        account_id=f"acc_{name}", username=name, name=name, roles=roles, unit="登记窗口", state=AccountState.ACTIVE
    )


async def no_place(*_values: object, **_named: object) -> None:
    """Be a machine that has no place for another process."""
    raise BlockingIOError(11, "Resource temporarily unavailable")


CLERK, REVIEWER = an_account("clerk"), an_account("reviewer")


class Office:
    """An import page over stand-ins for the process that reads."""

    def __init__(self, house: TestHouse, place: Path) -> None:
        self.house, self.place = house, place
        self.folder = UploadFolder(house.parts.settings.data_path())
        self.intake = Intake(house.parts)

    def begun(self) -> list[int]:
        """Return the processes that began, ended ones too."""
        return [int(path.name.partition("-")[2]) for path in self.place.glob("began-*")]

    async def wait_begun(self, count: int) -> list[int]:
        """Wait until so many began."""
        async with asyncio.timeout(30):
            while len(self.begun()) < count:  # noqa: ASYNC110 another process makes the file
                await asyncio.sleep(0.02)
        return self.begun()

    async def settled(self) -> list[int]:
        """Return the processes that began, after a time in which any would have."""
        await asyncio.sleep(1)
        return self.begun()

    async def tried(self) -> str:
        """Hand in a file and let its trial end well."""
        upload_id = await self.intake.hand_in(b"ab", name="a.csv", status_list=StatusList.NONE, account=CLERK)
        await self.wait_begun(1)
        await self.kill()
        standing = replace(self.folder.read(upload_id).standing, state=UploadState.TRIED, findings=FOUND, reason="")
        self.folder.note(upload_id, standing)
        return upload_id

    async def kill(self) -> None:
        """End every stand-in as the kernel does when memory runs out; wait until that was noticed; forget them."""
        for path in self.place.glob("began-*"):
            os.kill(int(path.name.partition("-")[2]), signal.SIGKILL)
            path.unlink()
        await asyncio.gather(*self.intake._running)

    async def acts(self) -> list[Act]:
        """Return what the ledger says about uploads."""
        async with self.house.parts.database.read() as reader:
            rows = await reader.execute(select(ENTRY.c.body).order_by(ENTRY.c.entry_id))
            return [act for row in rows if (act := parse_entry(row.body).act).value.startswith("office:upload:")]


@pytest.fixture
async def office(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """Open an installation whose reading process is a stand-in."""
    place = tmp_path / "stand_in"
    place.mkdir()
    (place / "stand_in_reader.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(place))
    monkeypatch.setattr(module, "WORK", "stand_in_reader")
    async with open_house(sqlite_url, tmp_path) as house:
        office = Office(house, place)
        yield office
        await office.kill()


@pytest.fixture
def no_commit(monkeypatch: pytest.MonkeyPatch) -> During:
    """Give a time in which every COMMIT fails at the disk."""

    async def failing(_connection: AsyncConnection) -> None:
        failure = sqlite3.OperationalError("disk I/O error")
        failure.sqlite_errorname = "SQLITE_IOERR_FSYNC"
        statement = "COMMIT"
        raise OperationalError(statement, None, failure)

    @contextlib.contextmanager
    def during() -> Iterator[None]:
        with monkeypatch.context() as broken:
            broken.setattr(AsyncConnection, "commit", failing)
            yield

    return during


class TestCommittedFirst:
    """Nothing begins before its entry is kept."""

    async def test_a_release_that_is_not_kept_starts_nothing(self, office: Office, no_commit: During) -> None:
        """The upload stays as it was, and can be released once the store is well."""
        upload_id = await office.tried()
        with no_commit(), pytest.raises(CommitUnknown):
            await office.intake.release(upload_id, account=REVIEWER)
        assert await office.settled() == []
        upload = await office.intake.get(upload_id)
        assert (upload.standing.state, upload.standing.run) == (UploadState.TRIED, 1)
        await office.intake.release(upload_id, account=REVIEWER)
        assert len(await office.wait_begun(1)) == 1
        assert await office.acts() == [Act.OFFICE_UPLOAD_HANDED_IN, Act.OFFICE_UPLOAD_RELEASED]

    async def test_the_other_order_starts_it(self, office: Office, no_commit: During) -> None:
        """The control: begun inside the open transaction, it works although nothing is in the ledger."""
        upload_id = await office.tried()
        taking = replace(office.folder.read(upload_id).standing, state=UploadState.TAKING, run=2)
        upload = Upload(office.folder.read(upload_id).handed_in, taking)

        async def begin_inside() -> None:
            async with office.house.parts.database.write():
                office.folder.note(upload_id, taking)
                await office.intake._send(upload, REVIEWER, lock=lock)

        with no_commit(), office.folder.hold(upload_id) as lock, pytest.raises(CommitUnknown):
            await begin_inside()
        assert len(await office.wait_begun(1)) == 1
        assert await office.acts() == [Act.OFFICE_UPLOAD_HANDED_IN]

    async def test_handing_in_and_deleting(self, office: Office, no_commit: During) -> None:
        """No folder without its entry, and none deleted without."""
        upload_id = await office.tried()
        with no_commit():
            with pytest.raises(CommitUnknown):
                await office.intake.hand_in(b"cd", name="b.csv", status_list=StatusList.NONE, account=CLERK)
            with pytest.raises(CommitUnknown):
                await office.intake.drop(upload_id, account=CLERK)
        assert await office.settled() == []
        assert [one.handed_in.upload_id for one in await office.intake.all()] == [upload_id]
        assert office.folder.file(upload_id).exists()
        await office.intake.drop(upload_id, account=CLERK)
        assert await office.intake.all() == []

    async def test_the_writers_place_is_free_meanwhile(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        """While the folder is written and the process starts, others write."""
        upload_id = await office.tried()
        send, wrote = office.intake._send, []

        async def sending(*values: object, **named: object) -> None:
            async with asyncio.timeout(5), office.house.parts.database.write():
                wrote.append(await office.acts())
            await send(*values, **named)  # type: ignore[arg-type] # handed on

        monkeypatch.setattr(office.intake, "_send", sending)
        await office.intake.release(upload_id, account=REVIEWER)
        assert wrote == [[Act.OFFICE_UPLOAD_HANDED_IN, Act.OFFICE_UPLOAD_RELEASED]]
        await office.wait_begun(1)


class TestBrokenOffAtTheStart:
    """What was committed and could not begin is told."""

    async def test_a_file(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        """A handed-in one is listed as broken off."""
        monkeypatch.setattr(asyncio, "create_subprocess_exec", no_place)
        with pytest.raises(BlockingIOError):
            await office.intake.hand_in(b"ab", name="a.csv", status_list=StatusList.NONE, account=CLERK)
        (upload,) = await office.intake.all()
        assert (upload.standing.state, upload.standing.reason) == (UploadState.REFUSED, BROKEN_OFF)

    async def test_a_disk_that_is_full(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same when the file itself does not fit."""

        def full(*_values: object, **_named: object) -> None:
            raise OSError(28, "No space left on device")

        keep = office.folder.keep
        monkeypatch.setattr(office.intake._folder, "keep", lambda *v, **n: (keep(*v, **n), full()))
        with pytest.raises(OSError, match="No space"):
            await office.intake.hand_in(b"ab", name="a.csv", status_list=StatusList.NONE, account=CLERK)
        (upload,) = await office.intake.all()
        assert upload.standing.reason == BROKEN_OFF

    async def test_a_release(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        """A released one can be released again."""
        upload_id = await office.tried()
        monkeypatch.setattr(asyncio, "create_subprocess_exec", no_place)
        with pytest.raises(BlockingIOError):
            await office.intake.release(upload_id, account=REVIEWER)
        upload = await office.intake.get(upload_id)
        assert upload.standing.broke_off
        upload.require_takeable(REVIEWER.account_id)


class TestOneTakesIt:
    """Exactly one process works on an upload."""

    async def broken_off(self, office: Office) -> str:
        """Give an upload whose taking was killed."""
        upload_id = await office.tried()
        await office.intake.release(upload_id, account=REVIEWER)
        await office.wait_begun(1)
        await office.kill()
        return upload_id

    async def test_two_releases_of_a_broken_off_one(self, office: Office) -> None:
        """By two workers that both see it broken off: one begins, the other is told."""
        upload_id = await self.broken_off(office)
        others = [Intake(office.house.parts) for _ in range(4)]
        assert all([(await one.get(upload_id)).standing.broke_off for one in others])
        ended = await asyncio.gather(
            *(one.release(upload_id, account=REVIEWER) for one in others), return_exceptions=True
        )
        refused = [one for one in ended if one is not None]
        assert len(refused) == 3
        assert all(isinstance(one, UploadBusy | UploadNotReady) for one in refused)
        assert len(await office.wait_begun(1)) == len(await office.settled()) == 1
        assert office.folder.read(upload_id).standing.run == 3
        await office.kill()
        await asyncio.gather(*(task for one in others for task in one._running))

    async def test_alive_and_silent(self, office: Office) -> None:
        """A process that says nothing for hours is not replaced, deleted or spoken for."""
        upload_id = await office.tried()
        await office.intake.release(upload_id, account=REVIEWER)
        await office.wait_begun(1)
        standing = office.folder.read(upload_id).standing
        office.folder.note(upload_id, replace(standing, updated_at=standing.updated_at - timedelta(hours=3)))
        assert (await office.intake.get(upload_id)).is_running
        with pytest.raises(UploadNotReady):
            await office.intake.release(upload_id, account=REVIEWER)
        for refused in (
            office.intake.drop(upload_id, account=CLERK),
            office.intake.hand_in(b"cd", name="b.csv", status_list=StatusList.NONE, account=CLERK),
        ):
            with pytest.raises(UploadBusy):
                await refused
        with pytest.raises(UploadBusy):
            office.intake._note_broken(upload_id, run=2)
        assert len(await office.settled()) == 1

    async def test_alive_after_its_worker(self, office: Office) -> None:
        """Its lock is its own: a worker that knows nothing of it sees it run, and sees it killed."""
        upload_id = await office.tried()
        await office.intake.release(upload_id, account=REVIEWER)
        await office.wait_begun(1)
        later = Intake(office.house.parts)
        assert (await later.get(upload_id)).standing.state is UploadState.TAKING
        await office.kill()
        assert (await later.get(upload_id)).standing.broke_off

    async def test_killed_and_released_again(self, office: Office) -> None:
        """SIGKILL frees the lock; the next run takes it up at once."""
        upload_id = await self.broken_off(office)
        assert (await office.intake.get(upload_id)).standing.broke_off
        await office.intake.release(upload_id, account=REVIEWER)
        assert len(await office.wait_begun(1)) == 1
        assert (await office.intake.get(upload_id)).standing.run == 3

    async def test_a_run_speaks_for_itself(self, office: Office) -> None:
        """The late word of an earlier run's end changes nothing; its own does."""
        upload_id = await self.broken_off(office)
        taking = replace(office.folder.read(upload_id).standing, state=UploadState.TAKING, run=3)
        office.folder.note(upload_id, taking)
        office.intake._note_broken(upload_id, run=2)
        assert office.folder.read(upload_id).standing == taking
        office.intake._note_broken(upload_id, run=3)
        assert office.folder.read(upload_id).standing.broke_off

    @pytest.mark.parametrize(("is_held", "run"), [(False, 2), (True, 1)], ids=["no-lock", "earlier-run"])
    async def test_a_process_without_its_place(self, office: Office, *, is_held: bool, run: int) -> None:
        """Without the lock, or for a run that is over, it ends before it opens anything."""
        upload_id = await self.broken_off(office)
        taking = replace(office.folder.read(upload_id).standing, state=UploadState.TAKING)
        office.folder.note(upload_id, taking)
        with office.folder.hold(upload_id) as lock:
            errand = Errand(
                settings=office.house.parts.settings,
                upload_id=upload_id,
                run=run,
                lock=lock if is_held else 9999,
                dry_run=False,
                actor_kind=ActorKind.STAFF,
                actor_id=REVIEWER.account_id,
            )
            with pytest.raises(UploadBusy):
                await work(errand)
        assert office.folder.read(upload_id).standing == taking
        assert office.folder.file(upload_id).exists()
